/**
 * Determines whether a change is likely enough and saves enough to be advised, also at the ends of
 * each assumption, or why it is not.
 */

import { compare, type Exact, isZero, larger, multiply, negate } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import { roundedDouble } from '../document/printed.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { usdText } from '../../domain/money.ts';
import type { SimulatedSaving } from '../simulation/types.ts';
import type { Policy } from '../policy.ts';
import type { Doubt, Objection } from '../reason.ts';
import { type Assumptions, BASE_ASSUMPTIONS, readRangeEnd } from '../../economics/options.ts';

export interface ProposedChange {
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  readonly odds: SimulatedSaving | undefined;
}

/** Objections to a change, from its own figures. Empty if the change can be advised. */
export function findObjections(
  { savingUsd, keepUsd, odds }: ProposedChange,
  policy: Policy,
): Objection[] {
  const tooSmall = smallSavingObjection(savingUsd, keepUsd, policy);
  return [...(tooSmall === undefined ? [] : [tooSmall]), ...likelihoodObjections(odds, policy)];
}

function likelihoodObjections(
  odds: SimulatedSaving | undefined,
  { minProbability }: Policy,
): Objection[] {
  const neededProbability = sixPlaces(minProbability);
  if (odds === undefined) return [{ code: 'not-certain', neededProbability }];
  const probability = roundedDouble(odds.probability);
  const isUnlikely = compare(probability, minProbability) < 0;
  const objection: Objection = {
    code: 'not-certain',
    probability: sixPlaces(probability, 'floor'),
    neededProbability,
  };
  return [...(isUnlikely ? [objection] : []), ...persistenceObjections(odds)];
}

/** If one window is too short for a probability, no week may have cost more than keeping. */
function persistenceObjections({ cannotTell }: SimulatedSaving): Objection[] {
  if (cannotTell === undefined) return [];
  const moreUsd = negate(roundedDouble(cannotTell.worstWeekUsd));
  return moreUsd.num <= 0n ? [] : [{ code: 'weeks-persist', moreUsd: usdText(moreUsd) }];
}

/**
 * The verdict on a change that is not advised. More evidence would not help a saving that is too
 * small, so `too small to act on` takes precedence.
 */
export function openVerdict(objections: readonly Objection[]): Verdict {
  const isSmall = objections.some(({ code }) => code === 'too-small');
  return isSmall ? 'too small to act on' : 'not certain enough';
}

/**
 * The larger of the policy's minimum in dollars and its share of the cost of keeping. Of $10,000 at
 * $1,000 and 15%: $1,500.
 */
function neededSaving(keepUsd: Exact, policy: Policy): Exact {
  return larger(policy.minSavingUsd, multiply(policy.minSavingShare, keepUsd));
}

/** The objection to a saving that is too small. `undefined` if it is large enough. */
export function smallSavingObjection(
  savingUsd: Exact,
  keepUsd: Exact,
  policy: Policy,
): Objection | undefined {
  const neededUsd = neededSaving(keepUsd, policy);
  if (compare(savingUsd, neededUsd) >= 0) return undefined;
  return { code: 'too-small', savingUsd: usdText(savingUsd), neededUsd: usdText(neededUsd) };
}

interface End extends Pick<Doubt, 'assumption' | 'end'> {
  readonly world: Assumptions;
}

const WORST: Assumptions = {
  ...BASE_ASSUMPTIONS,
  selfHosted: readRangeEnd('low'),
  hosted: readRangeEnd('high'),
};
const TOGETHER = { assumption: 'labor-and-cache', end: 'worst' } as const;

/**
 * Each end alone, then all unfavorable ends together. Cache hits are tried at both ends, because
 * either may be unfavorable, depending on prices.
 */
const ENDS: readonly End[] = [
  ...endsOf('self-hosted-labor', (end) => ({ selfHosted: readRangeEnd(end) })),
  ...endsOf('hosting-labor', (end) => ({ hosted: readRangeEnd(end) })),
  ...endsOf('cache-hits', (end) => ({ cacheShare: readRangeEnd(end) })),
  { ...TOGETHER, world: { ...WORST, cacheShare: readRangeEnd('low') } },
  { ...TOGETHER, world: { ...WORST, cacheShare: readRangeEnd('high') } },
];

function endsOf(
  assumption: Doubt['assumption'],
  change: (end: 'low' | 'high') => Partial<Assumptions>,
): End[] {
  const ends = ['low', 'high'] as const;
  return ends.map((end) => ({ assumption, end, world: { ...BASE_ASSUMPTIONS, ...change(end) } }));
}

/** The first end at which nothing is saved. `undefined` if the saving is positive at all ends. */
export function firstDoubt(saving: (world: Assumptions) => Exact): Doubt | undefined {
  for (const { world, assumption, end } of ENDS) {
    const savingUsd = saving(world);
    if (savingUsd.num > 0n) continue;
    const doubt = { code: 'hangs-on' as const, assumption, end };
    return isZero(savingUsd) ? doubt : { ...doubt, moreUsd: usdText(negate(savingUsd)) };
  }
  return undefined;
}
