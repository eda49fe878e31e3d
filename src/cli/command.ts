/** The interfaces of commands: the services that they use, and their exit codes. */

import type { Command } from 'commander';
import type { Finding } from '../domain/finding.ts';
import type { JobContext, JobQueue } from '../jobs/job.ts';
import type { DoctorRequest } from '../doctor/examine.ts';
import type { QueuedJob } from '../calendar/queuedJob.ts';
import type { RowBatch } from '../ledger/queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { Discovery, DiscoveryRequest } from '../sources/discover.ts';
import type { ScreenSize } from './screen.ts';

/** 0: done. 1: done, but incomplete. 2: invalid usage or config. 3: failed. */
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
  /** The base folder of relative paths; `.` is the working directory. */
  readonly folder: string;
  /** Whether standard error is a terminal. Progress is shown only on a terminal. */
  readonly terminal: boolean;
  /** Whether standard output is a terminal, which interprets control characters. */
  readonly terminalOut: boolean;
  /** The size of the terminal at standard output; unknown for a pipe. */
  readonly screen?: Partial<ScreenSize>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Waits until standard output has drained; false if the pipe was closed. */
  drainOutput(): Promise<boolean>;
  /** Opens the ledger and the sources of the config. */
  open(configPath: string, options: OpenOptions): Promise<OpenedSession>;
  /** Opens only the ledger, for SQL. */
  openSql(configPath: string): Promise<SqlSession>;
  /** Files named on the command line. */
  readonly files: Files;
  /** Checks everything in the config, without sending or changing anything. */
  runDoctor(examination: DoctorRequest, services: Services): Promise<readonly Finding[]>;
  /** Finds engines and models before a config exists. Writes nothing. */
  discover(request: DiscoveryRequest, services: Services): Promise<Discovery>;
  /** Opens the job queue, but not the ledger. */
  openQueue(configPath: string, services: Services): Promise<QueueSession>;
  runWorker(options: WorkerRequest, surroundings: WorkerServices): Promise<ExitCode>;
  runDemo(out: string, services: Services): Promise<ExitCode>;
}

export interface OpenOptions {
  /** Never creates a ledger and never writes to it. */
  readonly readonly: boolean;
  /** A missing ledger is an error and is not created. */
  readonly mustExist?: boolean;
  /** Writes go to a temporary copy of the ledger, or to a temporary empty one. */
  readonly temporaryLedger?: 'copy' | 'empty';
  progress(message: string): void;
}

/** The services that a worker needs. */
export type WorkerServices = Pick<Services, 'clock' | 'env' | 'stderr'> &
  Partial<Pick<Services, 'folder'>>;

export interface WorkerRequest {
  readonly config: string;
  /** Timeouts that tests shorten: how long the lease and the jobs of a dead worker last. */
  readonly timeouts?: {
    readonly leaseMs?: number;
    readonly lockMs?: number;
    readonly graceMs?: number;
  };
}

export interface OpenedSession {
  readonly context: JobContext;
  close(): Promise<void>;
}

/** Limits of one SQL statement. */
export interface SqlLimits {
  /** `Infinity` means no limit. */
  readonly timeoutMs: number;
  /** 0 means no limit. */
  readonly maxRows: number;
}

/** A ledger that can only be queried. */
export interface SqlSession {
  /** The result in one or more batches; without a statement, the list of views. */
  query(sql: string | undefined, limits: SqlLimits): AsyncIterable<RowBatch>;
}

export interface QueueSession extends Pick<JobQueue, 'enqueue' | 'list' | 'counts' | 'close'> {
  /** Must be opened before the job is added, or its first messages are lost. */
  openFollower(): Promise<JobFollower>;
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

/** A command of the program. Each command has its own file in `commands/`. */
export interface CliCommand {
  register(command: Command, services: Services): void;
}
