/** What a record means: its Yjs document, merging, stamps, predicates, validation and authorization. */

export type { Authorization, AuthorizedChange, AuthorizeOptions, Operation } from "./authorize/authorize.ts";
export { authorize, canReadEvery } from "./authorize/authorize.ts";
export type { OutOfReach } from "./authorize/out-of-reach.ts";
export { outOfReach } from "./authorize/out-of-reach.ts";
export { additionsEdit } from "./document/additions-edit.ts";
export { applyIntent } from "./document/apply-intent.ts";
export { createDocument } from "./document/create-document.ts";
export type { DocumentState } from "./document/document-state.ts";
export { diffDocument, documentFromUpdate, stateVectorOf, updateFromDocument } from "./document/document-state.ts";
export type { Fold } from "./document/fold.ts";
export { foldDocument, noFold } from "./document/fold.ts";
export type { DeleteIntent, Intent, ListEdit, ListMatch, WriteIntent, Written } from "./document/intent.ts";
export type { ListStep } from "./document/list-step.ts";
export type { Merged } from "./document/merge-document.ts";
export { mergeDocument } from "./document/merge-document.ts";
export type { StepSince, WrittenList } from "./document/past-list-edit.ts";
export { pastListEdit } from "./document/past-list-edit.ts";
export type { RowTimes } from "./document/project-row.ts";
export { projectRow } from "./document/project-row.ts";
export { rowFields } from "./document/row-fields.ts";
export type { JudgeInput } from "./guard/judge-input.ts";
export { judgeUpdate } from "./guard/judge-update.ts";
export type { AcceptedUpdate, GuardRefusalCode, RefusedUpdate, Verdict } from "./guard/verdict.ts";
export type { Identity } from "./identity.ts";
export { principalOf } from "./identity.ts";
export type { JsonValue, Values } from "./json-value.ts";
export { isKeyOf, KeyError, keyOf, keyValues } from "./key.ts";
export type {
  FieldOperators,
  PredicateBuilder,
  PredicateGroups,
  PredicateProducer,
} from "./predicate/build-predicate.ts";
export {
  buildJoinedPredicate,
  buildPredicate,
  FinishedPredicate,
  predicateBuilder,
} from "./predicate/build-predicate.ts";
export { compareText } from "./predicate/compare-text.ts";
export { isInOrder, type OrderOperator } from "./predicate/is-in-order.ts";
export { matches } from "./predicate/matches.ts";
export { parsePredicate } from "./predicate/parse-predicate.ts";
export type {
  FieldPredicate,
  JoinedPredicate,
  Predicate,
  PredicateOperator,
  RelatedPredicate,
} from "./predicate/predicate.ts";
export { fieldsOf, isOwnPredicate, PredicateError, predicateAll } from "./predicate/predicate.ts";
export type {
  JoinedSortKey,
  RelatedSortKey,
  SortBuilder,
  SortDirection,
  SortKey,
  SortProducer,
  SortStep,
} from "./predicate/sort.ts";
export { buildJoinedSort, buildSort, compareRows, compareSortValues, isOwnSort } from "./predicate/sort.ts";
export type { Join } from "./relation/join-of.ts";
export { joinOf } from "./relation/join-of.ts";
export type { Stamp, StampClock, StampClockOptions, StampParts } from "./stamp.ts";
export { createStampClock, isStamp, makeStamp, parseStamp, stampMs } from "./stamp.ts";
export type { GuardCaps } from "./update/guard-caps.ts";
export { defaultGuardCaps } from "./update/guard-caps.ts";
export { GuardError } from "./update/guard-error.ts";
export type { UpdateScan } from "./update/scan-update.ts";
export { scanUpdate } from "./update/scan-update.ts";
export { canonicalJson, canonicalValue } from "./validation/canonical.ts";
export type { Strictness } from "./validation/scalar.ts";
export { isScalarValue, jsTypeOf } from "./validation/scalar.ts";
export type { ValidationOptions, ValueProblem } from "./validation/validate-values.ts";
export { validateEmbedded, validateValues } from "./validation/validate-values.ts";
export { shapeProblem } from "./validation/value-shape.ts";
