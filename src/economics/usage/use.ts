/**
 * How well the paid time was used: the price of a token, utilization, busy fraction,
 * waterfall.
 */

import { compare, type Exact, exact, ONE } from '../../domain/exact.ts';
import { type AllTokens, usdPerMtok } from '../../domain/money.ts';
import { shareOfCapacity } from '../breakEven/breakEven.ts';
import type { Capacity, DeploymentEconomics, PaidTime, Spend } from '../result.ts';
import type { Warning } from '../warning.ts';
import { excessWarnings } from './warnings.ts';
import { waterfall } from './waterfall.ts';

export interface UseTerms {
  readonly tokens: AllTokens;
  readonly spend: Spend;
  readonly time: PaidTime;
  readonly busyMs: number | undefined;
  readonly capacity: Capacity | undefined;
  /** Where no charge is attributed the rent is unknown, and not nothing. */
  readonly lacks: DeploymentEconomics['lacks'];
}

type Figures = Pick<
  DeploymentEconomics,
  'effectiveUsdPerMtok' | 'utilization' | 'busyFraction' | 'waterfall'
>;

export function useOf(terms: UseTerms): { figures: Figures; warnings: Warning[] } {
  const raw = { utilization: utilizationOf(terms), busy: busyOf(terms) };
  const effectiveUsdPerMtok =
    terms.lacks === undefined ? usdPerMtok(terms.spend.coveredUsd, terms.tokens) : undefined;
  const utilization = raw.utilization && capped(raw.utilization);
  const busyFraction = raw.busy && capped(raw.busy);
  const isCrossed =
    utilization !== undefined && busyFraction !== undefined && isAbove(utilization, busyFraction);
  return {
    figures: {
      ...(effectiveUsdPerMtok && { effectiveUsdPerMtok }),
      ...(utilization && { utilization }),
      ...(busyFraction && { busyFraction }),
      waterfall: waterfall({ coveredUsd: terms.spend.coveredUsd, utilization, busyFraction }),
    },
    warnings: excessWarnings({
      ...raw,
      isUtilizationAbove: raw.utilization !== undefined && isAbove(raw.utilization, ONE),
      isBusyAbove: raw.busy !== undefined && isAbove(raw.busy, ONE),
      isCrossed,
    }),
  };
}

function utilizationOf({ tokens, capacity, time }: UseTerms): Exact | undefined {
  if (capacity === undefined || time.coveredNs === 0n) return undefined;
  return shareOfCapacity(BigInt(tokens), capacity, time);
}

/** Busy over covered time: 7,800 of 14,400 seconds are 0.541667. */
function busyOf({ busyMs, time }: UseTerms): Exact | undefined {
  if (busyMs === undefined || time.coveredNs === 0n) return undefined;
  return exact(BigInt(busyMs) * 1_000_000n, time.coveredNs);
}

function capped(share: Exact): Exact {
  return isAbove(share, ONE) ? ONE : share;
}

function isAbove(a: Exact, b: Exact): boolean {
  return compare(a, b) > 0;
}
