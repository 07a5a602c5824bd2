/**
 * Opens what is used and closes what is ended, in whatever order it is asked for.
 *
 * | state   | opened, use            | end                                        |
 * |---------|------------------------|--------------------------------------------|
 * | closed  | opens                  | nothing to do                              |
 * | open    | what is open           | no new uses; waits for those under way, finishes |
 * | ending  | opens, once it is over | waits for the end                          |
 *
 * Nothing waits for ever: an opening that failed is tried anew by the next call, and an end that failed is over.
 */

export interface LifeCycle<Opened> {
  opened(): Promise<Opened>;
  /** Runs a piece of work on what is open; it is not closed before the work is done. Work must not wait for anything but itself. */
  use<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result>;
  end(finish: (opened: Opened) => Promise<void>): Promise<void>;
  /** Whether this is what is open now. */
  isCurrent(opened: Opened): boolean;
}

interface Term<Opened> {
  readonly opening: Promise<Opened>;
  readonly uses: Set<Promise<unknown>>;
}

export function createLifeCycle<Opened>(
  open: () => Promise<Opened>,
  onOpened: (opened: Opened) => void,
): LifeCycle<Opened> {
  let term: Term<Opened> | null = null;
  let ending: Promise<void> = Promise.resolve();
  let current: Opened | null = null;

  function begin(): Term<Opened> {
    if (term !== null) return term;
    const before = ending;
    const opening = before.then(open).then((opened) => {
      if (term === begun) {
        current = opened;
        onOpened(opened);
      }
      return opened;
    });
    const begun: Term<Opened> = { opening, uses: new Set() };
    term = begun;
    opening.catch(() => {
      if (term === begun) term = null;
    });
    return begun;
  }

  async function finishTerm(ended: Term<Opened>, finish: (opened: Opened) => Promise<void>): Promise<void> {
    let opened: Opened;
    try {
      opened = await ended.opening;
    } catch {
      // Whoever opened it was told; there is nothing to close.
      return;
    }
    while (ended.uses.size > 0) await Promise.allSettled(ended.uses);
    await finish(opened);
  }

  return {
    opened: () => begin().opening,
    async use(work) {
      const { opening, uses } = begin();
      const piece = opening.then(work);
      uses.add(piece);
      try {
        return await piece;
      } finally {
        uses.delete(piece);
      }
    },
    end(finish) {
      const ended = term;
      if (ended === null) return ending;
      term = null;
      current = null;
      const finished = finishTerm(ended, finish);
      // The next opening only waits for the end, however it came out.
      ending = finished.catch(() => {});
      return finished;
    },
    isCurrent: (opened) => current === opened,
  };
}
