/** Proofs for adapters, and adapters for proofs. Runs under vitest. */
export { type ConflictingAdapter, createConflictingAdapter } from "./conflicting-adapter.ts";
export { createLossyDisk, type LossyDisk } from "./lossy-adapter.ts";
export { type ContractSubject, storageContractSuite } from "./storage-contract-suite.ts";
