/** The break-even of each input and how far it is from today, the nearest first. */

import { add, compare, decimal, type Exact, isZero, negate, ONE } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Flip } from '../../verdict/auditDecision.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { percent, times } from '../format.ts';
import { shownName } from '../label.ts';
import { inputWords } from './inputs.ts';
import { dayName } from './period.ts';
import { capital } from '../copy/figures.ts';
import { dearestFirst, known } from './reading.ts';
import type { Table, TableRow } from './table.ts';

const MOST_FLIPS = 5;
const MOST_DEPLOYMENTS = 5;

/** Of the plan, then the nearest of each of the largest deployments; of a single one, all. */
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
  const head = ['Input', 'Today', 'Break-even', 'Distance'];
  return [{ title: 'Break-even of each input, others unchanged', head, rows, foot: '' }];
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

/** The nearest break-evens of the plan, else of the largest deployment that has any. */
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
 * Utilization moves with the tokens and adds nothing. For several deployments the headline has
 * another figure, weighted by GPU spend.
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
 * A break-even of tokens is one of utilization too, unless that is above 1. Without a capacity
 * there is none.
 */
function neverText({ code }: Flip, { all, of }: Whose): string {
  if (code !== 'tokens-per-day' || all.some((each) => each.code === 'utilization')) return '';
  const isKnown = of.every(({ utilization }) => utilization !== null);
  if (!isKnown) return '';
  return ', more than these replicas can serve';
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
 * `hosted price: break-even at $0.545 per Mtok, 4.0× today's $0.136`, `utilization: break-even at
 * 69%, 30% below today's 99%`.
 */
export function flipText(flip: Flip): string {
  const { today, flipsAt, change } = flip;
  const { label, amount, unit } = inputWords(flip);
  const now = amount(decimal(today));
  const far = known(change);
  const distance = far === undefined ? `today it is ${now}` : `${distanceText(far)} today's ${now}`;
  const level = `${amount(decimal(flipsAt))}${unit}`;
  return `${label}: break-even at ${level}, ${distance}${contractText(flip)}`;
}

/** What stands before that which it is far from: `4.0×`, `30% below`. */
function distanceText(change: Exact): string {
  if (compare(change, ONE) >= 0) return times(add(ONE, change));
  return change.num < 0n ? `${percent(negate(change))} below` : `${percent(change)} above`;
}
