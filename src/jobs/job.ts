/** The interface of a job: a name, a payload schema, and a run with one of four results. */

import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Channel } from '../delivery/channel.ts';
import type { BillSource } from '../domain/completeness.ts';
import type { NoticeProblem } from '../domain/delivery.ts';
import type { AuditRecord } from '../ledger/audits.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunningDigest } from '../platform/digest.ts';
import type { Secret } from '../platform/secret.ts';
import type { ReportFile, ReportMessage } from '../domain/edition.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import type { ImportBatch, ImportRequest } from '../sources/import/readImport.ts';
import type { Source } from '../sources/source.ts';
import type { AuditedPeriod } from '../calendar/quarter.ts';
import type { JobState, NewJob, QueuedJob } from '../calendar/queuedJob.ts';

/**
 * How a job ended. `done` may be incomplete (`shortfalls`: a source failed, or there is not enough
 * evidence). `retry` may succeed soon, `later` not before a known time, `never` not without a
 * person.
 */
export type JobResult<Result = unknown> =
  | { readonly kind: 'done'; readonly result: Result; readonly shortfalls: readonly string[] }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs?: number;
      readonly result?: Result;
    }
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly atMs: number;
      readonly result?: Result;
    }
  | { readonly kind: 'never'; readonly reason: string; readonly result?: Result };

/** The declaration of a job. Its runner, inline or from a queue, validates the payload first. */
export interface Job<Payload, Result = unknown> {
  readonly name: string;
  /** Strict: unknown fields are rejected. */
  readonly payload: z.ZodType<Payload>;
  run(context: JobContext, payload: Payload): Promise<JobResult<Result>>;
  /** Summary of a result for people; the queue stores it with the job. */
  figures?(result: Result): JobFigures;
  /** What other jobs read of a result; the queue stores it with the job. */
  readonly output?: JobOutput<Result, unknown>;
  /** Total time for which the job may return `later` before it fails; a day by default. */
  readonly giveUpAfterMs?: number;
}

/** A job of which other jobs read the output. */
export interface JobWithOutput<Payload, Result, Output> extends Job<Payload, Result> {
  readonly output: JobOutput<Result, Output>;
}

export interface JobOutput<Result, Output> {
  /** Absent if this result has nothing for other jobs. */
  from(result: Result): Output | undefined;
  /** Checks an output that is read back, because another version may have stored it. */
  readonly schema: z.ZodType<Output>;
}

export interface JobContext {
  readonly config: Config;
  readonly ledger: Ledger;
  /** By id, as config names them. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly clock: Clock;
  /** Runs other jobs, or only adds them. */
  readonly engine: JobEngine;
  /** Reports one line of progress; a worker writes it to the job's log. */
  progress(message: string): void;
  /** Reads a file of facts batch by batch; a wrong header fails before the first batch. */
  readImport(request: ImportFileRequest): AsyncIterable<ImportBatch>;
  readonly audits: AuditTools;
  readonly reports: ReportTools;
  readonly channels: ChannelTools;
}

/** Makes audits, and names them so that the same inputs give the same audit. */
export interface AuditTools {
  /**
   * Makes an audit, here or in its own thread; the same facts give the same bytes. Progress goes to
   * `report`.
   */
  make(request: AuditRequest, report: (message: string) => void): Promise<MadeAudit>;
  /** Version of this program, stored with every audit. */
  readonly codeVersion: string;
  /** SHA-256 of a value, independent of key order; typed arrays count by their bytes. */
  digest(value: unknown): string;
  /** A digest of many texts, one after the other, in constant memory. */
  runningDigest(): RunningDigest;
  /** Random fractions from 0 to below 1; the same seed gives the same sequence on every machine. */
  chance(seed: string): { next(): number };
}

/** Makes a report and writes its files. */
export interface ReportTools {
  /** Renders a report, here or in its own thread; the same input gives the same bytes. */
  render(input: ReportInput): Promise<Report>;
  /**
   * Composes a report as one mail message to its recipients; the same report gives the same bytes.
   */
  composeMail(mail: ComposedMail): Promise<Uint8Array>;
  /**
   * Prints a page as a PDF with that date.
   * @throws {Failure} `not-found` without a browser, `unavailable` or `timeout` if the browser
   * fails.
   */
  printPage(html: string, dateMs: number): Promise<Uint8Array>;
  /** Absolute path of the folder that holds one folder per report, unless another one is given. */
  readonly folder: string;
  /** Writes a file at an absolute path; folders are made as needed. */
  writeFile(path: string, bytes: Uint8Array | string): Promise<void>;
}

