/**
 * Computes how well paid time was used: effective price, utilization, busy fraction and waterfall.
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
  /** Without attributed charges the spend is unknown, not zero. */
  readonly lacks: DeploymentEconomics['lacks'];
}

type Figures = Pick<
  DeploymentEconomics,
  'effectiveUsdPerMtok' | 'utilization' | 'busyFraction' | 'waterfall'
>;

export function computeUse(terms: UseTerms): { figures: Figures; warnings: Warning[] } {
  const raw = { utilization: computeUtilization(terms), busy: busyFractionOf(terms) };
  const effectiveUsdPerMtok =
    terms.lacks === undefined ? usdPerMtok(terms.spend.coveredUsd, terms.tokens) : undefined;
  const utilization = raw.utilization && capAtOne(raw.utilization);
  const busyFraction = raw.busy && capAtOne(raw.busy);
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

function computeUtilization({ tokens, capacity, time }: UseTerms): Exact | undefined {
  if (capacity === undefined || time.coveredNs === 0n) return undefined;
  return shareOfCapacity(BigInt(tokens), capacity, time);
}

/** Busy over covered time: 7,800 of 14,400 seconds are 0.541667. */
function busyFractionOf({ busyMs, time }: UseTerms): Exact | undefined {
  if (busyMs === undefined || time.coveredNs === 0n) return undefined;
  return exact(BigInt(busyMs) * 1_000_000n, time.coveredNs);
}

function capAtOne(share: Exact): Exact {
  return isAbove(share, ONE) ? ONE : share;
}

function isAbove(a: Exact, b: Exact): boolean {
  return compare(a, b) > 0;
}
