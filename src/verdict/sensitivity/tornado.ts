/** Computes each input's effect on a plan's saving, at its low and its high end. */

import { compare, type Exact, larger, smaller, subtract } from '../../domain/exact.ts';
import { AT_BASE } from '../../economics/options.ts';
import type { Pick } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { planContest } from './contest.ts';
import { type Effect, EFFECT_CODES } from './effect.ts';
import { hostEnds } from './hostEnds.ts';
import { type InputEnds, inputEnds } from './inputEnds.ts';

/**
 * Effects of single inputs on the saving of fixed picks, all others at base. Inputs without an
 * effect are left out. The largest effect comes first. In the worked example, deleting: hosted
 * prices 30% lower save $7.011922, 30% higher $5.736428. So they come before cache hits ($6.305600
 * and $6.442750).
 */
export function tornado(economics: StackEconomics, picks: readonly Pick[]): Effect[] {
  const contest = planContest(economics, picks);
  const baseUsd = contest.savingIn(AT_BASE);
  const effects = [
    ...inputEnds(contest, economics).map((ends) => effectOf(ends, contest.savingIn)),
    ...hostEnds(contest, baseUsd),
  ];
  return effects
    .map((effect) => ({ effect, spread: spreadOf(effect, baseUsd) }))
    .filter(({ spread }) => spread.num > 0n)
    .sort((a, b) => compare(b.spread, a.spread) || byCode(a.effect, b.effect))
    .map(({ effect }) => effect);
}

function effectOf(
  { at, detail }: InputEnds,
  savingIn: (world: InputEnds['at']['low']) => Exact,
): Effect {
  return { detail, savingAtLowUsd: savingIn(at.low), savingAtHighUsd: savingIn(at.high) };
}

/** The largest less the smallest saving, at both ends and at base. */
function spreadOf({ savingAtLowUsd, savingAtHighUsd }: Effect, baseUsd: Exact): Exact {
  const most = larger(larger(savingAtLowUsd, savingAtHighUsd), baseUsd);
  return subtract(most, smaller(smaller(savingAtLowUsd, savingAtHighUsd), baseUsd));
}

function byCode({ detail: a }: Effect, { detail: b }: Effect): number {
  return EFFECT_CODES.indexOf(a.code) - EFFECT_CODES.indexOf(b.code);
}
