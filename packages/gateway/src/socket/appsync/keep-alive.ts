/**
 * Signs of life for many sockets by one timer. They are spread over the beats of a period, so that no beat has to write to
 * all of them, and each hears one within a period after it joined and once a period from then on.
 */
export interface KeepAlive {
  /** Calls `beat` once a period. Answers the way to leave. */
  join(beat: () => void): () => void;
  stop(): void;
}

/** Amplify's clients worry after 65 s. */
const PERIOD_MS = 60_000;
const BEATS = 30;

export function createKeepAlive(): KeepAlive {
  const groups = Array.from({ length: BEATS }, () => new Set<() => void>());
  let joined = 0;
  let beats = 0;
  const timer = setInterval(() => {
    const group = groups[beats % BEATS];
    beats += 1;
    for (const beat of group ?? []) beat();
  }, PERIOD_MS / BEATS);
  timer.unref();

  return {
    join(beat) {
      const group = groups[joined % BEATS];
      joined += 1;
      group?.add(beat);
      return () => group?.delete(beat);
    },
    stop: () => clearInterval(timer),
  };
}
