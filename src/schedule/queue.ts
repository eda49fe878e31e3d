/**
 * The queue `rentcheck`: adds validated jobs, under ids that make adding one twice harmless, and
 * reads malformed ones.
 */

import { MAX_ATTEMPTS } from '../calendar/retries.ts';
import {
  Job,
  type JobJson,
  type JobProgress,
  type JobsOptions,
  type JobType,
  Queue,
  Worker,
} from 'bullmq';
import { z } from 'zod';
import type { JobState, NewJob, QueuedJob } from '../calendar/queuedJob.ts';
import type { JobQueue } from '../jobs/job.ts';
import { currentRunId, type Log } from '../platform/log.ts';
import { type DeclaredJob, findJob, type KeptResult, parsePayload } from './inline.ts';
import { queueOptions, type RedisLocation } from './redis.ts';
import { systemClock } from '../platform/clock.ts';

export type { JobQueue } from '../jobs/job.ts';

export const QUEUE_NAME = 'rentcheck';

const KEEP_DONE_SECONDS = 30 * 86_400;

export interface OpenQueueOptions {
  readonly place: RedisLocation;
  readonly jobs: readonly DeclaredJob[];
  readonly log: Log;
}

/** The queue, and the BullMQ queue behind it for parts of jobs and for the board. */
export interface OpenQueue extends JobQueue {
  readonly bullQueue: Queue;
}

export function openQueue({ place, jobs, log }: OpenQueueOptions): OpenQueue {
  const board = new ReadableQueue(QUEUE_NAME, queueOptions(place));
  board.on('error', (error: Error) => log.error('queue', { problem: error.message }));
  const add = async (name: string, payload: unknown, options: JobsOptions) => {
    parsePayload(findJob(jobs, name), payload);
    const run = currentRunId();
    const telemetry = run === undefined ? {} : { telemetry: { metadata: run } };
    return board.add(name, payload, { ...options, ...telemetry });
  };
  return {
    bullQueue: board,
    async add(order) {
      await add(order.name, order.payload, toJobOptions(order));
    },
    async enqueue({ name, payload }) {
      const { id } = await add(name, payload, toJobOptions({}));
      return { id: String(id) };
    },
    async state(id) {
      // Read the state first: if the job ends in between, its reason is there afterwards.
      const stateName = await board.getJobState(id);
      // Other keys in Redis can look like a job. An id without a state is not a job.
      const found = stateName === 'unknown' ? undefined : await board.getJob(id);
      return found === undefined ? undefined : toQueuedJob(found, stateName);
    },
    list: (states, limit) => listQueuedJobs(board, states, limit),
    counts: () => countQueuedJobs(board),
    close: () => board.close(),
  };
}

/** How each of our jobs is retried and kept. */
export function toJobOptions({ id, rememberMs }: Partial<NewJob>): JobsOptions {
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts: MAX_ATTEMPTS,
    backoff: { type: 'growing' },
    // Every trace repeats the reason, so the last one is enough.
    stackTraceLimit: 1,
    ...(id === undefined || rememberMs === undefined ? KEPT_JOBS : removedAtOnce(id, rememberMs)),
  };
}

/** Keeps a source that fails hourly for months from filling the memory of Redis. */
const MOST_FAILED = 1_000;

const KEPT_JOBS = {
  removeOnComplete: { age: KEEP_DONE_SECONDS },
  removeOnFail: { age: 3 * KEEP_DONE_SECONDS, count: MOST_FAILED },
};

/** A shorter age does not work: BullMQ applies it to all finished jobs. */
function removedAtOnce(id: string, rememberMs: number): JobsOptions {
  const deduplication = { id, ttl: rememberMs };
  return { deduplication, removeOnComplete: true, removeOnFail: true };
}

export function toQueueTime(atMs: number, nowMs: number): number {
  return systemClock.nowMs() + atMs - nowMs;
}

/** The parts of a job, finished or not, in the order in which they were added. */
export async function readJobParts(queue: OpenQueue, id: string): Promise<QueuedJob[]> {
  const ids = await partIds(queue.bullQueue, id);
  const parts = await Promise.all(ids.map((part) => queue.state(part)));
  return parts
    .filter((part) => part !== undefined)
    .sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1));
}

/** The log lines of a job so far. */
export async function readJobLog({ bullQueue }: OpenQueue, id: string): Promise<readonly string[]> {
  return (await bullQueue.getJobLogs(id)).logs;
}

