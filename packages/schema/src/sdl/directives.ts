/**
 * Every directive this reader knows, and the reading of those that stand on a declaration.
 */
import type { ConstDirectiveNode } from "graphql";
import { didYouMean, nearestName } from "../suggestion.ts";
import type { Application, Directive, Target } from "./directive.ts";
import { auth } from "./directives/auth.ts";
import { belongsTo } from "./directives/belongs-to.ts";
import { connection } from "./directives/connection.ts";
import { crdt } from "./directives/crdt.ts";
import { defaultDirective } from "./directives/default.ts";
import { hasMany } from "./directives/has-many.ts";
import { hasOne } from "./directives/has-one.ts";
import { indexDirective } from "./directives/index-directive.ts";
import { key } from "./directives/key.ts";
import { manyToMany } from "./directives/many-to-many.ts";
import { model } from "./directives/model.ts";
import { primaryKey } from "./directives/primary-key.ts";
import { versioned } from "./directives/versioned.ts";
import type { Dialect } from "./draft.ts";
import { type Problems, placeOf } from "./problems.ts";

const directives: readonly Directive[] = [
  model,
  auth,
  primaryKey,
  indexDirective,
  hasOne,
  hasMany,
  belongsTo,
  manyToMany,
  defaultDirective,
  crdt,
  key,
  connection,
  versioned,
];

/** Directives of Amplify and AppSync that mean nothing here, with what to do instead. */
const foreign: Readonly<Record<string, string>> = {
  searchable: "Remove it: there is no search service behind a model.",
  function: "Remove it: fields are stored values, not calls.",
  http: "Remove it: fields are stored values, not calls.",
  predictions: "Remove it: fields are stored values, not calls.",
  mapsTo: "Remove it, and keep the model's name.",
  aws_api_key: "Use @auth(rules: [{ allow: public }]); the provider's directive is generated.",
  aws_iam: "Use @auth(rules: [{ allow: private, provider: iam }]); the provider's directive is generated.",
  aws_oidc: "Use @auth(rules: [{ allow: private, provider: oidc }]); the provider's directive is generated.",
  aws_cognito_user_pools: "Use @auth(rules: [{ allow: private }]); the provider's directive is generated.",
  aws_lambda: "Use @auth(rules: [{ allow: custom }]); the provider's directive is generated.",
  aws_subscribe: "Remove it: subscriptions are generated.",
  deprecated: "Remove it: the generated API marks nothing as deprecated.",
};

const byName: ReadonlyMap<string, Directive> = new Map(directives.map((directive) => [directive.name, directive]));

export const directiveNames: readonly string[] = directives.map((directive) => directive.name);

const relationNames: readonly string[] = [hasOne, hasMany, belongsTo, manyToMany, connection].map(({ name }) => name);

export function directiveNamed(name: string): Directive | undefined {
  return byName.get(name);
}

/** Reads the directives of one declaration; `label` names it in errors. Those that make no sense are reported and left out. */
export function readDirectives(
  nodes: readonly ConstDirectiveNode[],
  target: Target,
  label: string,
  dialect: Dialect,
  problems: Problems,
): readonly Application[] {
  const seen = new Map<string, ConstDirectiveNode>();
  return nodes.flatMap((node) => {
    const name = node.name.value;
    const directive = directiveNamed(name);
    const meant = directive?.name ?? nearestName(name, directiveNames);
    if (target.field !== null && meant !== null && relationNames.includes(meant)) target.field.isMeantAsRelation = true;
    if (directive === undefined) {
      reportUnknown(node, problems);
      return [];
    }
    // A directive of the other dialect is reported where the dialect is settled.
    if (directive.dialect !== null && directive.dialect !== dialect) return [];
    const isAllowed = target.field === null ? directive.places.model : directive.places.field;
    if (!isAllowed) {
      const place = directive.places.model ? "types" : "fields of models";
      problems.report(node, `@${name} stands on ${label}.`, `Move it: @${name} belongs on ${place}.`);
      return [];
    }
    const first = seen.get(name);
    if (first !== undefined && !directive.isRepeatable) {
      problems.report(node, `@${name} stands twice on ${label}, first at ${placeOf(first)}.`, "Keep one of them.");
      return [];
    }
    seen.set(name, node);
    return directive.read(node, target, problems) ?? [];
  });
}

/** Reports every directive on an embedded type: its values are part of a record's field and take none. */
export function refuseDirectives(nodes: readonly ConstDirectiveNode[], label: string, problems: Problems): void {
  for (const node of nodes) {
    const name = node.name.value;
    if (directiveNamed(name) === undefined) reportUnknown(node, problems);
    else {
      const hint = "Remove it, or make the type a model with @model.";
      problems.report(node, `@${name} stands on ${label}, but the type is no model.`, hint);
    }
  }
}

function reportUnknown(node: ConstDirectiveNode, problems: Problems): void {
  const name = node.name.value;
  const otherwise = `Known are ${directiveNames.map((known) => `@${known}`).join(", ")}.`;
  if (Object.hasOwn(foreign, name)) problems.report(node, `@${name} is not supported.`, foreign[name] ?? otherwise);
  else
    problems.report(
      node,
      `Directive @${name} is unknown.`,
      didYouMean(name, directiveNames, otherwise).replace('"', '"@'),
    );
}
