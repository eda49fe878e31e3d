/** Three figures: price against hosted, utilization, and the saving. */

import { compare, decimal, divide, type Exact, isZero, ONE, subtract } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, times, UNKNOWN, usdPerMtok } from '../format.ts';
import { intervalText } from './odds.ts';
import { perPeriod } from './period.ts';
import { known, type Situation, type UseOfRent, useOfRent } from './reading.ts';

export interface Figure {
  readonly label: string;
  readonly value: string;
  /** What the value is made of, in a few words. */
  readonly note: string;
}

export type Figures = readonly [price: Figure, use: Figure, saving: Figure];

export function figuresOf(audit: Audit, situation: Situation): Figures {
  return [priceFigure(audit), useFigure(audit), savingFigure(audit, situation)];
}

function priceFigure({ totals }: Audit): Figure {
  const owned = known(totals.effectiveUsdPerMtok);
  const hosted = known(totals.hostedUsdPerMtok);
  const value = `${priceText(owned)} vs ${priceText(hosted)}`;
  const note = `self-hosted vs hosted${owned && hosted ? `: ${comparison(owned, hosted)}` : ''}`;
  const both = owned === undefined && hosted === undefined ? UNKNOWN : value;
  return { label: 'Price of a million tokens', value: both, note };
}

export function priceText(price: Exact | undefined): string {
  return price === undefined ? UNKNOWN : usdPerMtok(price);
}

/** How owned compares to hosted; `by` is a factor or a share. Free hosted tokens have no factor. */
export interface Compared {
  readonly kind: 'more' | 'less' | 'same' | 'free';
  readonly by: string;
}

/**
 * Within 5% is the same. Worked numbers: 0.385 to 0.136 is more by `2.8×`, 0.021 to 0.055 less by
 * `62%`.
 */
export function compared(owned: Exact, hosted: Exact): Compared {
  if (isZero(hosted)) return { kind: 'free', by: '' };
  const ratio = divide(owned, hosted);
  if (compare(ratio, decimal('0.95')) < 0)
    return { kind: 'less', by: percent(subtract(ONE, ratio)) };
  return compare(ratio, decimal('1.05')) > 0
    ? { kind: 'more', by: times(ratio) }
    : { kind: 'same', by: '' };
}

const COMPARISONS: Readonly<Record<Compared['kind'], (by: string) => string>> = {
  more: (by) => `${by} as much`,
  less: (by) => `${by} less`,
  same: () => 'about the same',
  free: () => 'more, as hosted is free',
};

/** `2.8× as much`, `62% less`, `about the same`. */
export function comparison(owned: Exact, hosted: Exact): string {
  const { kind, by } = compared(owned, hosted);
  return COMPARISONS[kind](by);
}

function useFigure({ deployments }: Audit): Figure {
  const use = useOfRent(deployments);
  const label = 'Utilization';
  if (use === undefined)
    return { label, value: UNKNOWN, note: 'no capacity or no GPU spend is known' };
  return { label, value: percent(utilization(deployments, use)), note: useNote(use) };
}

/**
 * One deployment's own figure; of several, the share of the rent that full machines would have
 * cost.
 */
export function utilization(deployments: Audit['deployments'], use: UseOfRent): Exact {
  const [only] = deployments;
  const own = deployments.length === 1 ? known(only?.utilization) : undefined;
  return own ?? use.share;
}

function useNote({ rent, idle }: UseOfRent): string {
  const spent = `of ${dollars(rent)} GPU spend`;
  return idle === undefined ? spent : `${spent}; ${dollars(idle)} idle`;
}

function savingFigure(audit: Audit, situation: Situation): Figure {
  const saving = known(audit.stack.savingUsd.base);
  const without = known(audit.stack.withoutLabor.savingUsd);
  const isAdvice = situation === 'change' || situation === 'keep';
  const label = `${isAdvice ? 'Saving' : 'Possible saving'} ${perPeriod(audit)}`;
  const value = saving === undefined ? UNKNOWN : dollars(saving);
  if (saving === undefined && without === undefined) {
    return { label, value, note: 'evidence is missing' };
  }
  const rest = without === undefined ? '' : `; ${dollars(without)} without`;
  const basis = audit.stack.laborBasis === 'measured' ? 'measured' : 'assumed';
  const interval = intervalText(audit.stack.savingUsd);
  const note = `with engineering time, ${basis}${rest}`;
  return { label, value, note: interval === '' ? note : `${interval}; ${note}` };
}
