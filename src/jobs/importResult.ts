/** The result of an import, for JSON output and for text. */

import { exact, toDecimal } from '../domain/exact.ts';
import { usd, usdText } from '../domain/money.ts';
import { HOUR_MS, instantText } from '../domain/period.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import type { Reject } from '../domain/reject.ts';
import { pullWarningSentence } from '../report/copy/pullWarnings.ts';
import type { ImportNotes } from './importWatch.ts';
import type {
  FieldChange,
  FetchName,
  ImportOutcome,
  RepeatedRows,
  Restatement,
} from '../ledger/imports.ts';

/** How many rejects are listed; the ledger keeps more of them. */
export const SHOWN_REJECTS = 20;

export interface ImportResult {
  readonly file: string;
  /** The number of the import, by which it can be undone. */
  readonly fetch: number;
  readonly rows: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The first rejects, for a person to fix; the ledger keeps a thousand of them. */
  readonly rejects: readonly RejectedLine[];
  readonly rejectsNotListed: number;
  /** The first restated facts, with their old and new values. */
  readonly restatements: readonly RestatedLine[];
  readonly restatementsNotListed: number;
  /** Billed cost of all restated charges, before and now; absent if none was restated. */
  readonly restatedUsd?: { readonly was: string; readonly now: string };
  /** Charges and hours that an earlier import already contained; they count once. */
  readonly known: readonly KnownRows[];
  /** An earlier import of the same bytes, if this one changed nothing. */
  readonly sameAs?: EarlierFetch;
  readonly undeclared: ImportNotes['undeclared'];
  readonly undeclaredRowsNotListed: number;
  readonly notYetInForce?: { readonly rows: number; readonly latest: string };
  /** Sentences about what is neither a failure nor a reject. */
  readonly warnings: readonly string[];
  /** The same as facts, in the same order. */
  readonly warningDetails: readonly PullWarning[];
}

interface RejectedLine {
  readonly line: number;
  readonly reason: string;
}

/** A fetch, by its number and file; a pull has its kind instead of a file. */
export interface EarlierFetch {
  readonly fetch: number;
  readonly file: string;
}

export interface RestatedLine {
  readonly line: number;
  readonly fact: Restatement['fact'];
  readonly name: Readonly<Record<string, string>>;
  readonly changes: readonly FieldChange[];
  readonly earlier: EarlierFetch & { readonly line: number };
}

export interface KnownRows extends EarlierFetch {
  readonly rows: number;
  /** Their billed cost; absent for hours. */
  readonly usd?: string;
  /** Their hours; absent for charges. */
  readonly hours?: string;
}

/** What was collected while a file was read. */
export interface ImportedFileSummary {
  readonly file: string;
  readonly rows: number;
  readonly rejects: readonly Reject[];
  readonly warnings: readonly PullWarning[];
  readonly watched: ImportNotes;
}

export function toImportResult(
  gathered: ImportedFileSummary,
  outcome: ImportOutcome,
): ImportResult {
  const { added, restated, unchanged, rejected, restatedCharges, sameAs } = outcome;
  const rejects = gathered.rejects.map(({ position: line, reason }) => ({ line, reason }));
  const restatements = outcome.restatements.map(toRestatedLine);
  return {
    file: gathered.file,
    fetch: outcome.fetchRef,
    rows: gathered.rows,
    added,
    restated,
    unchanged,
    rejected,
    rejects,
    rejectsNotListed: rejected - rejects.length,
    restatements,
    restatementsNotListed: restated - restatements.length,
    ...(restatedCharges === undefined ? {} : { restatedUsd: toUsdChange(restatedCharges) }),
    known: outcome.known.map(knownRows),
    ...(sameAs === undefined ? {} : { sameAs: toEarlierFetch(sameAs) }),
    ...watchedPart(gathered.watched),
    warnings: gathered.warnings.map(pullWarningSentence),
    warningDetails: gathered.warnings,
  };
}

function watchedPart({ notYetInForce: later, ...rest }: ImportNotes) {
  if (later === undefined) return rest;
  return { ...rest, notYetInForce: { rows: later.rows, latest: instantText(later.latestMs) } };
}

export function toEarlierFetch({ fetchRef, url, kind }: FetchName): EarlierFetch {
  return { fetch: fetchRef, file: url.startsWith('file:') ? url.slice('file:'.length) : kind };
}

export function toRestatedLine(restatement: Restatement): RestatedLine {
  const { position, fact, name, changes, earlier } = restatement;
  const from = { ...toEarlierFetch(earlier), line: earlier.position };
  return { line: position, fact, name, changes, earlier: from };
}

export function toUsdChange(charges: { wasNanoUsd: bigint; nowNanoUsd: bigint }) {
  return { was: usdText(usd(charges.wasNanoUsd)), now: usdText(usd(charges.nowNanoUsd)) };
}

function knownRows({ earlier, rows, nanoUsd, workedMs }: RepeatedRows): KnownRows {
  const amount =
    workedMs > 0
      ? { hours: toDecimal(exact(BigInt(workedMs), BigInt(HOUR_MS)), 2) }
      : { usd: usdText(usd(nanoUsd)) };
  return { ...toEarlierFetch(earlier), rows, ...amount };
}
