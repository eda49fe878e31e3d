/** Knows how far each input is from turning an answer, in words; the nearest first. */

import { add, compare, decimal, type Exact, isZero, negate, ONE } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Flip } from '../../verdict/auditDecision.ts';
import { percent, times } from '../format.ts';
import { shownName } from '../label.ts';
import { inputWords } from './inputs.ts';
import { capital } from './plan.ts';
import { dearestFirst, known } from './reading.ts';

const MOST_FLIPS = 5;

/** Of the plan, then of the dearest deployments the nearest each; of a lone one, all. */
export function flipLines(audit: Audit): string[] {
  const { stack, deployments } = audit;
  const [only] = deployments;
  if (only !== undefined && deployments.length === 1) {
    return told(stack.flips.length > 0 ? stack.flips : only.flips);
  }
  const nearest = dearestFirst(audit).flatMap(({ id, flips }) =>
    reachable(flips)
      .slice(0, 1)
      .map((flip) => `${shownName(id)}, ${flipText(flip)}.`),
  );
  return [...told(ofSeveral(stack.flips)), ...nearest.slice(0, MOST_FLIPS)];
}

/** The nearest flips of the plan, or where it has none, of the dearest deployment that has. */
export function nearestFlips(audit: Audit, most: number): string[] {
  const { stack, deployments } = audit;
  const ofStack = deployments.length > 1 ? ofSeveral(stack.flips) : stack.flips;
  const dearest = dearestFirst(audit).find(({ flips }) => flips.length > 0);
  return reachable(stack.flips.length > 0 ? ofStack : (dearest?.flips ?? []))
    .slice(0, most)
    .map((flip) => capital(flipText(flip)));
}

/**
 * Utilization moves with the tokens, so that it says nothing of its own; and of several deployments
 * the headline's is another figure, weighted by the rent.
 */
function ofSeveral(flips: readonly Flip[]): readonly Flip[] {
  const hasTokens = flips.some(({ input }) => input === 'tokens per day');
  return hasTokens ? flips.filter(({ input }) => input !== 'utilization') : flips;
}

function told(flips: readonly Flip[]): string[] {
  return reachable(flips)
    .slice(0, MOST_FLIPS)
    .map((flip) => `${capital(flipText(flip))}.`);
}

/** Hours and cache hits may be none; a price of nothing, or no traffic, is no case. */
const MAY_BE_NOTHING: ReadonlySet<string> = new Set(['ops hours', 'cache share']);

function reachable(flips: readonly Flip[]): Flip[] {
  return flips.filter(
    ({ input, flipsAt }) => MAY_BE_NOTHING.has(input) || !isZero(decimal(flipsAt)),
  );
}

/**
 * `hosted price: flips at $0.545 per Mtok, 4.0× today's $0.136`, `utilization: flips at 69%, 30%
 * below today's 99%`.
 */
function flipText({ input, today, flipsAt, change }: Flip): string {
  const { label, amount, unit } = inputWords(input);
  const now = amount(decimal(today));
  const far = known(change);
  const distance = far === undefined ? `today it is ${now}` : distanceText(far, now);
  return `${label}: flips at ${amount(decimal(flipsAt))}${unit}, ${distance}`;
}

function distanceText(change: Exact, today: string): string {
  if (compare(change, ONE) >= 0) return `${times(add(ONE, change))} today's ${today}`;
  return change.num < 0n
    ? `${percent(negate(change))} below today's ${today}`
    : `${percent(change)} above today's ${today}`;
}
