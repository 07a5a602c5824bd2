/** What a runtime gives the datastore: everything that is not JavaScript itself. */
import type { StorageAdapter } from "@tributary/storage";
import type { RandomSource } from "./local/replica-identity.ts";
import type { SocketEvents, SyncSocket } from "./sync/sync-socket.ts";

export interface Platform {
  /** Told to the relay, for its logs. */
  readonly agent: string;
  readonly random: RandomSource;
  /** ms since 1970. */
  readonly now: () => number;
  /** A UUID, of version 7: ids that were drawn one after the other lie side by side in an index. */
  readonly newId: () => string;
  /** Tells a developer what was ignored, or went wrong with nobody to hear of it. Default: nobody is told. */
  readonly warn?: (message: string) => void;
  /** Runs `action` later; answers the way to call it off. */
  readonly after: (ms: number, action: () => void) => () => void;
  /** The adapter used when the configuration names none. `path` is the configured one. */
  readonly createAdapter: (path: string | undefined) => StorageAdapter;
  /** Connects to a relay's `/sync`. */
  readonly openSocket: (url: string, events: SocketEvents) => SyncSocket;
}
