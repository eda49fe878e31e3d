/** An edition: a quarter's report as frozen bytes with a number and a digest. */

import type { ReportBrief, ReportFile, ReportMessage } from './letter.ts';

/** A frozen file, without its bytes. */
export interface EditionFile {
  readonly name: string;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the bytes. */
  readonly digest: string;
  readonly bytes: number;
}

export interface Edition {
  /** `2026-Q3.1`: the quarter, a dot, the number. */
  readonly id: string;
  readonly quarter: string;
  /** From 1; each newly frozen audit of the quarter gets the next number. */
  readonly number: number;
  /** The audit it reports. */
  readonly runId: string;
  /** Id of the edition that this one replaces. */
  readonly corrects?: string;
  readonly subject: string;
  readonly headline: string;
  /** Lower-case hex SHA-256 over text, files, id and audit. */
  readonly digest: string;
  readonly frozenAtMs: number;
  /** In the report's order. */
  readonly files: readonly EditionFile[];
}

/** The content that is sent: messages for mail, the brief for a chat. */
export interface EditionContent {
  readonly letters: readonly ReportMessage[];
  readonly brief: ReportBrief;
}

/** A finished report, not frozen yet. */
export interface ReportToFreeze extends EditionContent {
  readonly quarter: string;
  /** The number printed in the report; freezing fails if another edition took it. */
  readonly number: number;
  readonly runId: string;
  readonly subject: string;
  readonly headline: string;
  readonly files: readonly ReportFile[];
}

/** `2026-Q3` and 1 are `2026-Q3.1`. */
export function editionId(quarter: string, number: number): string {
  return `${quarter}.${number}`;
}
