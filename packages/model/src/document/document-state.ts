export type DocumentState = Uint8Array;
export function documentFromUpdate(update: Uint8Array): DocumentState {
  throw new Error(String(update));
}
export function updateFromDocument(state: DocumentState): Uint8Array {
  throw new Error(String(state));
}
export function stateVectorOf(state: DocumentState | null): Uint8Array {
  throw new Error(String(state));
}
export function diffDocument(state: DocumentState, stateVector: Uint8Array): Uint8Array {
  throw new Error(String(state) + String(stateVector));
}
