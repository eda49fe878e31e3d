/** Knows what a later edition says of the one it corrects, and how a late report owns up to it. */

import type { Audit } from '../../verdict/audit.ts';
import { type Change, changesOf } from '../figures/changes.ts';
import { figureId } from '../figures/id.ts';
import { figureName } from '../figures/name.ts';
import { momentText, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import { answerOf } from './headline.ts';
import { complete } from './older.ts';
import { situationOf } from './reading.ts';
import type { Table } from './table.ts';

/** The edition that another one replaces. */
export interface Corrected {
  readonly number: number;
  readonly audit: Audit;
}

/**
 * What stood in the way: nothing was fetched from any source though the timetable asked for it, or
 * one source failed so often.
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

export interface Late {
  readonly dueMs: number;
  readonly madeMs: number;
  /** Where the ledger tells it. */
  readonly cause?: LateCause;
}

interface Told {
  readonly edition?: number | undefined;
  readonly corrects?: Corrected | undefined;
  readonly late?: Late | undefined;
}

/** What an audit said in its subject; an owner's letter has its own words for it. */
type FindingOf = (audit: Audit) => string;

const wholeFinding: FindingOf = (audit) => answerOf(audit, situationOf(audit)).finding;

export function noticesOf(
  audit: Audit,
  { edition, corrects, late }: Told,
  findingOf = wholeFinding,
): string[] {
  const correction = corrects && correctionText(audit, { ...corrects, edition }, findingOf);
  return [
    ...(correction === undefined ? [] : [correction]),
    ...(late === undefined ? [] : [lateText(late)]),
  ];
}

/** `Edition 2 corrects edition 1`. */
export function corrective(number: number, edition = number + 1): string {
  return `Edition ${edition} corrects edition ${number}`;
}

function correctionText(
  audit: Audit,
  { number, edition, audit: before }: Corrected & Pick<Told, 'edition'>,
  findingOf: FindingOf,
): string {
  const what = corrective(number, edition);
  const [now, then] = [asOfText(audit), asOfText(before)];
  const known = `with what was known on ${now} instead of ${then}`;
  const [was, is] = [findingOf(complete(before)), findingOf(audit)];
  return was === is
    ? `${what}, ${known}. The answer is the same.`
    : `${what}, ${known}. It said: ${was}.`;
}

function asOfText({ asOf }: Audit): string {
  return momentText(Date.parse(asOf));
}

function lateText({ dueMs, madeMs, cause }: Late): string {
  const why = cause === undefined ? '' : ` ${causeText(cause)}`;
  return `This report is late: due on ${momentText(dueMs)}, made on ${momentText(madeMs)}.${why}`;
}

function causeText(cause: LateCause): string {
  const span = `from ${momentText(cause.fromMs)} to ${momentText(cause.toMs)}`;
  if (cause.kind === 'silent') return `Nothing was fetched from any source ${span}.`;
  const { source, times } = cause;
  const often = times === 1 ? 'One request' : `${wholeNumber(times)} requests`;
  return `${often} to ${shownName(source)} failed ${span}.`;
}

const MOST_LINES = 12;

/**
 * Every figure of the page that differs, the stack's first; the rest is in `changes.csv`. `only` is
 * a deployment of which alone it is to tell.
 */
export function correctionTable(before: Audit, audit: Audit, only?: string): Table[] {
  const whose = only === undefined ? '' : `${figureId(only)}.`;
  // What differs by less than is printed is in the file.
  const changes = changesOf(before, audit).filter(
    ({ id, was, is }) => was !== is && id.startsWith(whose),
  );
  const shown = [...changes].sort((a, b) => weight(a) - weight(b)).slice(0, MOST_LINES);
  const left = changes.length - shown.length;
  if (shown.length === 0) {
    return [{ title: '', head: [], rows: [], foot: 'No figure differs.' }];
  }
  return [
    {
      title: 'What differs, line by line',
      head: ['Figure', 'It was', 'It is'],
      isWords: true,
      rows: shown.map(({ id, was, is }) => ({
        cells: [figureName(id, audit), was, is],
        note: '',
      })),
      foot:
        left > 0
          ? `And ${wholeNumber(left)} more lines, all of them in changes.csv.`
          : 'All: changes.csv.',
    },
  ];
}

const FIRST = [
  'stack.verdict',
  'stack.saving',
  'stack.probability',
  'stack.saving.low',
  'stack.saving.high',
  'stack.spend',
  'stack.effective-price',
  'stack.hosted-price',
  'stack.utilization',
  'stack.coverage',
];

const PAGE_FIELD =
  /^(?!stack\.)[^]*?\.(?:verdict|spend|tokens|effective-price|utilization|saving|probability)$/;

/** What stands at the top, then what stands in the row of a deployment, then the rest. */
function weight({ id }: Change): number {
  const place = FIRST.indexOf(id);
  if (place >= 0) return place;
  return PAGE_FIELD.test(id) && !id.includes('.options.') ? FIRST.length : FIRST.length + 1;
}
