/** Knows how jobs share a worker: alone where they must, and handed back when it has to go. */

import { type Job as QueuedJob, WaitingError } from 'bullmq';
import { logScope } from '../platform/log.ts';

export type Process<Result> = (queued: QueuedJob, token?: string) => Promise<Result>;

export interface Shift<Result> {
  readonly process: Process<Result>;
  /** When no job runs any more. */
  idle(): Promise<void>;
  /** Every job that still runs goes back to the queue, for another worker to begin again. */
  handBack(): void;
}

/**
 * The lane of a job: it runs beside jobs of other lanes, and after those of its own that came
 * before. A job without one runs alone.
 */
export type LaneOf = (name: string, data: unknown) => string | undefined;

/** Lets each job run in its turn, so that an audit never sees half of what a pull brings. */
export function shiftOf<Result>(process: Process<Result>, laneOf: LaneOf): Shift<Result> {
  const turns = createTurns();
  const calledBack = new AbortController();
  const atWork = new Set<Promise<void>>();
  return {
    async process(queued, token) {
      const { name, data } = queued;
      const inTurn = () => turns(laneOf(name, data), () => process(queued, token));
      const recall = recallOn(calledBack.signal);
      const handedBack = recall.heard.then(() => handBack(queued, token));
      const running = logScope(scopeOf(queued), () => Promise.race([inTurn(), handedBack]));
      const over = running.then(ended, ended);
      atWork.add(over);
      void over.finally(() => {
        atWork.delete(over);
        recall.forget();
      });
      return running;
    },
    async idle() {
      while (atWork.size > 0) await Promise.all(atWork);
    },
    handBack: () => calledBack.abort(),
  };
}

/** What every log line of a job carries; `run` is the id of all that was begun together with it. */
export function scopeOf({ name, id, opts }: Pick<QueuedJob, 'name' | 'id' | 'opts'>) {
  return { run: opts.telemetry?.metadata ?? id, job: name, id };
}

/** A worker outlives millions of jobs: one that is over must not be held by the wait for this. */
function recallOn(signal: AbortSignal): { heard: Promise<void>; forget(): void } {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const hear = () => resolve();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', hear, { once: true });
  return { heard, forget: () => signal.removeEventListener('abort', hear) };
}

async function handBack(queued: QueuedJob, token?: string): Promise<never> {
  await queued.moveToWait(token);
  throw new WaitingError('handed back');
}

/** Runs work in the order in which it comes: alone, or beside that of other lanes. */
function createTurns() {
  let alone: Promise<unknown> = Promise.resolve();
  const lanes = new Map<string, Promise<unknown>>();
  return <T>(lane: string | undefined, work: () => Promise<T>): Promise<T> => {
    const others = lane === undefined ? [...lanes.values()] : [lanes.get(lane) ?? alone];
    const running = Promise.all([alone, ...others]).then(work);
    // How it ended is the business of whoever asked for it; the next one only waits.
    const over = running.then(ended, ended);
    if (lane === undefined) alone = over;
    else lanes.set(lane, over);
    return running;
  };
}

function ended(): void {}
