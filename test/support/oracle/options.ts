/** The cost of each option, computed naively: keep, delete, and a hybrid of any size. */

import type { Period } from '../../../src/domain/period.ts';
import type { LaborSide, AssumedRange, StackInput } from '../../../src/economics/input.ts';
import type { BillPart } from './bill.ts';
import { least, most, ZERO_FRACTION, Fraction, ONE_FRACTION } from './fraction.ts';
import type { OracleHost } from './hosts.ts';
import { type OracleRow, secondsOf, tokensOf, overlaps } from './served.ts';

const HOUR_NS = new Fraction(3_600_000_000_000n);
const SECOND_NS = new Fraction(1_000_000_000n);

export interface HybridTerms {
  readonly capacity: Fraction;
  readonly host: OracleHost;
  readonly coveredComputeUsd: Fraction;
  readonly coveredOtherUsd: Fraction;
  /** Cost of GPUs that others use too. */
  readonly sharedGpuUsd: Fraction;
  readonly paidNs: Fraction;
  readonly spanMs: number;
  /** The part of a GPU that one replica has. A whole one by default. */
  readonly share: Fraction;
  readonly mostReplicas: number;
}

/**
 * k always-on replicas at one's hourly cost, plus the overflow at the provider. As for keeping,
 * only covered time counts: the hours are those of the span that usage covers.
 */
export function hybridUsd(terms: HybridTerms, replicas: number, cacheShare: Fraction) {
  const { coveredComputeUsd, paidNs, coveredOtherUsd, sharedGpuUsd, spanMs } = terms;
  const rate = coveredComputeUsd.over(paidNs.over(HOUR_NS));
  const hours = new Fraction(BigInt(spanMs), 3_600_000n);
  const gpuUsd = rate.times(hours).times(paidReplicas(terms, replicas));
  const own = most(gpuUsd, sharedGpuUsd).plus(coveredOtherUsd);
  return { own, overflow: overflowUsd(terms, replicas, cacheShare) };
}

/** A divided GPU is paid in whole, except for the most that others had of it. */
function paidReplicas({ share, mostReplicas: top }: HybridTerms, replicas: number): Fraction {
  const onGpu = ONE_FRACTION.over(share).floor();
  const gpus = (BigInt(replicas) + onGpu - 1n) / onGpu;
  const paid = new Fraction(gpus).over(share);
  return replicas <= top ? least(paid, new Fraction(BigInt(top))) : paid;
}

function overflowUsd(terms: HybridTerms, replicas: number, cacheShare: Fraction): Fraction {
  const { capacity, host } = terms;
  const costs = host.rows.map((row) => {
    const above = shareAbove(row, capacity.times(new Fraction(BigInt(replicas))));
    return above.n === 0n
      ? ZERO_FRACTION
      : above.times(host.rowUsd(row, cacheShare) ?? ZERO_FRACTION);
  });
  return Fraction.sum(costs);
}

/** The part of an interval's tokens above the capacity. */
function shareAbove(row: OracleRow, tokensPerSecond: Fraction): Fraction {
  const tokens = new Fraction(tokensOf(row));
  if (tokens.n === 0n) return ZERO_FRACTION;
  return most(ZERO_FRACTION, tokens.minus(tokensPerSecond.times(secondsOf(row)))).over(tokens);
}

/** The most replicas paid at one moment, each charge averaged over its day. At least one. */
export function mostReplicas(own: readonly BillPart[]): number {
  const paying = own.map((part) => ({ part, span: spanOf(part) }));
  const counts = paying.map(({ span: { startMs } }) => {
    const now = paying.filter(({ span }) => overlaps(span, { startMs, endMs: startMs + 1 }));
    return Fraction.sum(now.map(({ part, span }) => part.replicaNs.over(secondsOf(span))));
  });
  const rounding = new Fraction(1n, 1_000_000n);
  return Number(
    ceil(most(ONE_FRACTION, counts.reduce(most, ZERO_FRACTION).over(SECOND_NS).minus(rounding))),
  );
}

function spanOf({ charge, day }: BillPart): Period {
  return {
    startMs: Math.max(charge.period.startMs, day.startMs),
    endMs: Math.min(charge.period.endMs, day.endMs),
  };
}

function ceil(value: Fraction): bigint {
  return -new Fraction(-value.n, value.d).floor();
}

/** From its first paid moment in the window to the last. */
export function spanMs(own: readonly BillPart[]): number {
  const paid = own.filter(({ replicaNs }) => replicaNs.n > 0n).map(spanOf);
  if (paid.length === 0) return 0;
  const last = Math.max(...paid.map(({ endMs }) => endMs));
  return last - Math.min(...paid.map(({ startMs }) => startMs));
}

/** Dollars of a deployment's own engineering hours. */
export function laborUsd(input: StackInput, id: string, edge: keyof AssumedRange) {
  const rate = Fraction.of(input.labor.loadedUsdPerHour);
  const own = (side: LaborSide) => {
    const measured = input.labor.basis === 'measured' ? side.measuredHours?.[id] : undefined;
    return Fraction.of(measured ?? side.hoursPerDeployment[edge]).times(rate);
  };
  const { hosted, selfHosted } = input.labor;
  return { selfHosted: own(selfHosted), hosted: own(hosted) };
}

/** Dollars of the shared engineering hours of the stack. */
export function fixedUsd(input: StackInput, edge: keyof AssumedRange) {
  const rate = Fraction.of(input.labor.loadedUsdPerHour);
  const { hosted, selfHosted } = input.labor;
  return {
    selfHosted: Fraction.of(selfHosted.fixedHours[edge]).times(rate),
    hosted: Fraction.of(hosted.fixedHours[edge]).times(rate),
  };
}
