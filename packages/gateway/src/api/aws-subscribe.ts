/** `@aws_subscribe`: which mutations a subscription reports. */
import { DirectiveLocation, GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLString } from "graphql";

export const awsSubscribe: GraphQLDirective = new GraphQLDirective({
  name: "aws_subscribe",
  description: "The mutations whose results a subscription delivers.",
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { mutations: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) } },
});
