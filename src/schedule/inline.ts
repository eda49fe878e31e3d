/** Runs jobs in this process: validates the payload and turns failures into answers. */

import type { z } from 'zod';
import { RETRY_DECISIONS } from '../calendar/retries.ts';
import { Failure } from '../domain/failure.ts';
import type { Job, JobEngine, JobFigures, JobResult, Task, TaskOutcome } from '../jobs/job.ts';
import type { Clock } from '../platform/clock.ts';
import { nearestWord } from '../platform/text.ts';

/** The name and payload schema of a job. */
export interface DeclaredJob {
  readonly name: string;
  readonly payload: z.ZodType;
}

/** A job as an engine runs it. Every `Job` is assignable, whatever its payload. */
export interface RunnableJob<Context>
  extends DeclaredJob,
    Pick<Job<unknown>, 'figures' | 'giveUpAfterMs'> {
  run(context: Context, payload: unknown): Promise<JobResult>;
  readonly output?: { from(result: unknown): unknown };
}

/** A context that can report progress. */
export interface ProgressContext {
  progress(message: string): void;
}

/** The jobs that an engine can run, with the context and clock that they get. */
export interface JobEnvironment<Context extends ProgressContext> {
  readonly jobs: readonly RunnableJob<Context>[];
  readonly context: Context;
  readonly clock: Clock;
}

/**
 * Returns the validated payload.
 * @throws {Failure} `usage` that names every fault. Unknown fields are faults.
 */
export function parsePayload(job: DeclaredJob, data: unknown): unknown {
  const parsed = job.payload.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? 'payload' : path.join('.')}: ${message}`,
  );
  throw new Failure('usage', `invalid payload for job "${job.name}": ${faults.join('; ')}`, {
    expected: `only the documented fields of the job "${job.name}"`,
  });
}

/** @throws {Failure} `usage` if there is no such job. */
export function findJob<Known extends DeclaredJob>(jobs: readonly Known[], name: string): Known {
  const job = jobs.find((candidate) => candidate.name === name);
  if (job !== undefined) return job;
  const names = jobs.map((declared) => declared.name);
  const suggestion = nearestWord(name, names);
  throw new Failure('usage', `unknown job "${name}"`, {
    expected: `one of ${names.join(', ')}`,
    ...(suggestion === undefined ? {} : { hint: `did you mean "${suggestion}"?` }),
  });
}

/** What is kept of a job that is done: figures for people, and the output for other jobs. */
export interface KeptResult {
  readonly shortfalls: readonly string[];
  readonly figures: JobFigures;
  /** Absent if the job has none. */
  readonly output?: unknown;
}

export function toKeptResult(
  job: RunnableJob<never> | undefined,
  { result, shortfalls }: JobResult & { readonly kind: 'done' },
): KeptResult {
  if (result === undefined) return { shortfalls, figures: {} };
  const output = job?.output === undefined ? {} : { output: job.output.from(result) };
  return { shortfalls, figures: job?.figures?.(result) ?? {}, ...output };
}

/**
 * Runs one job in this process. A failure becomes the answer that {@link RETRY_DECISIONS} lists for
 * its
 * code. A bug throws.
 */
export async function runJobInline<Context extends ProgressContext>(
  { jobs, context, clock }: JobEnvironment<Context>,
  name: string,
  data: unknown,
): Promise<JobResult> {
  try {
    const job = findJob(jobs, name);
    return await job.run(context, parsePayload(job, data));
  } catch (error) {
    if (error instanceof Failure) return toAnswer(error, clock.nowMs());
    throw error;
  }
}

function toAnswer(failure: Failure, nowMs: number): JobResult {
  const reason = `${failure.message} [${failure.code}]; ${failure.hint}`;
  const { retryAfterMs } = failure;
  const recourse = RETRY_DECISIONS[failure.code];
  if (recourse.kind === 'never') return { kind: 'never', reason };
  if (recourse.kind === 'later') {
    return { kind: 'later', reason, atMs: nowMs + (retryAfterMs ?? recourse.afterMs) };
  }
  const wait = retryAfterMs === undefined ? {} : { afterMs: retryAfterMs };
  return { kind: 'retry', reason, ...wait };
}

/**
 * A part that should run later counts as failed, because nothing runs it again. The environment
 * is opened when a part runs, since loading every job takes a while.
 */
export function createInlineEngine<Context extends ProgressContext>(
  openEnvironment: () => Promise<JobEnvironment<Context>>,
): JobEngine {
  const runTask = async (task: Task): Promise<TaskOutcome> => {
    const environment = await openEnvironment();
    const answer = await runJobInline(environment, task.name, task.payload);
    if (answer.kind !== 'done') return { kind: 'failed', task, reason: answer.reason };
    const kept = toKeptResult(findJob(environment.jobs, task.name), answer);
    return { kind: 'done', task, ...kept, output: kept.output };
  };
  return {
    async runAll(_, tasks) {
      const outcomes: TaskOutcome[] = [];
      for (const task of tasks) outcomes.push(await runTask(task));
      return outcomes;
    },
    hasStarted: async () => false,
    async enqueue(jobs) {
      for (const job of jobs) await runTask({ ...job, key: job.id });
    },
  };
}
