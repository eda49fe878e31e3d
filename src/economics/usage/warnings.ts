/** Warnings about a deployment's figures that are estimated, implausible or incomplete. */

import { compare, type Exact, toNumber } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import { HOUR_MS, instantText } from '../../domain/period.ts';
import { tokensAt } from '../../domain/usage.ts';
import type { DeploymentBill, GuessKind } from '../bill/bill.ts';
import type { UsageDoubt } from '../input.ts';
import type { DayEconomics } from '../result.ts';
import type { Warning } from '../warning.ts';
import type { UsageTally } from './usageTally.ts';

/** One warning for each kind of doubt, with its fastest interval. */
export function doubtWarnings(doubts: readonly UsageDoubt[]): Warning[] {
  const codes = [...new Set(doubts.map(({ code }) => code))].sort();
  return codes.flatMap((code) => {
    const own = doubts.filter((doubt) => doubt.code === code);
    const [first] = own.toSorted((a, b) => compare(b.tokensPerSecond, a.tokensPerSecond));
    if (first === undefined) return [];
    const warning: Warning = {
      code: 'usage-doubted',
      doubt: code,
      intervals: own.length,
      tokens: own.reduce((sum, doubt) => sum + doubt.tokens, 0),
      tokensPerSecond: Math.round(toNumber(first.tokensPerSecond)),
      supportedTokensPerSecond: Math.round(first.supported),
      fastestAt: instantText(first.startMs),
    };
    return [warning];
  });
}

const ESTIMATED = {
  'costliest bucket': 'most-expensive-bucket',
  'whole period': 'whole-period',
  'equal shares': 'equal-shares',
} as const satisfies Readonly<Record<GuessKind, string>>;

/** A fleet has thousands of resources, and an audit one such warning per deployment. */
const MOST_NAMES = 3;

export function guessWarnings(bill: DeploymentBill): Warning[] {
  return [...bill.guesses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([guess, resources]) => ({
      code: 'paid-time-estimated',
      from: ESTIMATED[guess],
      resources: [...resources].sort().slice(0, MOST_NAMES),
      resourceCount: resources.size,
    }));
}

/** Values as computed; each is shown as at most 1. */
export interface Excess {
  readonly utilization: Exact | undefined;
  readonly busy: Exact | undefined;
  /** Which of them are above 1, and whether the first exceeds the second as shown. */
  readonly isUtilizationAbove: boolean;
  readonly isBusyAbove: boolean;
  readonly isCrossed: boolean;
}

export function excessWarnings(found: Excess): Warning[] {
  const { utilization, busy } = found;
  const warnings: Warning[] = [];
  if (utilization !== undefined && found.isUtilizationAbove) {
    warnings.push({ code: 'utilization-above-one', share: sixPlaces(utilization, 'ceiling') });
  }
  if (busy !== undefined && found.isBusyAbove) {
    warnings.push({ code: 'busy-fraction-above-one', share: sixPlaces(busy, 'ceiling') });
  }
  if (utilization !== undefined && busy !== undefined && found.isCrossed) {
    warnings.push({
      code: 'utilization-above-busy-fraction',
      utilizationShare: sixPlaces(utilization, 'ceiling'),
      busyShare: sixPlaces(busy, 'floor'),
    });
  }
  return warnings;
}

/** Tokens on days without paid time were served by resources billed elsewhere, or not at all. */
export function unpaidWarnings(days: readonly DayEconomics[]): Warning[] {
  const unpaid = days.filter(
    ({ paidNs, promptTokens, outputTokens }) => paidNs === 0n && promptTokens + outputTokens > 0,
  );
  if (unpaid.length === 0) return [];
  const tokens = unpaid.reduce((sum, day) => sum + day.promptTokens + day.outputTokens, 0);
  return [{ code: 'tokens-without-paid-time', tokens, days: unpaid.length }];
}

/** Long intervals average out peaks, so fewer replicas seem sufficient. */
export function coarseWarnings({ series }: UsageTally): Warning[] {
  let coarse = 0;
  for (let row = 0; row < series.length; row += 1) {
    const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
    if (lengthMs > HOUR_MS && tokensAt(series, row) > 0) coarse += 1;
  }
  return coarse === 0 ? [] : [{ code: 'intervals-longer-than-an-hour', intervals: coarse }];
}
