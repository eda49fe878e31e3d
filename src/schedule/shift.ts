/** Knows how jobs share a worker: alone where they must, and handed back when it has to go. */

import { type Job as QueuedJob, WaitingError } from 'bullmq';
import { logScope } from '../platform/log.ts';

export type Process<Result> = (queued: QueuedJob, token?: string) => Promise<Result>;

export interface Shift<Result> {
  readonly process: Process<Result>;
  /** Every job that still runs goes back to the queue, for another worker to begin again. */
  handBack(): void;
}

/**
 * Jobs of the named kinds run beside each other; any other runs alone, so that an audit never sees
 * half of what a pull brings.
 */
export function shiftOf<Result>(
  process: Process<Result>,
  beside: readonly string[],
): Shift<Result> {
  const turns = createTurns();
  const ended = new AbortController();
  return {
    async process(queued, token) {
      const { name, id, opts } = queued;
      const run = opts.telemetry?.metadata ?? id;
      const inTurn = () => turns(beside.includes(name), () => process(queued, token));
      const handedBack = handBackOn(ended.signal, queued, token);
      return logScope({ run, job: name, id }, () => Promise.race([inTurn(), handedBack]));
    },
    handBack: () => ended.abort(),
  };
}

async function handBackOn(signal: AbortSignal, queued: QueuedJob, token?: string): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await queued.moveToWait(token);
  throw new WaitingError('handed back');
}

/** Runs work in the order in which it comes: alone, or beside other work that may have company. */
function createTurns() {
  // What the next one waits for: everything before it that it may not run beside.
  let alone: Promise<unknown> = Promise.resolve();
  let company: Promise<unknown>[] = [];
  return async <T>(beside: boolean, work: () => Promise<T>): Promise<T> => {
    const before = beside ? alone : Promise.all([alone, ...company]);
    const running = before.then(work);
    const over = running.then(
      () => undefined,
      () => undefined,
    );
    if (beside) {
      company.push(over);
      void over.then(() => {
        company = company.filter((one) => one !== over);
      });
    } else {
      alone = over;
      company = [];
    }
    return running;
  };
}
