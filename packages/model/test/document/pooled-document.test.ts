import { expect, test } from "vitest";
import { pooledDocument } from "../../src/document/pooled-document.ts";
import { documentFromUpdate } from "../../src/index.ts";

test("MODEL-31 documents that share memory keep each its own bytes, of any length", () => {
  const updates = Array.from({ length: 300 }, (_, i) => new Uint8Array((i * 37) % 1100).fill(i % 256));
  const documents = updates.map(pooledDocument);
  for (const [i, update] of updates.entries()) {
    expect(documents[i]).toEqual(documentFromUpdate(update));
  }
  expect(new Set(documents.map(({ buffer }) => buffer)).size).toBeLessThan(60);
});
