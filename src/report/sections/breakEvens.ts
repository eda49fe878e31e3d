/** Renders break-evens of inputs with their distance from today, nearest first. */

import { add, compare, type Exact, isZero, negate, ONE } from '../../domain/exact.ts';
import { inputWords } from '../copy/inputs.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditInputBreakEven } from '../../verdict/auditDecision.ts';
import type { Reading } from './storedAmounts.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import { shownName, capital } from '../displayText.ts';
import { percent, times, dayName } from '../format.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { Reader } from '../locale.ts';

const MOST_FLIPS = 5;
const MOST_DEPLOYMENTS = 5;

/**
 * The plan's break-evens, then the nearest one of each of the most expensive deployments. All of
 * them for a single deployment.
 */
export function breakEvenTable(audit: AuditReading, reader: Reader): ReportTable[] {
  const { stack, deployments } = audit;
  const [only] = deployments;
  const isSingle = only !== undefined && deployments.length === 1;
  const own = isSingle && stack.flips.length === 0 ? only.flips : stack.flips;
  const rows = [
    ...breakEvenRows(own, deployments, capital, reader).slice(0, MOST_FLIPS),
    ...(isSingle ? [] : nearestRows(audit, reader).slice(0, MOST_DEPLOYMENTS)),
  ];
  if (rows.length === 0) return [];
  const head = ['Input', 'Today', 'Break-even', 'Change to it'];
  return [{ title: 'Break-even of each input, others unchanged', head, rows, foot: '' }];
}

function nearestRows(audit: AuditReading, reader: Reader): ReportTableRow[] {
  return audit.mostExpensiveFirst.flatMap((deployment) =>
    breakEvenRows(
      deployment.flips,
      [deployment],
      (label) => `${shownName(deployment.id)}, ${label}`,
      reader,
    ).slice(0, 1),
  );
}

/** `toName` builds the first cell from an input's label. */
function breakEvenRows(
  all: readonly Reading<AuditInputBreakEven>[],
  deployments: readonly DeploymentReading[],
  toName: (label: string) => string,
  reader: Reader,
): ReportTableRow[] {
  const flips = deployments.length > 1 ? withoutUtilization(all) : all;
  return reachable(flips).map((flip) => ({
    cells: flipCells(flip, toName, reader),
    note: [overCapacityText(flip, { all, deployments }), contractText(flip, reader)]
      .map((text) => text.replace(/^, /, ''))
      .join(''),
  }));
}

function flipCells(
  flip: Reading<AuditInputBreakEven>,
  toName: (label: string) => string,
  reader: Reader,
): string[] {
  const { today, flipsAt, change } = flip;
  const { label, amount, unit } = inputWords(flip);
  const distance = change === undefined ? '\u2013' : distanceText(change, reader);
  return [toName(label), amount(today, reader), `${amount(flipsAt, reader)}${unit}`, distance];
}

/** The nearest break-evens of the plan, or else of the most expensive deployment with any. */
export function nearestBreakEvens(audit: AuditReading, most: number, reader: Reader): string[] {
  const { stack, deployments } = audit;
  const largest = audit.mostExpensiveFirst.find(({ flips }) => flips.length > 0);
  const found =
    stack.flips.length > 0 || largest === undefined
      ? stackTexts(stack.flips, deployments, reader)
      : texts(largest.flips, { all: largest.flips, deployments: [largest] }, reader);
  return found.slice(0, most).map(capital);
}

/**
 * Leaves out utilization, which follows the tokens. For several deployments the headline has
 * another figure, weighted by GPU spend.
 */
function withoutUtilization(
  flips: readonly Reading<AuditInputBreakEven>[],
): readonly Reading<AuditInputBreakEven>[] {
  const hasTokens = flips.some(({ code }) => code === 'tokens-per-day');
  return hasTokens ? flips.filter(({ code }) => code !== 'utilization') : flips;
}

function stackTexts(
  all: readonly Reading<AuditInputBreakEven>[],
  deployments: readonly DeploymentReading[],
  reader: Reader,
): string[] {
  return texts(
    deployments.length > 1 ? withoutUtilization(all) : all,
    { all, deployments },
    reader,
  );
}

interface BreakEvenScope {
  readonly all: readonly Reading<AuditInputBreakEven>[];
  readonly deployments: readonly DeploymentReading[];
}

function texts(
  flips: readonly Reading<AuditInputBreakEven>[],
  scope: BreakEvenScope,
  reader: Reader,
): string[] {
  return reachable(flips).map(
    (flip) => `${breakEvenText(flip, reader)}${overCapacityText(flip, scope)}`,
  );
}

/**
 * A note if the replicas could not serve the break-even tokens: then there is no break-even of
 * utilization. Empty without a known capacity.
 */
function overCapacityText(
  { code }: Reading<AuditInputBreakEven>,
  { all, deployments }: BreakEvenScope,
): string {
  if (code !== 'tokens-per-day' || all.some((each) => each.code === 'utilization')) return '';
  const isKnown = deployments.every(({ utilization }) => utilization !== undefined);
  if (!isKnown) return '';
  return ', more than these replicas can serve';
}

/** A note on a GPU price that can be reached only after a contract ends. */
function contractText({ contract }: Reading<AuditInputBreakEven>, reader: Reader): string {
  if (contract === null || !contract.isBeyond) return '';
  const end = contract.until === null ? '' : ` on ${dayName(contract.until, reader)}`;
  return `, after the contract ends${end}`;
}

/** Inputs with a possible break-even at 0. A price of $0 or no traffic is not one. */
const MAY_BE_ZERO: ReadonlySet<AuditInputBreakEven['code']> = new Set(['ops-hours', 'cache-share']);

function reachable(flips: readonly Reading<AuditInputBreakEven>[]): Reading<AuditInputBreakEven>[] {
  return flips.filter(({ code, flipsAt }) => MAY_BE_ZERO.has(code) || !isZero(flipsAt));
}

/**
 * `hosted price: break-even at $0.545 per Mtok, 4.0× today's $0.136`, `utilization: break-even at
 * 69%, 30% below today's 99%`.
 */
export function breakEvenText(flip: Reading<AuditInputBreakEven>, reader: Reader): string {
  const { today, flipsAt, change } = flip;
  const { label, amount, unit } = inputWords(flip);
  const now = amount(today, reader);
  const distance =
    change === undefined ? `today it is ${now}` : `${distanceText(change, reader)} today's ${now}`;
  const level = `${amount(flipsAt, reader)}${unit}`;
  return `${label}: break-even at ${level}, ${distance}${contractText(flip, reader)}`;
}

/** Text before today's value: `4.0×`, `30% below`. */
function distanceText(change: Exact, reader: Reader): string {
  if (compare(change, ONE) >= 0) return times(add(ONE, change), reader);
  return change.num < 0n
    ? `${percent(negate(change), reader)} below`
    : `${percent(change, reader)} above`;
}
