/**
 * Runs a job for BullMQ and reports its answer: done, retry, later or never. A job's parts are its
 * child jobs.
 */

import {
  DelayedError,
  type Job as QueuedJob,
  type Job,
  type Queue,
  UnrecoverableError,
  WaitingChildrenError,
} from 'bullmq';
import {
  MAX_DELAY_MS,
  MAX_ATTEMPTS,
  growingPauseMs,
  LONGEST_PAUSE_MS,
} from '../calendar/retries.ts';
import {
  type JobEngine,
  type JobResult,
  type Task,
  type TaskOutcome,
  UNREADABLE_RESULT,
} from '../jobs/job.ts';
import type { Log } from '../platform/log.ts';
import { type OpenQueue, parseKeptResult, toJobOptions, toQueueTime } from './queue.ts';
import {
  type JobEnvironment,
  type KeptResult,
  type ProgressContext,
  runJobInline,
  type RunnableJob,
  toKeptResult,
} from './inline.ts';
import { isRedisError } from './redis.ts';

const SHORTEST_WAIT_MS = 1_000;

/** Makes BullMQ retry the job, after `afterMs` if the provider asked for a pause. */
class TryAgain extends Error {
  override readonly name = 'TryAgain';
  readonly afterMs: number | undefined;

  constructor(reason: string, afterMs: number | undefined) {
    super(reason);
    this.afterMs = afterMs;
  }
}

/** The delay before the next attempt: a growing pause, or what the provider asked for. */
export function retryDelayMs(triesMade: number, error?: Error): number {
  if (error instanceof TryAgain && error.afterMs !== undefined) return error.afterMs;
  return growingPauseMs(triesMade);
}

export interface WorkerEnvironment<Context extends ProgressContext>
  extends JobEnvironment<Context> {
  readonly log: Log;
}

/** A environment with the queue to which its jobs may add. */
export interface ProcessorEnvironment<Context extends ProgressContext>
  extends WorkerEnvironment<Context> {
  readonly queue: OpenQueue;
}

export function createProcessor<Context extends ProgressContext>(
  environment: ProcessorEnvironment<Context>,
) {
  const { clock, queue } = environment;
  return async (queued: QueuedJob, token?: string): Promise<KeptResult> => {
    const engine = createQueueEngine({ queued, token, queue, nowMs: () => clock.nowMs() });
    const jobProgress = createJobProgress(queued, environment.log);
    const context = { ...environment.context, progress: jobProgress.progress, engine };
    const answer = await runOrFail({ ...environment, context }, queued, jobProgress);
    const job = environment.jobs.find(({ name }) => name === queued.name);
    return report(answer, { queued, token, nowMs: clock.nowMs(), job });
  };
}

async function runOrFail<Context extends ProgressContext>(
  environment: WorkerEnvironment<Context>,
  queued: QueuedJob,
  jobProgress: JobProgress,
): Promise<JobResult> {
  try {
    return await runJobInline(environment, queued.name, queued.data);
  } catch (error) {
    if (error instanceof WaitingChildrenError || error instanceof DelayedError) throw error;
    if (isRedisError(error))
      return { kind: 'retry', reason: `Redis: ${error.message} [unavailable]` };
    // A bug, which another attempt would only repeat.
    const bug = error instanceof Error ? error : new Error(String(error));
    environment.log.error('job failed with a bug', {
      job: queued.name,
      id: queued.id,
      stack: bug.stack,
    });
    throw new UnrecoverableError(`bug: ${bug.message}`);
  } finally {
    await jobProgress.settled();
  }
}

interface Attempt {
  readonly queued: QueuedJob;
  readonly token: string | undefined;
  readonly nowMs: number;
  readonly job: RunnableJob<never> | undefined;
}

async function report(answer: JobResult, attempt: Attempt): Promise<KeptResult> {
  const { queued, nowMs, job } = attempt;
  switch (answer.kind) {
    case 'done':
      return toKeptResult(job, answer);
    case 'retry':
      return tryAgain(answer, attempt);
    case 'later': {
      const giveUpAfterMs = job?.giveUpAfterMs ?? MAX_DELAY_MS;
      const atMs = toQueueTime(answer.atMs, nowMs);
      if (atMs > queued.timestamp + giveUpAfterMs) throw new UnrecoverableError(answer.reason);
      return delayJob(answer.reason, Math.max(answer.atMs, nowMs + SHORTEST_WAIT_MS), attempt);
    }
    case 'never':
      throw new UnrecoverableError(answer.reason);
  }
}

