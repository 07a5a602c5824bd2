/** The directives that AppSync knows: which mutations a subscription reports, and which providers let somebody ask. */
import { type AuthProvider, authProviders } from "@tributary/schema";
import { DirectiveLocation, GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLString } from "graphql";

/** By the names of the providers in a schema's rules. */
export const providerDirectives: Readonly<Record<AuthProvider, string>> = {
  apiKey: "aws_api_key",
  userPools: "aws_cognito_user_pools",
  oidc: "aws_oidc",
  iam: "aws_iam",
  function: "aws_lambda",
};

const awsSubscribe = new GraphQLDirective({
  name: "aws_subscribe",
  description: "The mutations whose results a subscription delivers.",
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { mutations: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) } },
});

export const awsDirectives: readonly GraphQLDirective[] = [
  awsSubscribe,
  ...authProviders.map(
    (provider) =>
      new GraphQLDirective({
        name: providerDirectives[provider],
        description: `Open to who is authenticated by ${provider}.`,
        locations: [DirectiveLocation.OBJECT, DirectiveLocation.FIELD_DEFINITION],
      }),
  ),
];
