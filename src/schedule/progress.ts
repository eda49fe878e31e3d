/** How what a job says of itself gets to those who wait: its log, and its newest line. */

import type { Job as QueuedJob } from 'bullmq';
import type { Log } from '../platform/log.ts';

/** A job's voice. */
export interface Pending {
  readonly progress: (message: string) => void;
  /** When all that was said has been written. */
  settled(): Promise<void>;
}

/** Lines are written in their order; one that is lost is told in the worker's own log. */
export function progressOf(queued: QueuedJob, log: Log): Pending {
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
