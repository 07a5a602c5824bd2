/** Tasks that run one after the other, in the order they were added. */
export interface TaskLine {
  /** Those that have not ended. */
  readonly length: number;
  add(task: () => Promise<void>): void;
  /** Resolves when all that were added so far have ended. */
  done(): Promise<void>;
}

/** What a task throws goes to `fail`; those behind it run all the same. */
export function createTaskLine(fail: (error: unknown) => void): TaskLine {
  let length = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    get length() {
      return length;
    },
    add(task) {
      length++;
      last = last
        .then(task)
        .catch(fail)
        .then(() => {
          length--;
        });
    },
    done: () => last,
  };
}
