/**
 * The context of a job: ledger, sources, clock and all other I/O as values, so that jobs do none of
 * their own.
 */

import type { Config } from '../config/config.ts';
import type { Channel } from '../delivery/channel.ts';
import type { BillSource } from '../domain/completeness.ts';
import type { NoticeProblem } from '../domain/delivery.ts';
import type { AuditRecord, Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunningDigest } from '../platform/digest.ts';
import type { Secret } from '../platform/secret.ts';
import type { ReportFile, ReportMessage } from '../domain/letter.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import type { ImportBatch, ImportRequest } from '../sources/import/readImport.ts';
import type { Source } from '../sources/source.ts';
import type { JobEngine } from './engine.ts';
import type { AuditedPeriod } from './window.ts';

export interface JobContext {
  readonly config: Config;
  readonly ledger: Ledger;
  /** By id, as config names them. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly clock: Clock;
  /** Version of this program, stored with every audit. */
  readonly codeVersion: string;
  /** SHA-256 of a value, independent of key order; typed arrays count by their bytes. */
  digest(value: unknown): string;
  /** A digest of many texts, one after the other, in constant memory. */
  runningDigest(): RunningDigest;
  /** Random fractions from 0 to below 1; the same seed gives the same sequence on every machine. */
  chance(seed: string): { next(): number };
  /** Runs other jobs, or only adds them. */
  readonly engine: JobEngine;
  /** Reports one line of progress; a worker writes it to the job's log. */
  progress(message: string): void;
  /** Reads a file of facts batch by batch; a wrong header fails before the first batch. */
  readImport(request: ImportFileRequest): AsyncIterable<ImportBatch>;
  /**
   * Makes an audit, here or in its own thread; the same facts give the same bytes. Progress goes to
   * `report`.
   */
  makeAudit(request: AuditRequest, report: (message: string) => void): Promise<MadeAudit>;
  /** Renders a report, here or at another worker; the same input gives the same bytes. */
  render(input: ReportInput): Promise<Report>;
  /**
   * Composes a report as one mail message to its recipients; the same report gives the same bytes.
   */
  composeMail(mail: ComposedMail): Promise<Uint8Array>;
  /**
   * Opens a channel.
   * @throws {Failure} `config` if no channel has this ID.
   */
  readonly channel: (id: string) => Promise<Channel>;
  /** Returns a message ID; the same key and sender always give the same ID. */
  readonly messageIdOf: (key: string, from: string) => string;
  /** Name of this process among the workers of one ledger. */
  readonly worker: string;
  /** Posts JSON to a webhook once; returns what went wrong, or nothing. */
  readonly postJson: (webhook: Secret, value: unknown) => Promise<NoticeProblem | undefined>;
  /**
   * Prints a page as a PDF with that date.
   * @throws {Failure} `not-found` without a browser, `unavailable` or `timeout` if the browser
   * fails.
   */
  readonly printPage: (html: string, dateMs: number) => Promise<Uint8Array>;
  /** Absolute path of the folder that holds one folder per report, unless another one is given. */
  readonly reportFolder: string;
  /** Writes a file at an absolute path; folders are made as needed. */
  writeFile(path: string, bytes: Uint8Array | string): Promise<void>;
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
