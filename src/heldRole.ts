/** Whether this process is the leader at this moment, and what it works with. */

interface Closing {
  close(): Promise<void>;
}

/** Whether the writer's work is under way in this process. */
export interface HeldRole<Work> {
  /** The work that is under way; undefined while the role is another worker's. */
  readonly work: () => Work | undefined;
  /** Starts the work; the role is held until it is closed. */
  readonly during: (start: () => Promise<Work>) => Promise<Work>;
}

export function heldRole<Work extends Closing>(): HeldRole<Work> {
  let work: Work | undefined;
  return {
    work: () => work,
    async during(start) {
      const started = await start();
      work = started;
      const close = async () => {
        work = undefined;
        await started.close();
      };
      return { ...started, close };
    },
  };
}