async function partIds(board: Queue, id: string): Promise<string[]> {
  const job = await board.getJob(id);
  if (job === undefined) return [];
  const { processed = {}, ignored = {}, unprocessed = [] } = await job.getDependencies();
  const keys = [...Object.keys(processed), ...Object.keys(ignored), ...unprocessed];
  // A key is `PREFIX:rentcheck:ID`, and an id contains no colon.
  return [
    ...new Set(
      keys.map((key) => key.slice(key.lastIndexOf(`:${QUEUE_NAME}:`) + QUEUE_NAME.length + 2)),
    ),
  ];
}

/** Several states of BullMQ mean `waiting`. */
const STATES: Readonly<Record<JobState, readonly JobType[]>> = {
  running: ['active'],
  waiting: ['waiting', 'prioritized'],
  awaiting: ['waiting-children'],
  delayed: ['delayed'],
  done: ['completed'],
  failed: ['failed'],
};

function toQueuedJob(job: Job, bullState: string): QueuedJob {
  return jobIn(job, toJobState(bullState));
}

async function listQueuedJobs(
  queue: Queue,
  states: readonly JobState[],
  limit: number,
): Promise<QueuedJob[]> {
  const found: QueuedJob[] = [];
  for (const state of states) {
    const jobs = await queue.getJobs([...STATES[state]], 0, limit - 1);
    const views = jobs.map((job) => jobIn(job, state));
    found.push(...views.sort((a, b) => b.addedAtMs - a.addedAtMs).slice(0, limit));
  }
  return found;
}

async function countQueuedJobs(queue: Queue): Promise<Record<JobState, number>> {
  const counts = await queue.getJobCounts();
  const sum = (types: readonly JobType[]) =>
    types.reduce((total, type) => total + (counts[type] ?? 0), 0);
  return {
    waiting: sum(STATES.waiting),
    awaiting: sum(STATES.awaiting),
    running: sum(STATES.running),
    delayed: sum(STATES.delayed),
    done: sum(STATES.done),
    failed: sum(STATES.failed),
  };
}

/** BullMQ returns `unknown` for a job that was just removed. */
function toJobState(bullState: string): JobState {
  const states = Object.entries(STATES) as [JobState, readonly string[]][];
  return states.find(([, bullStates]) => bullStates.includes(bullState))?.[0] ?? 'waiting';
}

function jobIn(job: Job, state: JobState): QueuedJob {
  const kept = parseKeptResult(job.returnvalue);
  return {
    id: String(job.id),
    name: job.name,
    payload: job.data,
    state,
    addedAtMs: job.timestamp,
    ...(job.finishedOn === undefined ? {} : { endedAtMs: job.finishedOn }),
    tries: job.attemptsMade,
    ...(job.opts.attempts === undefined ? {} : { mostTries: job.opts.attempts }),
    ...(typeof job.progress === 'string' ? { progress: job.progress } : {}),
    ...(kept === undefined ? {} : { shortfalls: kept.shortfalls, figures: kept.figures }),
    ...(job.failedReason === undefined ? {} : { reason: job.failedReason }),
  };
}

const keptResult = z.object({
  shortfalls: z.array(z.string()),
  figures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  output: z.unknown().optional(),
});

/** The result of a job that is done; absent for any other job, or if its form is unknown. */
export function parseKeptResult(returnValue: unknown): KeptResult | undefined {
  return keptResult.safeParse(returnValue).data;
}

/** BullMQ itself throws while reading such a job, which would stop the worker and the pages. */
class ReadableJob<Data, Result, Name extends string, Progress extends JobProgress> extends Job<
  Data,
  Result,
  Name,
  Progress
> {
  static override fromJSON<Data, Result, Name extends string>(
    ...[queue, json, id]: Parameters<typeof Job.fromJSON>
  ): Job<Data, Result, Name> {
    return super.fromJSON(queue, readable(json), id);
  }
}

/** A payload that is not JSON becomes a string, which no job accepts. */
function readable(json: JobJson): JobJson {
  const { name, data, timestamp, processedOn, finishedOn } = json;
  const seenMs = processedOn ?? finishedOn ?? systemClock.nowMs();
  return {
    ...json,
    name: name ?? '',
    data: isJson(data) ? data : JSON.stringify(data),
    timestamp: Number.isFinite(timestamp) ? timestamp : seenMs,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

class ReadableQueue extends Queue {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}

export class ReadableWorker<Data, Result> extends Worker<Data, Result> {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}
