/** Computes each input's effect on a plan's saving, at its low and its high end. */

import { compare, type Exact, larger, smaller, subtract } from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS } from '../../economics/options.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { comparePlan } from './contest.ts';
import { type InputEffect, EFFECT_CODES } from './effect.ts';
import { providerEffects } from './hostEnds.ts';
import { type InputEnds, listInputEnds } from './inputEnds.ts';

/**
 * Effects of single inputs on the saving of fixed picks, all others at base. Inputs without an
 * effect are left out. The largest effect comes first. In the worked example, deleting: hosted
 * prices 30% lower save $7.011922, 30% higher $5.736428. So they come before cache hits ($6.305600
 * and $6.442750).
 */
export function computeTornado(
  economics: StackEconomics,
  picks: readonly PlanPick[],
): InputEffect[] {
  const contest = comparePlan(economics, picks);
  const baseUsd = contest.savingIn(BASE_ASSUMPTIONS);
  const effects = [
    ...listInputEnds(contest, economics).map((ends) => effectOf(ends, contest.savingIn)),
    ...providerEffects(contest, baseUsd),
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
): InputEffect {
  return { detail, savingAtLowUsd: savingIn(at.low), savingAtHighUsd: savingIn(at.high) };
}

/** The largest less the smallest saving, at both ends and at base. */
function spreadOf({ savingAtLowUsd, savingAtHighUsd }: InputEffect, baseUsd: Exact): Exact {
  const most = larger(larger(savingAtLowUsd, savingAtHighUsd), baseUsd);
  return subtract(most, smaller(smaller(savingAtLowUsd, savingAtHighUsd), baseUsd));
}

function byCode({ detail: a }: InputEffect, { detail: b }: InputEffect): number {
  return EFFECT_CODES.indexOf(a.code) - EFFECT_CODES.indexOf(b.code);
}
