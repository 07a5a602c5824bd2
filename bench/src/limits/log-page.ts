/** A page of the limit's log as one frame: u32 count, then for each record u16 length and row JSON, u16 length and update. */

/** seq, row JSON, update. */
export type LogRow = readonly [number, string | null, Buffer];

export function encodePage(rows: readonly LogRow[]): Buffer {
  const texts = rows.map(([, row]) => Buffer.from(row ?? ""));
  let length = 4;
  for (const [i, [, , update]] of rows.entries()) length += 4 + (texts[i]?.length ?? 0) + update.length;
  const frame = Buffer.allocUnsafe(length);
  frame.writeUInt32LE(rows.length, 0);
  let at = 4;
  const append = (bytes: Buffer): void => {
    frame.writeUInt16LE(bytes.length, at);
    at += 2 + bytes.copy(frame, at + 2);
  };
  for (const [i, [, , update]] of rows.entries()) {
    append(texts[i] ?? Buffer.alloc(0));
    append(update);
  }
  return frame;
}

/** Calls `each` with row JSON and update, both views into the frame. Answers how many there were. */
export function readPage(frame: Buffer, each: (row: Buffer, update: Buffer) => void): number {
  const count = frame.readUInt32LE(0);
  let at = 4;
  const next = (): Buffer => {
    const end = at + 2 + frame.readUInt16LE(at);
    const bytes = frame.subarray(at + 2, end);
    at = end;
    return bytes;
  };
  for (let i = 0; i < count; i++) {
    const row = next();
    each(row, next());
  }
  return count;
}
