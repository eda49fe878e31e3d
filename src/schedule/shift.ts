/** How jobs share a worker: by lanes, with room left for the others, handed back when it goes. */

import { DelayedError, type Job as QueuedJob, WaitingError } from 'bullmq';
import type { LaneAge } from '../domain/queuedJob.ts';
import { systemClock } from '../platform/clock.ts';
import { logScope } from '../platform/log.ts';
import { queueTime } from './queueTime.ts';

export type Process<Result> = (queued: QueuedJob, token?: string) => Promise<Result>;

export interface Shift<Result> {
  readonly process: Process<Result>;
  /** When no job runs any more. */
  idle(): Promise<void>;
  /** How long jobs wait for their turn, or run, by lane; lanes without a job are left out. */
  ages(): LaneAge[];
  /** Every job that still runs goes back to the queue, for another worker to begin again. */
  handBack(): void;
}

/** Jobs of one lane run one after the other, beside those of other lanes. */
export interface Lane {
  readonly key: string;
  /** Its jobs wait for somebody else's server, which may never answer. */
  readonly asksProvider: boolean;
}

export type LaneOf = (name: string, data: unknown) => Lane;

/** How many jobs a worker takes in hand at once, running or waiting for their turn. */
export const IN_HAND = 40;
/** Of those, the most that ask providers: however many hang, audits and checks find a place. */
const OF_PROVIDERS = 24;
/** The most of one lane: a provider that hangs keeps one job running and one waiting. */
const OF_LANE = { provider: 2, own: 4 } as const;
/** When a job for which there is no room is looked at again. */
const COME_AGAIN_MS = 1_000;

/** Lets each job run in the turn of its lane; one for which there is no room comes again soon. */
export function shiftOf<Result>(process: Process<Result>, laneOf: LaneOf): Shift<Result> {
  const turns = createTurns();
  const rooms = createRooms();
  const book = createBook();
  const calledBack = new AbortController();
  const atWork = new Set<Promise<void>>();
  return {
    async process(queued, token) {
      const lane = laneOf(queued.name, queued.data);
      const leave = rooms.enter(lane);
      const entry = book.enter(queued, lane, leave !== undefined);
      if (leave === undefined) return comeAgain(queued, token);
      const inTurn = () =>
        turns(lane.key, () => {
          entry.begunMs = systemClock.nowMs();
          return process(queued, token);
        });
      const recall = recallOn(calledBack.signal);
      const handedBack = recall.heard.then(() => handBack(queued, token));
      const running = logScope(scopeOf(queued), () => Promise.race([inTurn(), handedBack]));
      const over = running.then(ended, ended);
      atWork.add(over);
      void over.finally(() => {
        leave();
        book.leave(queued);
        atWork.delete(over);
        recall.forget();
      });
      return running;
    },
    async idle() {
      while (atWork.size > 0) await Promise.all(atWork);
    },
    ages: () => book.ages(),
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

/** Never returns: BullMQ takes the error for the word that the job waits. */
async function comeAgain(queued: QueuedJob, token?: string): Promise<never> {
  await queued.moveToDelayed(queueTime(COME_AGAIN_MS, 0), token);
  throw new DelayedError('another job of its kind is running');
}

/** Counts the jobs in hand; `enter` answers how to leave, or nothing where there is no room. */
function createRooms() {
  const inHand = new Map<string, number>();
  let ofProviders = 0;
  return {
    enter({ key, asksProvider }: Lane): (() => void) | undefined {
      const count = inHand.get(key) ?? 0;
      if (count >= (asksProvider ? OF_LANE.provider : OF_LANE.own)) return undefined;
      if (asksProvider && ofProviders >= OF_PROVIDERS) return undefined;
      inHand.set(key, count + 1);
      if (asksProvider) ofProviders += 1;
      return () => {
        const left = (inHand.get(key) ?? 1) - 1;
        if (left === 0) inHand.delete(key);
        else inHand.set(key, left);
        if (asksProvider) ofProviders -= 1;
      };
    },
  };
}

interface Entry {
  readonly lane: string;
  readonly addedMs: number;
  /** When it was sent away last, for there was no room for it. */
  readonly awayMs?: number;
  begunMs?: number;
}

/** One that was sent away and has not come again for so long is not in the queue any more. */
const FORGOTTEN_MS = 60_000;

/** Who is in hand, and who comes again: by the machine's clock, as BullMQ counts. */
function createBook() {
  const entries = new Map<string, Entry>();
  return {
    enter({ id, timestamp }: QueuedJob, { key: lane }: Lane, hasRoom: boolean): Entry {
      const away = hasRoom ? {} : { awayMs: systemClock.nowMs() };
      const entry = { lane, addedMs: timestamp, ...away };
      entries.set(String(id), entry);
      return entry;
    },
    leave: ({ id }: QueuedJob) => void entries.delete(String(id)),
    ages(): LaneAge[] {
      const nowMs = systemClock.nowMs();
      const ages = new Map<string, LaneAge>();
      for (const [id, entry] of entries) {
        const { lane, awayMs = nowMs } = entry;
        if (nowMs - awayMs > FORGOTTEN_MS) entries.delete(id);
        else ages.set(lane, older(ages.get(lane) ?? { lane }, entry, nowMs));
      }
      return [...ages.values()];
    },
  };
}

function older(age: LaneAge, { addedMs, begunMs }: Entry, nowMs: number): LaneAge {
  const { oldestWaitingMs = 0, oldestRunningMs = 0 } = age;
  return begunMs === undefined
    ? { ...age, oldestWaitingMs: Math.max(oldestWaitingMs, nowMs - addedMs) }
    : { ...age, oldestRunningMs: Math.max(oldestRunningMs, nowMs - begunMs) };
}

/** Runs the work of a lane in the order in which it comes. */
function createTurns() {
  const lanes = new Map<string, Promise<unknown>>();
  return <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const running = (lanes.get(lane) ?? Promise.resolve()).then(work);
    // How it ended is the business of whoever asked for it; the next one only waits.
    const over = running.then(ended, ended);
    lanes.set(lane, over);
    void over.finally(() => {
      if (lanes.get(lane) === over) lanes.delete(lane);
    });
    return running;
  };
}

function ended(): void {}
