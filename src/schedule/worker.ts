/**
 * The worker: jobs taken from the queue one after the other, the bell beside it, a calm end.
 */

import type { Worker } from 'bullmq';
import type { LaneAge } from '../domain/queuedJob.ts';
import { atMost } from '../platform/atMost.ts';
import { type Bell, hangBell } from './bell.ts';
import type { Progressing } from './inline.ts';
import type { Done } from './done.ts';
import { pauseMs, processorOf, type Shop } from './processor.ts';
import { type OpenQueue, openQueue, QUEUE } from './queue.ts';
import { ReadableWorker } from './readableJob.ts';
import { placeText, type QueuePlace, queueOptions } from './redis.ts';
import {
  IN_HAND,
  type Lane,
  type LaneOf,
  type Process,
  type Shift,
  scopeOf,
  shiftOf,
} from './shift.ts';
import { plainOrder, type Ring } from './timetable.ts';

/** How long a dead worker's job waits for another one. */
const LOCK_MS = 30_000;
/** Well within the two minutes that containers are given. */
const GRACE_MS = 60_000;
/** How long letting go may take where Redis does not answer. */
const GOODBYE_MS = 5_000;
/** How often a job may lose its worker before it is taken for the cause. */
const DEATHS_AT_MOST = 3;

export interface WorkerWish<Context extends Progressing> extends Shop<Context> {
  readonly place: QueuePlace;
  readonly rings: readonly Ring[];
  /** Shorter where a test must not wait. */
  readonly lockMs?: number;
  /** Which jobs may run beside which; one after the other unless told. */
  readonly laneOf?: LaneOf;
  /** How long running jobs may take to end once the worker is to stop. */
  readonly graceMs?: number;
}

export interface RunningWorker {
  /** Computes the backlog from the ledger and adds its jobs, as at the start. */
  orderOwed(): Promise<void>;
  /** How long jobs wait for their turn, or run, by lane; lanes without a job are left out. */
  ages(): LaneAge[];
  /**
   * Takes no further job and lets the running ones finish; those that take too long are handed back
   * to the queue. Then lets go of it.
   */
  close(): Promise<void>;
}

/**
 * Works until it is closed. Whether Redis can be trusted with jobs, `checkRedis` tells before.
 * @throws whatever keeps the first order from being given; nothing goes on working then.
 */
export async function startWorker<Context extends Progressing>(
  wish: WorkerWish<Context>,
): Promise<RunningWorker> {
  const { place, log, rings, jobs } = wish;
  const queue = openQueue({ place, jobs, log });
  const shift = shiftOf(processorOf({ ...wish, queue }), wish.laneOf ?? alone);
  const worker = newWorker(wish, shift.process);
  const bell: Bell = hangBell(rings, queue, log);
  const orderOwed = async () => {
    if (!rings.some(({ name }) => name === 'owed')) return;
    await queue.add(plainOrder('owed', wish.clock.nowMs()));
  };
  const close = () => closed({ queue, shift, worker, bell }, wish);
  try {
    await orderOwed();
  } catch (error) {
    // Whoever asks again would have two of them at work in one process.
    await close();
    throw error;
  }
  log.info('working', { queue: QUEUE, redis: placeText(place) });
  return { orderOwed, ages: () => shift.ages(), close };
}

interface Works {
  readonly queue: OpenQueue;
  readonly shift: Shift<Done>;
  readonly worker: Worker;
  readonly bell: Bell;
}

async function closed(
  { queue, shift, worker, bell }: Works,
  { log, graceMs = GRACE_MS }: Pick<WorkerWish<Progressing>, 'log' | 'graceMs'>,
): Promise<void> {
  log.info('stopping after the running job');
  // A scheduled job may wait for a Redis that is away; the backlog check adds it later.
  await atMost(GOODBYE_MS, bell.stop());
  const closing = worker.close();
  // BullMQ may wait for a connection that does not come back, long after the last job.
  const ended = shift.idle().then(() => atMost(GOODBYE_MS, closing));
  if (!(await atMost(graceMs, Promise.race([closing, ended])))) {
    log.warn('returning unfinished jobs to the queue');
    shift.handBack();
    await atMost(GOODBYE_MS, closing);
  }
  await atMost(GOODBYE_MS, queue.close());
}

function alone(): Lane {
  return { key: 'all', asksProvider: false };
}

function newWorker<Context extends Progressing>(
  wish: WorkerWish<Context>,
  process: Process<Done>,
): Worker {
  const { place, log, lockMs = LOCK_MS, laneOf } = wish;
  const worker = new ReadableWorker(QUEUE, process, {
    ...queueOptions(place),
    concurrency: laneOf === undefined ? 1 : IN_HAND,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: DEATHS_AT_MOST,
    settings: { backoffStrategy: (triesMade, _, error) => pauseMs(triesMade, error) },
  });
  worker.on('error', (error) => log.error('worker', { problem: error.message }));
  worker.on('stalled', (id) => log.warn('taking over a job from a worker that died', { id }));
  worker.on('active', (job) => log.debug('begun', scopeOf(job)));
  worker.on('failed', (job, error) => {
    const scope = job === undefined ? {} : { ...scopeOf(job), tries: job.attemptsMade };
    log.error('failed', { ...scope, problem: error.message });
  });
  worker.on('completed', (job, done) => {
    const shortfalls = done.shortfalls.length === 0 ? undefined : done.shortfalls.join('; ');
    log.info('done', { ...scopeOf(job), shortfalls });
  });
  return worker;
}

/**
 * Ends with the first SIGTERM or SIGINT; a second one ends the process at once. Ask before the
 * worker starts: a signal that comes while it starts must not kill it either.
 */
export function stopAsked(): Promise<void> {
  return new Promise((stop) => {
    const asked = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, asked);
      stop();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, asked);
  });
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
