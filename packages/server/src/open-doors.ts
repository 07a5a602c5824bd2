/**
 * Everything that strangers come in by, over whatever engine is serving: HTTP and WebSockets on one port, held to the rules of
 * origin and to what a stranger may cost.
 */
import type { Limits } from "@tributary/protocol";
import type { Logger } from "@tributary/relay";
import { createOriginPolicy, isLoopback } from "./access/origin-policy.ts";
import type { ServerLimits } from "./config/tributary-config.ts";
import type { EngineHost } from "./engine-host.ts";
import { createListener } from "./http/create-listener.ts";
import { createRequestHandler } from "./http/handle-request.ts";
import type { Metrics } from "./http/metrics.ts";
import { createUpgrades } from "./sockets/accept-upgrades.ts";

export interface DoorOptions {
  readonly engines: EngineHost;
  readonly host: string;
  readonly port: number;
  /** Whether everybody may do everything, so that where a page comes from is all there is to judge by. */
  readonly isOpenToAll: boolean;
  readonly allowedOrigins: readonly string[];
  readonly limits: ServerLimits;
  readonly sessionLimits: Limits;
  readonly log: Logger;
}

export interface Doors {
  readonly port: number;
  /** Lets nobody in any more, and waits until the requests under way are answered. */
  shut(graceMs: number): Promise<void>;
  /** Ends what is still connected; resolves when the port is free. */
  close(graceMs: number): Promise<void>;
}

/** Rejects with a `StartError` when the port or the host cannot be had. */
export async function openDoors(options: DoorOptions): Promise<Doors> {
  const { engines, host, port, log, sessionLimits } = options;
  const { maxBodyBytes, maxConnections, maxWaitingSockets } = options.limits;
  const trustsHost = !(options.isOpenToAll && isLoopback(host));
  const origins = createOriginPolicy({ allowed: options.allowedOrigins, trustsHost });
  let isShut = false;
  const isStopping = (): boolean => isShut;
  const upgrades = createUpgrades({ engines, origins, limits: sessionLimits, maxWaitingSockets, isStopping, log });

  let loading: Promise<Metrics> | null = null;
  async function loadMetrics(): Promise<Metrics> {
    const { createMetrics } = await import("./http/metrics.ts");
    return createMetrics({
      stats: () => engines.current()?.relay.stats() ?? null,
      openSockets: () => upgrades.openSockets,
      waitingSockets: () => upgrades.waitingSockets,
    });
  }
  function metrics(): Promise<Metrics> {
    loading ??= loadMetrics();
    return loading;
  }

  const onRequest = createRequestHandler({ engines, origins, maxBodyBytes, isStopping, metrics, log });
  const onUpgrade = upgrades.accept;
  const listener = await createListener({ host, port, maxConnections, onRequest, onUpgrade }).catch(
    async (error: unknown) => {
      await upgrades.close(0);
      throw error;
    },
  );

  return {
    port: listener.port,
    async shut(graceMs) {
      isShut = true;
      await listener.drain(graceMs);
    },
    async close(graceMs) {
      await upgrades.close(graceMs);
      await listener.close();
    },
  };
}