/** Retries a job. One that another client added without attempts gets as many as ours. */
function tryAgain(
  answer: JobResult & { readonly kind: 'retry' },
  attempt: Attempt,
): Promise<never> {
  const { queued, nowMs } = attempt;
  const error = new TryAgain(answer.reason, answer.afterMs);
  if ((queued.opts.attempts ?? 0) > 1) throw error;
  // `attemptsStarted` also counts runs that were delayed because its key had no free slot.
  const isOld = nowMs - queued.timestamp >= LONGEST_PAUSE_MS;
  if (queued.attemptsStarted >= MAX_ATTEMPTS && isOld) throw new UnrecoverableError(answer.reason);
  return delayJob(answer.reason, nowMs + retryDelayMs(queued.attemptsStarted, error), attempt);
}

async function delayJob(reason: string, atMs: number, attempt: Attempt): Promise<never> {
  await attempt.queued.updateProgress(`waiting: ${reason}`);
  await attempt.queued.moveToDelayed(toQueueTime(atMs, attempt.nowMs), attempt.token);
  throw new DelayedError(reason);
}

export interface JobProgress {
  readonly progress: (message: string) => void;
  /** Resolves when all messages are written. */
  settled(): Promise<void>;
}

/**
 * Messages are written in order. One that cannot be stored is reported in the log of the worker.
 */
function createJobProgress(queued: QueuedJob, log: Log): JobProgress {
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

/** Polling interval for parts that belong to another parent. */
const LOOK_AGAIN_MS = 1_000;

interface Parent {
  readonly queued: Job;
  readonly token: string | undefined;
  readonly queue: OpenQueue;
  readonly nowMs: () => number;
}

function createQueueEngine(parent: Parent): JobEngine {
  const { queued, queue } = parent;
  const partId = (step: string, { key }: Pick<Task, 'key'>) =>
    `${queued.id}/${step}/${key}`.replaceAll(':', '');
  return {
    async runAll(step, tasks) {
      const parts = tasks.map((task) => ({ task, id: partId(step, task) }));
      for (const { task, id } of parts) {
        if ((await queue.bullQueue.getJob(id)) === undefined) await addPart(parent, task, id);
      }
      const found = await Promise.all(parts.map((part) => readOutcome(queue.bullQueue, part)));
      const ended = found.filter((outcome) => outcome !== undefined);
      if (ended.length === tasks.length) return ended;
      return wait(parent);
    },
    async hasStarted(step) {
      const { processed, unprocessed, ignored } = await queued.getDependencies();
      const keys = [...Object.keys(processed ?? {}), ...Object.keys(ignored ?? {})];
      // Match the start only: a source may have the name of a step.
      const prefix = `:${partId(step, { key: '' })}`;
      return [...keys, ...(unprocessed ?? [])].some((key) => key.includes(prefix));
    },
    async enqueue(jobs) {
      for (const job of jobs) await queue.add(job);
    },
  };
}

/** A failed part counts as ended. The parent decides what follows from it. */
async function addPart({ queued, queue }: Parent, task: Task, id: string): Promise<void> {
  await queue.bullQueue.add(task.name, task.payload, {
    ...toJobOptions({ id }),
    parent: { id: String(queued.id), queue: queued.queueQualifiedName },
    ignoreDependencyOnFailure: true,
    telemetry: { metadata: runId(queued) },
  });
}

/** The root job's id, which all jobs of a run share. */
function runId(queued: Pick<Job, 'id' | 'opts'>): string {
  return queued.opts.telemetry?.metadata ?? String(queued.id);
}

async function readOutcome(
  board: Queue,
  { task, id }: { task: Task; id: string },
): Promise<TaskOutcome | undefined> {
  // Read the state first: if the part ends in between, its result is there afterwards.
  const state = await board.getJobState(id);
  const part = await board.getJob(id);
  if (part === undefined) return undefined;
  if (state === 'failed') return { kind: 'failed', task, reason: part.failedReason ?? 'it failed' };
  if (state !== 'completed') return undefined;
  const kept = parseKeptResult(part.returnvalue);
  if (kept === undefined) return { kind: 'failed', task, reason: UNREADABLE_RESULT };
  // Before jobs had outputs, their figures had the same names.
  const { shortfalls, figures, output = figures } = kept;
  return { kind: 'done', task, shortfalls, figures, output };
}

/** Always throws: BullMQ reads the error as a sign that the job waits. */
async function wait({ queued, token, nowMs }: Parent): Promise<never> {
  if (await queued.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  // All parts have ended meanwhile, or they belong to an earlier run of this job.
  const now = nowMs();
  await queued.moveToDelayed(toQueueTime(now + LOOK_AGAIN_MS, now), token);
  throw new DelayedError();
}
