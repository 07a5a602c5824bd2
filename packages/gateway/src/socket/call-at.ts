/** Calls an action at a time of the clock, however far off; timers of their own end after 24 days. They keep no process alive. */
export interface Clock {
  /** ms since 1970. */
  readonly now: () => number;
}

/** The longest a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Answers the way to call it off. Null never comes; a time that is past comes at once, though not before this returns. */
export function callAt(at: number | null, { now }: Clock, action: () => void): () => void {
  if (at === null) return () => {};
  const due = at;
  let timer: NodeJS.Timeout;
  wait();
  return () => clearTimeout(timer);

  function wait(): void {
    const left = Math.max(due - now(), 0);
    timer = left > MAX_TIMER_MS ? setTimeout(wait, MAX_TIMER_MS) : setTimeout(action, left);
    timer.unref();
  }
}
