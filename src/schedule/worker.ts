/** The worker: takes jobs from the queue, runs the scheduler, and shuts down in order. */

import type { Worker } from 'bullmq';
import type { ConcurrencyKeyAge } from '../calendar/queuedJob.ts';
import { finishesWithin } from '../platform/clock.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import type { ProgressContext, KeptResult } from './inline.ts';
import { type OpenQueue, openQueue, QUEUE_NAME, ReadableWorker } from './queue.ts';
import { retryDelayMs, createProcessor, type WorkerEnvironment } from './processor.ts';
import { redisText, type RedisLocation, queueOptions } from './redis.ts';
import {
  MAX_JOBS_IN_HAND,
  type ConcurrencyGroup,
  type FindConcurrencyGroup,
  type ProcessJob,
  type ConcurrencyLimiter,
  jobLogScope,
  limitConcurrency,
} from './concurrency.ts';
import { toPlainJob, type TimetableEntry } from '../calendar/timetable.ts';

/** How long the job of a dead worker waits before another worker takes it. */
const LOCK_MS = 30_000;
/** Well within the two minutes that containers get to stop. */
const GRACE_MS = 60_000;
/** How long closing may take if Redis does not answer. */
const GOODBYE_MS = 5_000;
/** How often a job may lose its worker before it counts as the cause. */
const DEATHS_AT_MOST = 3;

export interface WorkerOptions<Context extends ProgressContext> extends WorkerEnvironment<Context> {
  readonly place: RedisLocation;
  readonly timetable: readonly TimetableEntry[];
  /** Shorter in tests. */
  readonly lockMs?: number;
  /** Which jobs may run in parallel. Default: one job at a time. */
  readonly findGroup?: FindConcurrencyGroup;
  /** How long running jobs may take to finish once the worker stops. */
  readonly graceMs?: number;
}

export interface RunningWorker {
  /** Adds the backlog job, as at the start. */
  addBacklog(): Promise<void>;
  /** Waiting and running time of the oldest job of each concurrency key that has jobs. */
  ages(): ConcurrencyKeyAge[];
  /**
   * Takes no further jobs and lets running ones finish. Jobs that exceed the grace period return to
   * the queue. Then disconnects.
   */
  close(): Promise<void>;
}

/**
 * Works until it is closed. Call `checkRedis` first to learn whether Redis can be trusted with
 * jobs.
 * @throws if the first job cannot be added. The worker is closed then.
 */
export async function startWorker<Context extends ProgressContext>(
  options: WorkerOptions<Context>,
): Promise<RunningWorker> {
  const { place, log, timetable, jobs } = options;
  const queue = openQueue({ place, jobs, log });
  const limiter = limitConcurrency(
    createProcessor({ ...options, queue }),
    options.findGroup ?? oneAtATime,
  );
  const worker = newWorker(options, limiter.process);
  const scheduler: Scheduler = startScheduler(timetable, queue, log);
  const addBacklog = async () => {
    if (!timetable.some(({ name }) => name === 'owed')) return;
    await queue.add(toPlainJob('owed', options.clock.nowMs()));
  };
  const close = () => shutDown({ queue, limiter, worker, scheduler }, options);
  try {
    await addBacklog();
  } catch (error) {
    // A retry by the caller would otherwise leave two workers in one process.
    await close();
    throw error;
  }
  log.info('working', { queue: QUEUE_NAME, redis: redisText(place) });
  return { addBacklog, ages: () => limiter.ages(), close };
}

interface Running {
  readonly queue: OpenQueue;
  readonly limiter: ConcurrencyLimiter<KeptResult>;
  readonly worker: Worker;
  readonly scheduler: Scheduler;
}

async function shutDown(
  { queue, limiter, worker, scheduler }: Running,
  { log, graceMs = GRACE_MS }: Pick<WorkerOptions<ProgressContext>, 'log' | 'graceMs'>,
): Promise<void> {
  log.info('stopping after the running job');
  // Adding a scheduled job may wait for Redis. The backlog check adds it later.
  await finishesWithin(GOODBYE_MS, scheduler.stop());
  const closing = worker.close();
  // After the last job, BullMQ may wait forever for a lost connection.
  const ended = limiter.idle().then(() => finishesWithin(GOODBYE_MS, closing));
  if (!(await finishesWithin(graceMs, Promise.race([closing, ended])))) {
    log.warn('returning unfinished jobs to the queue');
    limiter.handBack();
    await finishesWithin(GOODBYE_MS, closing);
  }
  await finishesWithin(GOODBYE_MS, queue.close());
}

function oneAtATime(): ConcurrencyGroup {
  return { key: 'all', asksProvider: false };
}

function newWorker<Context extends ProgressContext>(
  options: WorkerOptions<Context>,
  process: ProcessJob<KeptResult>,
): Worker {
  const { place, log, lockMs = LOCK_MS, findGroup } = options;
  const worker = new ReadableWorker(QUEUE_NAME, process, {
    ...queueOptions(place),
    concurrency: findGroup === undefined ? 1 : MAX_JOBS_IN_HAND,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: DEATHS_AT_MOST,
    settings: { backoffStrategy: (triesMade, _, error) => retryDelayMs(triesMade, error) },
  });
  worker.on('error', (error) => log.error('worker', { problem: error.message }));
  worker.on('stalled', (id) => log.warn('taking over a job from a worker that died', { id }));
  worker.on('active', (job) => log.debug('begun', jobLogScope(job)));
  worker.on('failed', (job, error) => {
    const scope = job === undefined ? {} : { ...jobLogScope(job), tries: job.attemptsMade };
    log.error('failed', { ...scope, problem: error.message });
  });
  worker.on('completed', (job, done) => {
    const shortfalls = done.shortfalls.length === 0 ? undefined : done.shortfalls.join('; ');
    log.info('done', { ...jobLogScope(job), shortfalls });
  });
  return worker;
}

/**
 * Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. Call it before
 * the worker starts, so that a signal during the start does not kill the process.
 */
export function waitForStopSignal(): Promise<void> {
  return new Promise((stop) => {
    const onSignal = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
      stop();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  });
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
