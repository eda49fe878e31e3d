/** What a command receives, and the exit codes with which it may end. */

import type { Command } from 'commander';
import type { ModelListing } from '../domain/equivalents.ts';
import type { Finding } from '../domain/finding.ts';
import type { JobContext } from '../jobs/context.ts';
import type { SeenEngine } from '../domain/seenEngine.ts';
import type { QueuedJob } from '../domain/queuedJob.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import type { RowBatch } from '../ledger/reads/query.ts';
import type { Clock } from '../platform/clock.ts';
import type { Screen } from './screen.ts';

/** 0 done; 1 done, but incomplete; 2 wrong usage or config; 3 failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Options that every command takes. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Everything outside the program that a command uses; `main` provides the real ones. */
export interface Services {
  readonly clock: Clock;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which relative paths begin; `.` is the working directory. */
  readonly folder: string;
  /** True if standard error is a terminal: progress is shown only there. */
  readonly terminal: boolean;
  /** True if standard output is a terminal, which would obey control characters in names. */
  readonly terminalOut: boolean;
  /** The size of the terminal at standard output; unknown for a pipe. */
  readonly screen?: Partial<Screen>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Waits until the output was read; false if its reader is gone. */
  isTaken(): Promise<boolean>;
  /** Opens what the config names. `readonly` never creates a ledger and never writes to one. */
  open(configPath: string, options: OpenOptions): Promise<Opened>;
  /** The ledger for SQL only: nothing else that a job needs is loaded. */
  openSql(configPath: string): Promise<SqlSession>;
  /** Files named on the command line. */
  readonly files: Files;
  /** Checks everything in the config; sends and changes nothing. */
  examine(examination: Examination, services: Services): Promise<readonly Finding[]>;
  /** Finds engines and models before there is a config; writes nothing. */
  look(wish: LookWish, services: Services): Promise<Looked>;
  /** The queue of the config's worker; no ledger is opened. */
  openQueue(configPath: string, services: Services): Promise<QueueSession>;
  runWorker(wish: WorkerWish, surroundings: WorkerSurroundings): Promise<ExitCode>;
  runDemo(out: string, services: Services): Promise<ExitCode>;
}

export interface LookWish {
  /** Address of a Prometheus-compatible server, or of a replica's metrics. */
  readonly metrics: string;
  /** Address of a router like OpenRouter; optional. */
  readonly router?: string;
}

/** What was found, and the source through which the config would read it. */
export interface Looked {
  readonly source: Readonly<Record<string, string | readonly string[]>>;
  readonly engines: readonly SeenEngine[];
  readonly listings: readonly ModelListing[];
}

export interface Examination {
  readonly config: string;
  progress(message: string): void;
}

export interface OpenOptions {
  readonly readonly: boolean;
  /** A missing ledger is a failure; it is not created. */
  readonly mustExist?: boolean;
  /** Writes go to a temporary copy of the ledger, or to a temporary empty one. */
  readonly aside?: 'copy' | 'empty';
  progress(message: string): void;
}

/** What a worker needs from outside. */
export type WorkerSurroundings = Pick<Services, 'clock' | 'env' | 'stderr'> &
  Partial<Pick<Services, 'folder'>>;

/** What a worker does: everything, only write the ledger, or only fetch and render. */
export const WORKER_ROLES = ['auto', 'writer', 'hands'] as const;

export interface WorkerWish {
  readonly config: string;
  readonly role: (typeof WORKER_ROLES)[number];
  /** Shorter in tests: how long a role and a job outlive their worker. */
  readonly pace?: {
    readonly leaseMs?: number;
    readonly lockMs?: number;
    readonly graceMs?: number;
    /** In seconds: how long a part of a job may wait, and a worker that took it may be silent. */
    readonly patience?: { readonly untaken: number; readonly silent: number };
  };
}

export interface Opened {
  readonly context: JobContext;
  close(): Promise<void>;
}

/** Limits of one SQL statement. */
export interface SqlLimits {
  /** Infinite if there is no limit. */
  readonly timeoutMs: number;
  /** 0 if there is no limit. */
  readonly maxRows: number;
}

/** A ledger that can only be queried. */
export interface SqlSession {
  /** The result in batches, at least one; without a statement, the list of views. */
  ask(sql: string | undefined, limits: SqlLimits): AsyncIterable<RowBatch>;
}

export interface QueueSession extends Pick<JobQueue, 'enqueue' | 'list' | 'counts' | 'close'> {
  /** Opened before the job is added, so that none of its messages is lost. */
  follower(): Promise<JobFollower>;
}

export interface JobFollower {
  follow(id: string, say: (line: string) => void): Promise<QueuedJob>;
  close(): Promise<void>;
}

export interface Files {
  /** All of standard input. */
  standardInput(): Promise<string>;
  exists(path: string): Promise<boolean>;
  write(path: string, text: string): Promise<void>;
}

/** One command of the program, one file in `commands/`. */
export interface CliCommand {
  register(program: Command, services: Services): void;
}
