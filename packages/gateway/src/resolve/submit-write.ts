/** One write, through the relay's commit pipeline. */
import type { Identity } from "@tributary/model";
import type { RecordWrite, Relay, WriteOutcome } from "@tributary/relay";

/** Resolves when it is durable or refused. */
export async function submitWrite(relay: Relay, identity: Identity, write: RecordWrite): Promise<WriteOutcome> {
  const [outcome] = await relay.submit(identity, [write]);
  if (outcome === undefined) throw new Error("the relay answered no outcome for a write");
  return outcome;
}
