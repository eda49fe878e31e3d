/** Warnings about a deployment's figures that are estimated, implausible or incomplete. */

import { compare, decimal, type Exact, exact, multiply, toNumber } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { HOUR_MS, instantText, monthText } from '../../domain/period.ts';
import { tokensAt } from '../../domain/usage.ts';
import type { DeploymentBill, GuessKind } from '../bill/bill.ts';
import type { UsageDoubt } from '../input.ts';
import type { DayEconomics, ObservedTime, UnbilledUsage } from '../result.ts';
import type { ObservedFigures, UnbilledFigures, UnbilledMonth, Warning } from '../warning.ts';
import type { UsageTally } from './usageTally.ts';
import type { PaidPieces } from '../bill/replicaTime.ts';
import { gpusPerReplica, type ReplicaGpu, replicasPerGpu } from '../replicaGpus.ts';
import { paidWithin } from './coverage.ts';
import type { MissingMonth } from '../stackParts.ts';

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

/**
 * Over intervals that state their replica time only, because a gap in usage is not a disagreement.
 * Two replicas observed for an hour with one billed replica are 2 h observed and 1 h paid.
 * `undefined` if nothing was paid meanwhile, or if a resource is shared: usage itself determines
 * the paid shares there.
 */
export function observedTime(
  pieces: PaidPieces,
  { withReplicaTime, observedMs }: Pick<UsageTally, 'withReplicaTime' | 'observedMs'>,
  gpu: ReplicaGpu,
): ObservedTime | undefined {
  if (pieces.anyShared) return undefined;
  let paidNs = 0n;
  for (const piece of pieces) paidNs += paidWithin(piece, withReplicaTime);
  if (paidNs === 0n) return undefined;
  const seenMs = observedMs.reduce((sum, ms) => sum + Math.round(ms), 0);
  const gpus = gpusPerReplica(gpu);
  return { paidNs, seenNs: BigInt(seenMs) * 1_000_000n, gpus, onGpu: replicasPerGpu(gpu.share) };
}

/**
 * Whether either is more than `times` the other: 2 h and 1 h are not more than twice apart. A
 * deployment with a quarter of a GPU may pay for all four.
 */
export function differsBy({ seenNs, paidNs, onGpu }: ObservedTime, times: Exact): boolean {
  const [seen, paid] = [exact(seenNs), exact(paidNs)];
  return (
    compare(seen, multiply(paid, times)) > 0 ||
    compare(paid, multiply(multiply(seen, exact(onGpu)), times)) > 0
  );
}

type UnbilledTime = Pick<UnbilledUsage, 'tokens' | 'share' | 'periods' | 'sources'>;

/** Figures of unbilled usage; `undefined` if all usage was billed. */
export function unbilledFigures(
  billedTokens: number,
  unbilled: UnbilledTime | undefined,
): UnbilledFigures | undefined {
  const [first] = unbilled?.periods ?? [];
  if (unbilled === undefined || first === undefined || unbilled.tokens === 0) return undefined;
  const { tokens, share, sources } = unbilled;
  return {
    tokens,
    billedTokens,
    share: sixPlaces(share, 'ceiling'),
    start: instantText(first.startMs),
    end: instantText(first.endMs),
    sources,
  };
}

/** Listed first, because it is the largest gap a figure can have. */
export function unbilledWarnings(
  billedTokens: number,
  unbilled: UnbilledTime | undefined,
): Warning[] {
  const figures = unbilledFigures(billedTokens, unbilled);
  return figures === undefined ? [] : [{ code: 'usage-not-billed', ...figures }];
}

export function missingMonthWarnings(months: readonly MissingMonth[]): Warning[] {
  return months.length === 0
    ? []
    : [{ code: 'months-not-billed', months: months.map(unbilledMonth) }];
}

export function unbilledMonth({ sourceId, monthMs }: MissingMonth): UnbilledMonth {
  return { source: sourceId, month: monthText(monthMs) };
}

/** Start-ups, and minutes that only one side counts, stay below a tenth of the hours. */
const NOTABLE = decimal('1.1');

export function observedWarnings({ watched }: { readonly watched?: ObservedTime }): Warning[] {
  if (watched === undefined || !differsBy(watched, NOTABLE)) return [];
  return [{ code: 'replica-hours-disagree', ...toObservedFigures(watched) }];
}

/** 4 h observed and 1 h paid at 8 GPUs per replica is a bill for 2 GPUs. */
export function toObservedFigures({ seenNs, paidNs, gpus }: ObservedTime): ObservedFigures {
  const hours = {
    seenHours: sixPlaces(exact(seenNs, NS_IN_HOUR)),
    paidHours: sixPlaces(exact(paidNs, NS_IN_HOUR)),
  };
  if (seenNs === 0n) return hours;
  const billedGpus = sixPlaces(multiply(gpus, exact(paidNs, seenNs)));
  return { ...hours, gpus: sixPlaces(gpus), billedGpus };
}

const NS_IN_HOUR = 3_600_000_000_000n;
