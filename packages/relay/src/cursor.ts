/**
 * Cursors: what a client keeps to continue where it was.
 *
 * A cursor names the relay history (`epoch`), the process start that committed `seq`, and the scope it was made for (F1, F2).
 * It is opaque to clients and authenticated, so that nobody can point it at changes the session was never judged for.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Where a base sync stands: behind `key` of `model`; null at the model's start. */
export interface BasePosition {
  readonly model: string;
  readonly key: string | null;
}

/** A position to come back to, with the hash of the schema that gave models and keys their order. */
export interface StoredPosition extends BasePosition {
  readonly schemaHash: string;
}

export interface Cursor {
  readonly epoch: string;
  readonly start: string;
  /** Everything up to here was sent, or, during a base sync, the head when its paging began (F6). */
  readonly seq: number;
  readonly scope: string;
  readonly base: StoredPosition | null;
}

export interface CursorCodec {
  encode(cursor: Cursor): string;
  /** Null when the text was not made by this codec's secret. */
  decode(text: string): Cursor | null;
}

const MAC_BYTES = 16;

export function createCursorCodec(secretHex: string): CursorCodec {
  const secret = Buffer.from(secretHex, "hex");
  const sign = (body: Buffer): Buffer => createHmac("sha256", secret).update(body).digest().subarray(0, MAC_BYTES);
  return {
    encode({ epoch, start, seq, scope, base }) {
      const body = Buffer.from(
        JSON.stringify([epoch, start, seq, scope, base === null ? null : [base.model, base.key, base.schemaHash]]),
      );
      return Buffer.concat([sign(body), body]).toString("base64url");
    },
    decode(text) {
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length <= MAC_BYTES) return null;
      const body = bytes.subarray(MAC_BYTES);
      if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(body))) return null;
      const [epoch, start, seq, scope, base] = JSON.parse(body.toString()) as [
        string,
        string,
        number,
        string,
        [string, string | null, string] | null,
      ];
      if (base === null) return { epoch, start, seq, scope, base };
      const [model, key, schemaHash] = base;
      return { epoch, start, seq, scope, base: { model, key, schemaHash } };
    },
  };
}
