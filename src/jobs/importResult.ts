/** The result of an import, for JSON output and for text. */

import { exact, toDecimal } from '../domain/exact.ts';
import { usd, usdText } from '../domain/money.ts';
import { HOUR_MS, instantText } from '../domain/period.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import type { Fetched, Reject } from '../domain/provenance.ts';
import { pullWarningSentence } from '../report/copy/pullWarnings.ts';
import type {
  FetchName,
  FieldChange,
  ImportOutcome,
  RepeatedRows,
  Restatement,
} from '../ledger/imports.ts';
import type { Config } from '../config/config.ts';

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

/** Rows of a deployment that the config does not have; such usage is in no figure. */
export interface Undeclared {
  readonly fact: 'usage' | 'ops';
  readonly deployment: string;
  readonly rows: number;
}

export interface ImportNotes {
  /** The first ten names. */
  readonly undeclared: readonly Undeclared[];
  /** Rows of further undeclared deployments. */
  readonly undeclaredRowsNotListed: number;
  /** Prices and rates that take effect later; absent if there are none. */
  readonly notYetInForce?: { readonly rows: number; readonly latestMs: number };
}

/** Limited, because a file may name a million deployments. */
const MAX_NAMES = 10;

export interface ImportNoteCollector {
  note(facts: Omit<Fetched, 'fetch'>): void;
  watched(): ImportNotes;
}

export function collectImportNotes(
  deployments: readonly Pick<Config['deployments'][number], 'id'>[],
  nowMs: number,
): ImportNoteCollector {
  const known = new Set(deployments.map(({ id }) => id));
  const names = new Map<string, Undeclared>();
  let unlistedRows = 0;
  let later = { rows: 0, latestMs: 0 };
  const noteName = (fact: Undeclared['fact'], deployment: string | undefined) => {
    if (deployment === undefined || known.has(deployment)) return;
    const before = names.get(deployment);
    if (before === undefined && names.size >= MAX_NAMES) unlistedRows += 1;
    else names.set(deployment, { fact, deployment, rows: (before?.rows ?? 0) + 1 });
  };
  return {
    note({ usage = [], ops = [], prices = [], rates = [] }) {
      for (const { fact } of usage) noteName('usage', fact.deployment);
      for (const { fact } of ops) noteName('ops', fact.deployment);
      for (const { fact } of [...prices, ...rates]) {
        const { validFromMs: atMs } = fact;
        if (atMs > nowMs) {
          later = { rows: later.rows + 1, latestMs: Math.max(later.latestMs, atMs) };
        }
      }
    },
    watched: () => ({
      undeclared: [...names.values()],
      undeclaredRowsNotListed: unlistedRows,
      ...(later.rows === 0 ? {} : { notYetInForce: later }),
    }),
  };
}