/** Sends messages. */
export interface ChannelTools {
  /**
   * Opens a channel.
   * @throws {Failure} `config` if no channel has this ID.
   */
  readonly open: (id: string) => Promise<Channel>;
  /** Returns a message ID; the same key and sender always give the same ID. */
  readonly messageId: (key: string, from: string) => string;
  /** Name of this process among the workers of one ledger. */
  readonly worker: string;
  /** Posts JSON to a webhook once; returns what went wrong, or nothing. */
  readonly postJson: (webhook: Secret, value: unknown) => Promise<NoticeProblem | undefined>;
}

/** Request for an audit: plain data, so that it can be sent to a thread. */
export interface AuditRequest {
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
  /** How late the bills of each source may be. */
  readonly sources: readonly BillSource[];
}

/** An audit before it is stored. */
export type MadeAudit = Omit<AuditRecord, 'computedAtMs'>;

export interface ImportFileRequest extends Omit<ImportRequest, 'stream' | 'file'> {
  readonly path: string;
}

export interface ComposedMail {
  readonly letter: ReportMessage;
  readonly files: readonly ReportFile[];
  /** Key of a stable message ID: the audit's run ID. */
  readonly key: string;
  readonly dateMs: number;
}

/** A job that is part of another one. */
export interface Task {
  /** Unique among the tasks of the same step. */
  readonly key: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Summary of a result for people: names and amounts, ready for JSON. */
export type JobFigures = Readonly<Record<string, string | number | boolean | null>>;

/** How a task ended; a final failure is an outcome, not an exception. */
export type TaskOutcome<Output = unknown> =
  | {
      readonly kind: 'done';
      readonly task: Task;
      readonly shortfalls: readonly string[];
      readonly figures: JobFigures;
      /** As it was stored; {@link runForOutput} checks it. */
      readonly output: Output;
    }
  | { readonly kind: 'failed'; readonly task: Task; readonly reason: string };

export interface JobEngine {
  /**
   * Runs the tasks of a step and returns when all have ended. On a queue the job frees its slot
   * while it waits, then starts again from its beginning. Finished steps return their outcomes at
   * once, so a job must run the same steps in the same order.
   */
  runAll(step: string, tasks: readonly Task[]): Promise<readonly TaskOutcome[]>;
  /** Whether this job has started the step before. */
  hasStarted(step: string): Promise<boolean>;
  /** Adds jobs without waiting for them; without a queue they run now. */
  enqueue(jobs: readonly NewJob[]): Promise<void>;
}

/** Runs a step with a single task. */
export async function runTask(
  engine: JobEngine,
  step: string,
  task: Omit<Task, 'key'>,
): Promise<TaskOutcome> {
  const [outcome] = await engine.runAll(step, [{ ...task, key: task.name }]);
  if (outcome === undefined) throw new Error(`the step ${step} has no outcome`);
  return outcome;
}

/** A job whose output a later step reads. */
interface TaskWithOutput<Output> {
  readonly job: Pick<JobWithOutput<never, never, Output>, 'name' | 'output'>;
  readonly payload: Task['payload'];
}

export const UNREADABLE_RESULT =
  'another version of rentcheck stored its result, and this one cannot read it';

/** Runs a step with a single task and reads its output. An unreadable output is a failure. */
export async function runForOutput<Output>(
  engine: JobEngine,
  step: string,
  { job: { name, output }, payload }: TaskWithOutput<Output>,
): Promise<TaskOutcome<Output>> {
  const outcome = await runTask(engine, step, { name, payload });
  if (outcome.kind === 'failed') return outcome;
  const read = output.schema.safeParse(outcome.output);
  if (read.success) return { ...outcome, output: read.data };
  return { kind: 'failed', task: outcome.task, reason: UNREADABLE_RESULT };
}

/** A job that is requested by hand, without an ID of its own. */
export interface JobRequest {
  readonly name: string;
  readonly payload: unknown;
}

export interface JobQueue {
  /**
   * Adds a job unless the queue already has one with its ID.
   * @throws {Failure} `usage` for an unknown job or an invalid payload; then nothing is added.
   */
  add(order: NewJob): Promise<void>;
  /**
   * Adds a job to run now, under a new ID.
   * @throws {Failure} like `add`.
   */
  enqueue(request: JobRequest): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** Lists jobs, newest first within each state, at most `most` per state. */
  list(states: readonly JobState[], most: number): Promise<QueuedJob[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  close(): Promise<void>;
}
