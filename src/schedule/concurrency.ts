/** Limits how many jobs a worker runs at once: per concurrency key, for providers, and in total. */

import { DelayedError, type Job as QueuedJob, WaitingError } from 'bullmq';
import type { ConcurrencyKeyAge } from '../calendar/queuedJob.ts';
import { systemClock } from '../platform/clock.ts';
import { logScope } from '../platform/log.ts';
import { toQueueTime } from './queue.ts';

export type ProcessJob<Result> = (queued: QueuedJob, token?: string) => Promise<Result>;

export interface ConcurrencyLimiter<Result> {
  readonly process: ProcessJob<Result>;
  /** Resolves when no job is running. */
  idle(): Promise<void>;
  /** Waiting and running time of the oldest job of each concurrency key that has jobs. */
  ages(): ConcurrencyKeyAge[];
  /** Returns every running job to the queue, for another worker to run again. */
  handBack(): void;
}

/** Jobs with the same key run one after the other; those of different keys run in parallel. */
export interface ConcurrencyGroup {
  readonly key: string;
  /** Its jobs wait for a provider, which may never answer. */
  readonly asksProvider: boolean;
}

export type FindConcurrencyGroup = (name: string, data: unknown) => ConcurrencyGroup;

/** How many jobs a worker takes at once, running or waiting for their turn. */
export const MAX_JOBS_IN_HAND = 40;
/** The most jobs that call providers. The rest stays free for audits and checks if these hang. */
const MAX_PROVIDER_JOBS = 24;
/** The most jobs per key. A provider that hangs keeps one job running and one waiting. */
const MAX_PER_KEY = { provider: 2, own: 4 } as const;
/** The delay before a job without a slot is tried again. */
const RETRY_DELAY_MS = 1_000;

/** Runs each job in the order of its key. A job without a free slot is delayed. */
export function limitConcurrency<Result>(
  process: ProcessJob<Result>,
  findGroup: FindConcurrencyGroup,
): ConcurrencyLimiter<Result> {
  const runInTurn = createTurnQueue();
  const slots = createSlots();
  const jobTimes = createJobTimes();
  const recalled = new AbortController();
  const activeJobs = new Set<Promise<void>>();
  return {
    async process(queued, token) {
      const group = findGroup(queued.name, queued.data);
      const leave = slots.enter(group);
      const entry = jobTimes.enter(queued, group, leave !== undefined);
      if (leave === undefined) return delayJob(queued, token);
      const inTurn = () =>
        runInTurn(group.key, () => {
          entry.begunMs = systemClock.nowMs();
          return process(queued, token);
        });
      const recall = listenOnce(recalled.signal);
      const handedBack = recall.aborted.then(() => handBack(queued, token));
      const running = logScope(jobLogScope(queued), () => Promise.race([inTurn(), handedBack]));
      const over = running.then(ended, ended);
      activeJobs.add(over);
      void over.finally(() => {
        leave();
        jobTimes.leave(queued);
        activeJobs.delete(over);
        recall.forget();
      });
      return running;
    },
    async idle() {
      while (activeJobs.size > 0) await Promise.all(activeJobs);
    },
    ages: () => jobTimes.ages(),
    handBack: () => recalled.abort(),
  };
}

/** The log fields of a job. `run` is the id shared by all jobs of a run. */
export function jobLogScope({ name, id, opts }: Pick<QueuedJob, 'name' | 'id' | 'opts'>) {
  return { run: opts.telemetry?.metadata ?? id, job: name, id };
}

/**
 * Removes its listener. A worker runs millions of jobs, and each listener would keep one in memory.
 */
function listenOnce(signal: AbortSignal): { aborted: Promise<void>; forget(): void } {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { aborted, forget: () => signal.removeEventListener('abort', onAbort) };
}

async function handBack(queued: QueuedJob, token?: string): Promise<never> {
  await queued.moveToWait(token);
  throw new WaitingError('handed back');
}

/** Always throws: BullMQ reads the error as a sign that the job waits. */
async function delayJob(queued: QueuedJob, token?: string): Promise<never> {
  await queued.moveToDelayed(toQueueTime(RETRY_DELAY_MS, 0), token);
  throw new DelayedError('another job of its kind is running');
}

/**
 * Counts the jobs in hand. `enter` returns a function to leave, or `undefined` without a free slot.
 */
function createSlots() {
  const counts = new Map<string, number>();
  let providerJobs = 0;
  return {
    enter({ key, asksProvider }: ConcurrencyGroup): (() => void) | undefined {
      const count = counts.get(key) ?? 0;
      if (count >= (asksProvider ? MAX_PER_KEY.provider : MAX_PER_KEY.own)) return undefined;
      if (asksProvider && providerJobs >= MAX_PROVIDER_JOBS) return undefined;
      counts.set(key, count + 1);
      if (asksProvider) providerJobs += 1;
      return () => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
        if (asksProvider) providerJobs -= 1;
      };
    },
  };
}

interface Entry {
  readonly key: string;
  readonly addedMs: number;
  /** When it was last delayed for lack of a slot. */
  readonly awayMs?: number;
  begunMs?: number;
}

/** A delayed job that does not return within this time has left the queue. */
const EXPIRES_AFTER_MS = 60_000;

/** The jobs in hand and the delayed ones, by the system clock, which BullMQ uses. */
function createJobTimes() {
  const entries = new Map<string, Entry>();
  return {
    enter({ id, timestamp }: QueuedJob, { key }: ConcurrencyGroup, hasRoom: boolean): Entry {
      const away = hasRoom ? {} : { awayMs: systemClock.nowMs() };
      const entry = { key, addedMs: timestamp, ...away };
      entries.set(String(id), entry);
      return entry;
    },
    leave: ({ id }: QueuedJob) => void entries.delete(String(id)),
    ages(): ConcurrencyKeyAge[] {
      const nowMs = systemClock.nowMs();
      const ages = new Map<string, ConcurrencyKeyAge>();
      for (const [id, entry] of entries) {
        const { key, awayMs = nowMs } = entry;
        if (nowMs - awayMs > EXPIRES_AFTER_MS) entries.delete(id);
        else ages.set(key, olderAge(ages.get(key) ?? { key }, entry, nowMs));
      }
      return [...ages.values()];
    },
  };
}

function olderAge(
  age: ConcurrencyKeyAge,
  { addedMs, begunMs }: Entry,
  nowMs: number,
): ConcurrencyKeyAge {
  const { oldestWaitingMs = 0, oldestRunningMs = 0 } = age;
  return begunMs === undefined
    ? { ...age, oldestWaitingMs: Math.max(oldestWaitingMs, nowMs - addedMs) }
    : { ...age, oldestRunningMs: Math.max(oldestRunningMs, nowMs - begunMs) };
}

/** Runs the work of one key in the order of arrival. */
function createTurnQueue() {
  const lastByKey = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const running = (lastByKey.get(key) ?? Promise.resolve()).then(work);
    // The caller handles the result. The next job only waits for the end.
    const over = running.then(ended, ended);
    lastByKey.set(key, over);
    void over.finally(() => {
      if (lastByKey.get(key) === over) lastByKey.delete(key);
    });
    return running;
  };
}

function ended(): void {}
