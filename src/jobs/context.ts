/** What a job receives: all input and output as values, so that jobs do none themselves. */

import type { Config } from '../config/config.ts';
import type { Channel } from '../delivery/channel.ts';
import type { BillSource } from '../domain/completeness.ts';
import type { Unheard } from '../domain/delivery.ts';
import type { AuditRecord, Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunningDigest } from '../platform/digest.ts';
import type { Secret } from '../platform/secret.ts';
import type { ReportFile, ReportLetter } from '../domain/letter.ts';
import type { ReportInput } from '../report/input.ts';
import type { Report } from '../report/report.ts';
import type { ImportBatch, ImportRequest } from '../sources/import/readImport.ts';
import type { Source } from '../sources/source.ts';
import type { Engine } from './engine.ts';
import type { AuditedPeriod } from './window.ts';

export interface JobContext {
  readonly config: Config;
  readonly ledger: Ledger;
  /** By id, as config names them. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly clock: Clock;
  /** Version of this program, stored with every audit. */
  readonly codeVersion: string;
  /** SHA-256 of a value, whatever the order of its keys; typed arrays by their bytes. */
  digest(value: unknown): string;
  /** The same of many texts, one after the other, whose number costs no memory. */
  runningDigest(): RunningDigest;
  /** Fractions from 0 up to, but not, 1: the same again for the same seed, on every machine. */
  chance(seed: string): { next(): number };
  /** Other jobs, awaited or only added. */
  readonly engine: Engine;
  /** One line for a person who waits; a worker writes it to the job's log. */
  progress(message: string): void;
  /** A file of facts, batch by batch; a wrong header fails before the first one. */
  readImport(request: ImportFileRequest): AsyncIterable<ImportBatch>;
  /**
   * Makes an audit, here or in a thread of its own; the same facts give the same bytes. `say` is
   * told how far it has come.
   */
  makeAudit(wish: AuditWish, say: (message: string) => void): Promise<MadeAudit>;
  /** Renders a report, here or at another worker; the same input gives the same bytes. */
  render(input: ReportInput): Promise<Report>;
  /** A letter as one mail message to the report's readers, the same bytes for the same letter. */
  composeMail(mail: ComposedMail): Promise<Uint8Array>;
  /** Opens a channel; @throws {Failure} `config` where none has this id. */
  readonly channel: (id: string) => Promise<Channel>;
  /** The same key and sender give the same id, for good. */
  readonly messageIdOf: (key: string, from: string) => string;
  /** Names this process among those that work on one ledger. */
  readonly worker: string;
  /** Posts JSON to a webhook, once; answers what went wrong, in a sentence, or nothing. */
  readonly postJson: (webhook: Secret, value: unknown) => Promise<Unheard | undefined>;
  /**
   * A page as a PDF of that date; @throws {Failure} `not-found` without a browser, `unavailable`
   * or `timeout` where it makes none.
   */
  readonly printPage: (html: string, dateMs: number) => Promise<Uint8Array>;
  /**
   * Absolute path of the folder in which each period's report has a folder, unless one is asked
   * for.
   */
  readonly reportFolder: string;
  /** Writes a file at an absolute path; folders are made as needed. */
  writeFile(path: string, bytes: Uint8Array | string): Promise<void>;
}

/** What an audit is made of: plain data, so that a thread of its own can be told it. */
export interface AuditWish {
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
  readonly letter: ReportLetter;
  readonly files: readonly ReportFile[];
  /** What the message is about, for a stable id: the audit's run id. */
  readonly key: string;
  readonly dateMs: number;
}
