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
  let alone: Promise<unknown> = Promise.resolve();
  const company = new Set<Promise<unknown>>();
  return <T>(beside: boolean, work: () => Promise<T>): Promise<T> => {
    const before = beside ? alone : Promise.all([alone, ...company]);
    const running = before.then(work);
    // How it ended is the business of whoever asked for it; the next one only waits.
    const over = running.then(ended, ended);
    if (beside) {
      company.add(over);
      void over.finally(() => company.delete(over));
    } else {
      alone = over;
    }
    return running;
  };
}

function ended(): void {}
