/** Knows how far each input is from turning an answer, in words; the nearest first. */

import { add, compare, decimal, type Exact, isZero, negate, ONE } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Flip } from '../../verdict/auditDecision.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { percent, times } from '../format.ts';
import { shownName } from '../label.ts';
import { inputWords } from './inputs.ts';
import { dayName } from './period.ts';
import { capital } from './plan.ts';
import { dearestFirst, known } from './reading.ts';
import type { Table, TableRow } from './table.ts';

const MOST_FLIPS = 5;
const MOST_DEPLOYMENTS = 5;

/** Of the plan, then of the dearest deployments the nearest each; of a lone one, all. */
export function flipTable(audit: Audit): Table[] {
  const { stack, deployments } = audit;
  const [only] = deployments;
  const isAlone = only !== undefined && deployments.length === 1;
  const own = isAlone && stack.flips.length === 0 ? only.flips : stack.flips;
  const rows = [
    ...rowsOf(own, deployments, capital).slice(0, MOST_FLIPS),
    ...(isAlone ? [] : nearestRows(audit).slice(0, MOST_DEPLOYMENTS)),
  ];
  if (rows.length === 0) return [];
  const head = ['Input', 'Today', 'Flips at', 'Distance'];
  return [{ title: 'Where each input turns the answer, all else as it is', head, rows, foot: '' }];
}

function nearestRows(audit: Audit): TableRow[] {
  return dearestFirst(audit).flatMap((deployment) =>
    rowsOf(
      deployment.flips,
      [deployment],
      (label) => `${shownName(deployment.id)}, ${label}`,
    ).slice(0, 1),
  );
}

/** `named` makes the first cell of an input's label. */
function rowsOf(
  all: readonly Flip[],
  of: readonly AuditDeployment[],
  named: (label: string) => string,
): TableRow[] {
  const flips = of.length > 1 ? ofSeveral(all) : all;
  return reachable(flips).map((flip) => ({
    cells: flipCells(flip, named),
    note: [neverText(flip, { all, of }), contractText(flip)]
      .map((text) => text.replace(/^, /, ''))
      .join(''),
  }));
}

function flipCells(flip: Flip, named: (label: string) => string): string[] {
  const { today, flipsAt, change } = flip;
  const { label, amount, unit } = inputWords(flip);
  const far = known(change);
  const distance = far === undefined ? '\u2013' : distanceText(far);
  return [named(label), amount(decimal(today)), `${amount(decimal(flipsAt))}${unit}`, distance];
}

/** The nearest flips of the plan, or where it has none, of the dearest deployment that has. */
export function nearestFlips(audit: Audit, most: number): string[] {
  const { stack, deployments } = audit;
  const dearest = dearestFirst(audit).find(({ flips }) => flips.length > 0);
  const found =
    stack.flips.length > 0 || dearest === undefined
      ? stackTexts(stack.flips, deployments)
      : texts(dearest.flips, { all: dearest.flips, of: [dearest] });
  return found.slice(0, most).map(capital);
}

/**
 * Utilization moves with the tokens, so that it says nothing of its own; and of several deployments
 * the headline's is another figure, weighted by the rent.
 */
function ofSeveral(flips: readonly Flip[]): readonly Flip[] {
  const hasTokens = flips.some(({ code }) => code === 'tokens-per-day');
  return hasTokens ? flips.filter(({ code }) => code !== 'utilization') : flips;
}

function stackTexts(all: readonly Flip[], of: readonly AuditDeployment[]): string[] {
  return texts(of.length > 1 ? ofSeveral(all) : all, { all, of });
}

interface Whose {
  readonly all: readonly Flip[];
  readonly of: readonly AuditDeployment[];
}

function texts(flips: readonly Flip[], whose: Whose): string[] {
  return reachable(flips).map((flip) => `${flipText(flip)}${neverText(flip, whose)}`);
}

/**
 * With tokens flips utilization, unless that would be above 1; where a capacity is unknown there is
 * none to tell.
 */
function neverText({ code }: Flip, { all, of }: Whose): string {
  if (code !== 'tokens-per-day' || all.some((each) => each.code === 'utilization')) return '';
  const isKnown = of.every(({ utilization }) => utilization !== null);
  if (!isKnown) return '';
  return ', never with this many replicas';
}

/** A GPU price that only the time after a contract can reach. */
function contractText({ contract }: Flip): string {
  if (contract === null || !contract.isBeyond) return '';
  const end = contract.until === null ? '' : ` on ${dayName(contract.until)}`;
  return `, after the contract ends${end}`;
}

/** Hours and cache hits may be none; a price of nothing, or no traffic, is no case. */
const MAY_BE_NOTHING: ReadonlySet<Flip['code']> = new Set(['ops-hours', 'cache-share']);

function reachable(flips: readonly Flip[]): Flip[] {
  return flips.filter(({ code, flipsAt }) => MAY_BE_NOTHING.has(code) || !isZero(decimal(flipsAt)));
}

/**
 * `hosted price: flips at $0.545 per Mtok, 4.0× today's $0.136`, `utilization: flips at 69%, 30%
 * below today's 99%`.
 */
export function flipText(flip: Flip): string {
  const { today, flipsAt, change } = flip;
  const { label, amount, unit } = inputWords(flip);
  const now = amount(decimal(today));
  const far = known(change);
  const distance = far === undefined ? `today it is ${now}` : `${distanceText(far)} today's ${now}`;
  return `${label}: flips at ${amount(decimal(flipsAt))}${unit}, ${distance}${contractText(flip)}`;
}

/** What stands before that which it is far from: `4.0×`, `30% below`. */
function distanceText(change: Exact): string {
  if (compare(change, ONE) >= 0) return times(add(ONE, change));
  return change.num < 0n ? `${percent(negate(change))} below` : `${percent(change)} above`;
}
