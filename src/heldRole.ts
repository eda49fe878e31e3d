/** Tracks whether this process is the leader, and the work that it does as leader. */

interface Closable {
  close(): Promise<void>;
}

/** The leader's work in this process. */
export interface LeaderWork<Work> {
  /** Returns the running work; undefined while another worker is the leader. */
  readonly work: () => Work | undefined;
  /** Starts the work; the process counts as leader until the work is closed. */
  readonly start: (start: () => Promise<Work>) => Promise<Work>;
}

export function trackLeaderWork<Work extends Closable>(): LeaderWork<Work> {
  let work: Work | undefined;
  return {
    work: () => work,
    async start(start) {
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
