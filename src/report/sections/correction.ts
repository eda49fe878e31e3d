/** Renders the notices of a corrected or late edition, and the table of changes. */

import type { Audit } from '../../verdict/audit.ts';
import { findOnlyCause, type MaterialChange } from '../../verdict/materialChanges.ts';
import type { FigureChange } from '../figures/catalog.ts';
import type { FigureSource } from '../figures/page.ts';
import type { AuditFindings } from '../findings.ts';
import { shownName, capital } from '../displayText.ts';
import { dollars, momentText, UNKNOWN, pricePerMtok, wholeText, knownAmount } from '../format.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { AuditReading } from './auditReading.ts';
import type { Reader } from '../locale.ts';

/** The edition that is corrected, with its audit as stored. */
export interface CorrectedEdition {
  readonly number: number;
  readonly audit: Audit;
}

/** The edition that is corrected, and what differs now. */
export interface Correction {
  readonly number: number;
  readonly findings: AuditFindings;
  /** Material changes since then. */
  readonly moves: readonly MaterialChange[];
  /** Every figure that differs. */
  readonly changes: readonly FigureChange[];
}

/**
 * Why the edition is late. `silent`: the schedule was due, but no source was fetched. `failing`:
 * requests to one source failed.
 */
export type LateCause =
  | { readonly kind: 'silent'; readonly fromMs: number; readonly toMs: number }
  | {
      readonly kind: 'failing';
      readonly source: string;
      readonly times: number;
      readonly fromMs: number;
      readonly toMs: number;
    };

export interface LateReport {
  readonly dueMs: number;
  readonly madeMs: number;
  /** Absent if the ledger does not show a cause. */
  readonly cause?: LateCause;
}

/** What a message states besides its audit. */
export interface EditionContext {
  readonly edition?: number | undefined;
  readonly corrects?: Correction | undefined;
  readonly late?: LateReport | undefined;
  /** Further notes, printed at the end. */
  readonly notes?: readonly string[] | undefined;
}

/** What an edition says of the whole stack, or of one deployment. */
type Statement = Pick<FigureSource, 'audit' | 'headline'>;

interface EditionFacts extends Pick<EditionContext, 'edition' | 'late'> {
  readonly corrects?: (Statement & { readonly number: number }) | undefined;
}

/** Notices of a correction and of a delay. Empty for a first edition that is on time. */
export function editionNotices(
  now: Statement,
  { edition, corrects, late }: EditionFacts,
  reader: Reader,
): string[] {
  return [
    ...(corrects === undefined
      ? []
      : [correctionText(now, corrects, correctionTitle(corrects.number, edition), reader)]),
    ...(late === undefined ? [] : [lateText(late, reader)]),
  ];
}

/** `Edition 2 corrects edition 1`. */
export function correctionTitle(number: number, edition = number + 1): string {
  return `Edition ${edition} corrects edition ${number}`;
}

function correctionText(
  now: Statement,
  before: Statement & { readonly number: number },
  title: string,
  reader: Reader,
): string {
  const cause = findOnlyCause(before.audit.stored, now.audit.stored);
  const why = cause === undefined ? '' : ` ${CAUSES[cause]}`;
  const [is, was] = [now, before].map(({ audit }) => asOfText(audit, reader));
  const since = `with data as of ${is} instead of ${was}`;
  const { finding } = before.headline;
  return finding === now.headline.finding
    ? `${title}, ${since}.${why} The verdict is the same.`
    : `${title}, ${since}.${why} Edition ${before.number} said: ${finding}.`;
}

const CAUSES = {
  settings: 'Only settings in rentcheck.yaml changed.',
  code: 'Only the version of rentcheck changed.',
} as const;

function asOfText({ asOf }: AuditReading, reader: Reader): string {
  return momentText(Date.parse(asOf), reader);
}

function lateText({ dueMs, madeMs, cause }: LateReport, reader: Reader): string {
  const why = cause === undefined ? '' : ` ${causeText(cause, reader)}`;
  return (
    `This report is late: due on ${momentText(dueMs, reader)}, ` +
    `made on ${momentText(madeMs, reader)}.${why}`
  );
}

function causeText(cause: LateCause, reader: Reader): string {
  const span = `from ${momentText(cause.fromMs, reader)} to ${momentText(cause.toMs, reader)}`;
  if (cause.kind === 'silent') return `No data was fetched from any source ${span}.`;
  const { source, times } = cause;
  const often = times === 1 ? 'One request' : `${wholeText(times, reader)} requests`;
  return `${often} to ${shownName(source)} failed ${span}.`;
}

interface EditionChanges {
  readonly moves: readonly MaterialChange[];
  /** Whether no figure differs at all. Asked only if nothing changed materially. */
  readonly isSame: () => boolean;
  /** Whether changes.csv for that edition is attached. It has every figure that differs. */
  readonly isListed: boolean;
}

const MOST_LINES = 12;

/** Table of material changes, decisions first. `changes.csv` has every figure that differs. */
export function correctionTable(
  { moves, isSame, isListed }: EditionChanges,
  reader: Reader,
): ReportTable[] {
  const rows = moves.toSorted((a, b) => weight(a) - weight(b)).map((each) => moveRow(each, reader));
  const shown = rows.slice(0, MOST_LINES);
  if (shown.length === 0) {
    const foot = isSame()
      ? 'No figure changed.'
      : `No decision changed, and no figure changed materially.${isListed ? ` ${LISTED}` : ''}`;
    return [{ title: '', head: [], rows: [], foot }];
  }
  const left = rows.length - shown.length;
  const more = left > 0 ? `And ${wholeText(left, reader)} more rows, all in changes.csv.` : LISTED;
  return [
    {
      title: 'What changed',
      head: ['Figure', 'Before', 'Now'],
      isWords: true,
      rows: shown,
      foot: isListed ? more : '',
    },
  ];
}

const LISTED = 'Every changed figure is in changes.csv.';

/** Sort order: the stack first, then decisions before amounts. */
function weight({ what, deployment }: MaterialChange): number {
  return (deployment === undefined ? 0 : 2) + (what === 'decision' ? 0 : 1);
}

const NAMES: Readonly<Record<MaterialChange['what'], string>> = {
  decision: 'verdict',
  saving: 'saving',
  spend: 'spend',
  price: 'effective price',
};

function moveRow({ what, deployment, was, is }: MaterialChange, reader: Reader): ReportTableRow {
  const name =
    deployment === undefined ? capital(NAMES[what]) : `${shownName(deployment)}: ${NAMES[what]}`;
  return { cells: [name, moveValue(what, was, reader), moveValue(what, is, reader)], note: '' };
}

function moveValue(what: MaterialChange['what'], text: string | null, reader: Reader): string {
  if (what === 'decision') return text ?? '\u2013';
  const value = knownAmount(text);
  if (value === undefined) return UNKNOWN;
  return what === 'price' ? pricePerMtok(value, reader) : dollars(value, reader);
}
