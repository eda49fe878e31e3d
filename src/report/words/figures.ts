/** Knows the three figures at the top: price against hosted, utilization, and the saving. */

import { divide, type Exact, isZero } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, times, UNKNOWN, usdPerMtok } from '../format.ts';
import { isWholeQuarter, perPeriod } from './period.ts';
import { known, useOfRent, type UseOfRent } from './reading.ts';

export interface Figure {
  readonly label: string;
  readonly value: string;
  /** What the value is made of, in a few words. */
  readonly note: string;
}

export type Figures = readonly [price: Figure, use: Figure, saving: Figure];

export function figuresOf(audit: Audit): Figures {
  return [priceFigure(audit), useFigure(audit), savingFigure(audit)];
}

function priceFigure({ totals }: Audit): Figure {
  const owned = known(totals.effectiveUsdPerMtok);
  const hosted = known(totals.hostedUsdPerMtok);
  const value = `${priceText(owned)} vs ${priceText(hosted)}`;
  const note = `owned vs hosted${owned && hosted ? `: ${comparison(owned, hosted)}` : ''}`;
  const both = owned === undefined && hosted === undefined ? UNKNOWN : value;
  return { label: 'Price of a million tokens', value: both, note };
}

export function priceText(price: Exact | undefined): string {
  return price === undefined ? UNKNOWN : usdPerMtok(price);
}

/** How owned compares: `2.8× as much`, `38% less`, `about the same` (within 5 %). Free hosted tokens have no factor. */
export function comparison(owned: Exact, hosted: Exact): string {
  if (isZero(hosted)) return 'more, as hosted is free';
  const ratio = divide(owned, hosted);
  const share = { num: ratio.den - ratio.num, den: ratio.den };
  if (share.num * 20n > share.den) return `${percent(share)} less`;
  return share.num * -20n > share.den ? `${times(ratio)} as much` : 'about the same';
}

function useFigure({ deployments }: Audit): Figure {
  const use = useOfRent(deployments);
  const label = 'Utilization';
  if (use === undefined) return { label, value: UNKNOWN, note: 'no capacity or no rent is known' };
  return { label, value: percent(utilization(deployments, use)), note: useNote(use) };
}

/** One deployment's own figure; of several, the share of the rent that full machines would have cost. */
export function utilization(deployments: Audit['deployments'], use: UseOfRent): Exact {
  const [only] = deployments;
  const own = deployments.length === 1 ? known(only?.utilization) : undefined;
  return own ?? use.share;
}

function useNote({ rent, idle }: UseOfRent): string {
  if (idle === undefined) return `of ${dollars(rent)} of rent did work`;
  return `of ${dollars(rent)} of rent did work; ${dollars(idle)} idle`;
}

function savingFigure(audit: Audit): Figure {
  const saving = known(audit.stack.savingUsd.base);
  const without = known(audit.stack.withoutLabor.savingUsd);
  const label = isWholeQuarter(audit) ? 'Saving a quarter' : `Saving ${perPeriod(audit)}`;
  const value = saving === undefined ? UNKNOWN : dollars(saving);
  const rest = without === undefined ? UNKNOWN : dollars(without);
  return { label, value, note: `people's time included; ${rest} without it` };
}
