/**
 * `@auth` as model files hold it: behind the other directives, each rule with the defaults that Amplify's DataStore reads.
 *
 * They differ from what the rules mean to a server: the identity claim is `cognito:username` unless named, public and private rules
 * name no provider, and a rule over a groups field carries `groupField` beside it.
 */
import type { DirectiveBlueprint } from "./blueprint.ts";

export function withFullRules(directives: readonly DirectiveBlueprint[]): DirectiveBlueprint[] {
  const rules = directives.filter(({ name }) => name === "auth");
  const others = directives.filter(({ name }) => name !== "auth");
  return [
    ...others,
    ...rules.map((directive) => {
      const given = directive.arguments.rules;
      const full = Array.isArray(given) ? given.map((rule: Rule) => fullRule(rule)) : [];
      return { name: "auth", arguments: { ...directive.arguments, rules: full } };
    }),
  ];
}

type Rule = Readonly<Record<string, unknown>>;

function fullRule(rule: Rule): Rule {
  const operations = rule.operations ?? rule.mutations ?? ["create", "update", "delete", "read"];
  if (rule.allow === "owner") {
    const claim = rule.identityClaim ?? rule.identityField ?? "username";
    const identityClaim = claim === "username" ? "cognito:username" : claim;
    return { provider: "userPools", ownerField: "owner", ...rule, identityClaim, operations };
  }
  if (rule.allow === "groups") {
    const groupField = rule.groups === undefined ? "groups" : undefined;
    return { groupClaim: "cognito:groups", provider: "userPools", ...rule, groupField, operations };
  }
  return { ...rule, operations };
}
