/** An edition: a quarter's report as frozen bytes with a number and a digest. */

import type { ReportBrief, ReportFile, ReportLetter } from './letter.ts';

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
  /** From 1; each new audit of the quarter that is frozen counts one up. */
  readonly number: number;
  /** The audit that it tells. */
  readonly runId: string;
  /** The id of the edition that this one replaces. */
  readonly corrects?: string;
  readonly subject: string;
  readonly headline: string;
  /** Lower-case hex SHA-256 over words, files, id and audit. */
  readonly digest: string;
  readonly frozenAtMs: number;
  /** In the order in which the report names them. */
  readonly files: readonly EditionFile[];
}

/** The words that go out: letters for mail, the brief for a chat. */
export interface EditionContent {
  readonly letters: readonly ReportLetter[];
  readonly brief: ReportBrief;
}

/** A finished report on its way to be frozen. */
export interface ReportToFreeze extends EditionContent {
  readonly quarter: string;
  /** The number that the report itself prints; refused where another one came between. */
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
