/** Knows what a command is handed, and the exit codes that it may end with. */

import type { Command } from 'commander';
import type { ModelListing } from '../domain/equivalents.ts';
import type { Finding } from '../domain/finding.ts';
import type { JobContext } from '../jobs/context.ts';
import type { SeenEngine } from '../domain/seenEngine.ts';
import type { QueuedJob } from '../domain/queuedJob.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import type { RowBatch } from '../ledger/reads/query.ts';
import type { Clock } from '../platform/clock.ts';

/** 0 done; 1 done, but something fell short; 2 usage or config; 3 could not be done. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Options that every command takes. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The outside, as a command sees it; only `main` knows the real one. */
export interface Services {
  readonly clock: Clock;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the relative paths that a person types begin; `.` is the working directory. */
  readonly folder: string;
  /** True where a person watches standard error: progress is shown to nobody else. */
  readonly terminal: boolean;
  /** True where standard output is a terminal, which obeys what a name may hold. */
  readonly terminalOut: boolean;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Waits until what was printed is taken; false where nobody reads it any more. */
  isTaken(): Promise<boolean>;
  /** Opens what the config names. `readonly` never creates a ledger and never writes to one. */
  open(configPath: string, options: OpenOptions): Promise<Opened>;
  /** The ledger for reading SQL alone: none of what a job needs is loaded. */
  openSql(configPath: string): Promise<SqlSession>;
  /** Files a person names on the command line. */
  readonly files: Files;
  /** Looks at everything that the config names; sends and changes nothing. */
  examine(examination: Examination, services: Services): Promise<readonly Finding[]>;
  /** Looks for engines and models before there is a config; writes nothing. */
  look(wish: LookWish, services: Services): Promise<Looked>;
  /** The queue of the config's worker; no ledger is opened. */
  openQueue(configPath: string, services: Services): Promise<QueueSession>;
  runWorker(wish: WorkerWish, surroundings: WorkerSurroundings): Promise<ExitCode>;
  runDemo(out: string, services: Services): Promise<ExitCode>;
}

export interface LookWish {
  /** Of a Prometheus-compatible server, or of a replica's metrics. */
  readonly metrics: string;
  /** Of a router like OpenRouter; none is asked unless told. */
  readonly router?: string;
}

/** What was seen, and the source through which config would read it. */
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
  /** A ledger that is not there yet is a failure, not a reason to create one. */
  readonly mustExist?: boolean;
  /** Writes go to a copy of the ledger, or to an empty one, that is gone when it is closed. */
  readonly aside?: 'copy' | 'empty';
  progress(message: string): void;
}

/** All that a worker takes from outside. */
export type WorkerSurroundings = Pick<Services, 'clock' | 'env' | 'stderr'> &
  Partial<Pick<Services, 'folder'>>;

/** What a worker is for: everything, keeping the ledger alone, or fetching for those who do. */
export const WORKER_ROLES = ['auto', 'writer', 'hands'] as const;

export interface WorkerWish {
  readonly config: string;
  readonly role: (typeof WORKER_ROLES)[number];
  /** Shorter where a test must not wait: for how long a role and a job outlive their worker. */
  readonly pace?: {
    readonly leaseMs?: number;
    readonly lockMs?: number;
    readonly graceMs?: number;
    /** In seconds: how long a part of a job may lie untaken, and who took it be silent. */
    readonly patience?: { readonly untaken: number; readonly silent: number };
  };
}

export interface Opened {
  readonly context: JobContext;
  close(): Promise<void>;
}

/** What one statement of a person may take. */
export interface SqlLimits {
  /** Infinite where there is no limit. */
  readonly timeoutMs: number;
  /** 0 where there is no limit. */
  readonly maxRows: number;
}

/** A ledger that can be asked and nothing else. */
export interface SqlSession {
  /** The answer batch by batch, at least one; without a statement the views. */
  ask(sql: string | undefined, limits: SqlLimits): AsyncIterable<RowBatch>;
}

export interface QueueSession extends Pick<JobQueue, 'enqueue' | 'list' | 'counts' | 'close'> {
  /** To be opened before the job is added, so that none of its words is lost. */
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
