/** Tells whoever listens what the datastore does, as Amplify's Hub does: by channel, in order, at once. */
import { faultText } from "./fault-text.ts";

export interface HubPayload {
  readonly event: string;
  readonly data?: unknown;
  readonly message?: string;
}

export interface HubCapsule {
  readonly channel: string;
  readonly payload: HubPayload;
  readonly source: string;
}

export interface Hub {
  /** Answers the way to stop listening. */
  listen(channel: string, callback: (capsule: HubCapsule) => void, listenerName?: string): () => void;
  dispatch(channel: string, payload: HubPayload, source?: string): void;
}

/** A listener that throws is reported to `warn` and keeps nobody else from hearing. */
export function createHub(warn: (message: string) => void): Hub {
  const listenersByChannel = new Map<string, Set<(capsule: HubCapsule) => void>>();
  return {
    listen(channel, callback) {
      const listeners = listenersByChannel.get(channel) ?? new Set();
      listenersByChannel.set(channel, listeners);
      const own = (capsule: HubCapsule): void => callback(capsule);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    dispatch(channel, payload, source = "") {
      for (const listener of [...(listenersByChannel.get(channel) ?? [])]) {
        try {
          listener({ channel, payload, source });
        } catch (error) {
          warn(`a listener on ${channel} failed at ${payload.event}: ${faultText(error)}`);
        }
      }
    },
  };
}
