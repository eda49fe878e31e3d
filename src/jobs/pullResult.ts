/** The result of a pull: counts, rejects and failures, and whether it is repeated. */

import { formatCount } from '../domain/figures.ts';
import { decidePartRetry } from '../calendar/retries.ts';
import type { FailureCode } from '../domain/failure.ts';
import type { Fetched } from '../domain/provenance.ts';
import { newWarnings, type PullWarning } from '../domain/pullWarning.ts';
import type { AppendOutcome } from '../ledger/imports.ts';
import { pullWarningSentence } from '../report/copy/pullWarnings.ts';
import type { JobResult } from './job.ts';

export interface PullResult {
  readonly source: string;
  readonly fetches: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The first rejected rows, for a person to look into; the ledger has all of them. */
  readonly rejects: readonly PullReject[];
  readonly failures: readonly PullFailure[];
  /** Sentences about what is neither a failure nor a reject. */
  readonly warnings: readonly string[];
  /** The same as facts, in the same order. */
  readonly warningDetails: readonly PullWarning[];
}

export interface PullReject {
  readonly kind: string;
  /** Row number in the response, from 1. */
  readonly row: number;
  readonly reason: string;
}

export interface PullFailure {
  readonly kind: string;
  readonly url: string;
  readonly code: FailureCode;
  readonly message: string;
}

const MAX_SHOWN_REJECTS = 20;

export interface PullTally extends PullResult {
  fetches: number;
  added: number;
  restated: number;
  unchanged: number;
  rejected: number;
  readonly rejects: PullReject[];
  readonly failures: PullFailure[];
  readonly warnings: string[];
  readonly warningDetails: PullWarning[];
}

export function newPullTally(source: string): PullTally {
  return {
    source,
    fetches: 0,
    added: 0,
    restated: 0,
    unchanged: 0,
    rejected: 0,
    rejects: [],
    failures: [],
    warnings: [],
    warningDetails: [],
  };
}

/** Adds warnings that the tally does not have yet. */
export function warn(tally: PullTally, warnings: readonly PullWarning[]): void {
  for (const warning of newWarnings(warnings, tally.warningDetails)) {
    tally.warningDetails.push(warning);
    tally.warnings.push(pullWarningSentence(warning));
  }
}

export function addToTally(
  tally: PullTally,
  fetched: Fetched,
  { rejected, warnings = [], failure: withheld, lacking, refused }: AppendOutcome,
): void {
  tally.fetches += 1;
  tally.rejected += rejected;
  warn(tally, [...(fetched.warnings ?? []), ...warnings]);
  const { kind, url, failure = withheld } = fetched.fetch;
  if (failure !== undefined) tally.failures.push({ kind, url, ...failure });
  // The window is pulled again until nothing in it is missing.
  if (lacking !== undefined) tally.failures.push({ kind, url, ...lacking });
  const room = MAX_SHOWN_REJECTS - tally.rejects.length;
  for (const { position, reason } of [...(fetched.rejects ?? []), ...refused].slice(
    0,
    Math.max(0, room),
  )) {
    tally.rejects.push({ kind, row: position + 1, reason });
  }
}

function rejectedText({ source, rejected, rejects: [first] }: PullResult): string {
  const count = `${source}: ${formatCount(rejected, 'row')} rejected`;
  if (first === undefined) return count;
  return `${count}. First: row ${first.row} of ${first.kind}: ${first.reason}`;
}

/**
 * Sums up pulls as the result of a job. A temporary failure repeats the job, soon or later. A
 * failure that needs a person is a shortfall, unless every fetch failed. Stored facts stay stored.
 */
export function toPullJobResult(
  results: readonly PullResult[],
  nowMs: number,
): JobResult<undefined> {
  const shortfalls = results.flatMap(shortfallsOf);
  const reason = shortfalls.join('; ');
  const recourses = results.flatMap(({ failures }) =>
    failures.map(({ code }) => decidePartRetry(code)),
  );
  if (recourses.some(({ kind }) => kind === 'retry')) {
    return { kind: 'retry', reason };
  }
  const pauses = recourses.flatMap((one) => (one.kind === 'later' ? [one.afterMs] : []));
  if (pauses.length > 0) {
    return { kind: 'later', reason, atMs: nowMs + Math.max(...pauses) };
  }
  const failed = results.reduce((sum, { failures }) => sum + failures.length, 0);
  const fetched = results.reduce((sum, { fetches }) => sum + fetches, 0);
  return failed > 0 && failed === fetched
    ? { kind: 'never', reason }
    : { kind: 'done', result: undefined, shortfalls };
}

function shortfallsOf(result: PullResult): string[] {
  const failed = result.failures.map(
    ({ kind, code, message }) => `${result.source} (${kind}): ${message} [${code}]`,
  );
  return result.rejected > 0 ? [...failed, rejectedText(result)] : failed;
}
