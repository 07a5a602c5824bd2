/**
 * Bounds of fields that no operator has a reason to tune. They belong to the protocol's version; what a relay may choose is in
 * `Limits`.
 */
interface Ceilings {
  /** A frame from a relay. Relays cut their frames near 1 MiB; only a single large record makes a larger one. */
  readonly relayFrameBytes: number;
  readonly agentBytes: number;
  readonly replicaBytes: number;
  readonly nonceBytes: number;
  /** Schema hashes and the names a relay draws: epoch, session. */
  readonly hashBytes: number;
  readonly modelBytes: number;
  /** Holds a key of the default limit with every character escaped, in base64; leaves room for a token in a hello. */
  readonly cursorBytes: number;
  /** Client ids of one hello. */
  readonly clientIds: number;
  readonly models: number;
  /** An API key, a token, the value of a header; a principal, which is made of them. */
  readonly credentialBytes: number;
  readonly headers: number;
  readonly headerNameBytes: number;
  /** JSON text of a change's condition. */
  readonly conditionBytes: number;
  readonly facets: number;
  /** Fields a refusal names; its encoder leaves out the others. */
  readonly fields: number;
  /** UTF-16 units of a field's name in a refusal; its encoder cuts it. */
  readonly fieldUnits: number;
  /** UTF-16 units of an explanation; its encoder cuts it. */
  readonly messageUnits: number;
  /** Pages one `pull` may ask for. */
  readonly pages: number;
  /** Names of optional features in a hello and a welcome. */
  readonly features: number;
  readonly featureBytes: number;
  readonly jsonDepth: number;
  /** Values in a JSON body or condition, at any depth. */
  readonly jsonNodes: number;
}

export const ceilings: Ceilings = Object.freeze({
  relayFrameBytes: 64 * 1024 * 1024,
  agentBytes: 256,
  replicaBytes: 64,
  nonceBytes: 64,
  hashBytes: 128,
  modelBytes: 256,
  cursorBytes: 10 * 1024,
  clientIds: 256,
  models: 4096,
  credentialBytes: 8 * 1024,
  headers: 32,
  headerNameBytes: 128,
  conditionBytes: 16 * 1024,
  facets: 1024,
  fields: 1024,
  fieldUnits: 256,
  messageUnits: 1024,
  pages: 1024,
  features: 32,
  featureBytes: 64,
  jsonDepth: 32,
  jsonNodes: 4096,
});
