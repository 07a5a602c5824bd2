/**
 * The metrics of one server, in Prometheus' text format. They are read off when somebody asks; nothing is counted twice.
 *
 * The counters restart from 0 with the relay, as counters may.
 */

import type { RelayStats } from "@tributary/relay";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

export interface MetricSources {
  /** Null while no relay runs. */
  stats(): RelayStats | null;
  openSockets(): number;
  waitingSockets(): number;
}

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  function counter(name: string, help: string, read: (stats: RelayStats) => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        const stats = sources.stats();
        this.reset();
        this.inc(stats === null ? 0 : read(stats));
      },
    });
  }

  gauge("tributary_up", "1 while a relay serves, else 0", () => (sources.stats() === null ? 0 : 1));
  gauge("tributary_sessions", "Sync sessions that are open", () => sources.stats()?.sessions ?? 0);
  gauge("tributary_head_seq", "Sequence number of the last committed change", () => sources.stats()?.headSeq ?? 0);
  gauge("tributary_sockets", "WebSockets that are open", sources.openSockets);
  gauge("tributary_waiting_sockets", "WebSockets that have not authenticated yet", sources.waitingSockets);
  counter("tributary_pushes_accepted_total", "Pushes that were committed", (stats) => stats.pushesAccepted);
  counter("tributary_pushes_refused_total", "Pushes that were refused", (stats) => stats.pushesRefused);
  counter("tributary_changes_committed_total", "Record changes that were committed", (stats) => stats.changesCommitted);
  counter("tributary_changes_delivered_total", "Record changes sent to sessions", (stats) => stats.changesDelivered);
  counter("tributary_sent_bytes_total", "Bytes sent to sync sessions", (stats) => stats.bytesSent);
  counter(
    "tributary_slow_readers_dropped_total",
    "Sessions closed because they did not read what was sent",
    (stats) => stats.slowReadersDropped,
  );

  return { contentType: registry.contentType, text: () => registry.metrics() };
}
