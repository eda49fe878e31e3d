/** Stores the progress messages of a job in BullMQ: in its log, and the newest as its progress. */

import type { Job as QueuedJob } from 'bullmq';
import type { Log } from '../platform/log.ts';

export interface JobProgress {
  readonly progress: (message: string) => void;
  /** Resolves when all messages are written. */
  settled(): Promise<void>;
}

/**
 * Messages are written in order. One that cannot be stored is reported in the log of the worker.
 */
export function createJobProgress(queued: QueuedJob, log: Log): JobProgress {
  let written: Promise<unknown> = Promise.resolve();
  return {
    progress(message) {
      log.debug(message);
      written = written
        .then(() => Promise.all([queued.log(message), queued.updateProgress(message)]))
        .catch((error: Error) => {
          log.warn('could not store a progress message', {
            job: queued.name,
            problem: error.message,
          });
        });
    },
    async settled() {
      await written;
    },
  };
}
