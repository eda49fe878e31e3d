/** A deployment's days, computed naively: what was paid, what was observed, and what both cover. */

import { DAY_MS, type Period } from '../../../src/domain/period.ts';
import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import type { BillPart } from './bill.ts';
import { gpusOf, least, most, ZERO_FRACTION, Fraction, share } from './fraction.ts';
import { daysOf, partIn, type OracleRow, toRows, sumKnown, tokensOf } from './served.ts';

export interface OracleDay {
  readonly dayMs: number;
  readonly startMs: number;
  readonly spend: bigint;
  readonly coveredUsd: Fraction;
  readonly coveredComputeUsd: Fraction;
  readonly prompt: bigint;
  readonly cached?: bigint | undefined;
  readonly output: bigint;
  readonly paidNs: Fraction;
  readonly coveredNs: Fraction;
  readonly busyMs?: bigint | undefined;
}

const NANO = new Fraction(1_000_000_000n);
/** Covered dollars are whole 10^-18. No figure can show the difference. */
const ATTO_IN_NANO = 1_000_000_000n;

export function daysOfDeployment(
  input: StackInput,
  deployment: DeploymentInput,
  parts: readonly BillPart[],
): OracleDay[] {
  const rows = toRows(deployment.usage);
  return daysOf(input.window).map((day) => {
    const own = parts.filter(({ owner, day: paid }) => {
      return owner === deployment.id && paid.startMs === day.startMs;
    });
    return {
      ...money(own, observedNs(rows, day)),
      ...tokens(rows, day),
      startMs: day.startMs,
      dayMs: Math.floor(day.startMs / DAY_MS) * DAY_MS,
    };
  });
}

function money(own: readonly BillPart[], observed: Fraction) {
  const nano = (some: readonly BillPart[]) => some.reduce((sum, part) => sum + part.nano, 0n);
  const compute = own.filter(({ charge }) => charge.category === 'compute');
  const paidNs = Fraction.sum(own.map(({ replicaNs }) => replicaNs));
  const coveredNs = least(paidNs, observed);
  const covered = (amount: bigint) => coveredUsd(amount, { paidNs, coveredNs });
  return {
    spend: nano(own),
    coveredUsd: covered(nano(own)),
    coveredComputeUsd: covered(nano(compute)),
    paidNs,
    coveredNs,
  };
}

/** The part of a day's nano-USD in covered time. */
export function coveredUsd(
  amount: bigint,
  { paidNs, coveredNs }: Pick<OracleDay, 'paidNs' | 'coveredNs'>,
): Fraction {
  if (paidNs.n === 0n) return new Fraction(amount).over(NANO);
  const [part = 0n] = share(amount * ATTO_IN_NANO, [coveredNs, paidNs.minus(coveredNs)]);
  return new Fraction(part).over(NANO).over(new Fraction(ATTO_IN_NANO));
}

/** An interval's tokens belong to the day on which it starts. */
function tokens(rows: readonly OracleRow[], day: Period) {
  const today = rows.filter((row) => row.startMs >= day.startMs && row.startMs < day.endMs);
  const all = (pick: (row: OracleRow) => bigint | undefined) => {
    return sumKnown(today.map(pick));
  };
  return {
    prompt: all((row) => row.prompt) ?? 0n,
    output: all((row) => row.output) ?? 0n,
    cached: all((row) => (row.prompt === 0n ? 0n : row.cached)),
    busyMs: all((row) => row.busyMs),
  };
}

function observedNs(rows: readonly OracleRow[], day: Period): Fraction {
  const ms = rows.map((row) => partIn(day, row, row.replicaMs ?? 0n) ?? 0n);
  return new Fraction(ms.reduce((sum, part) => sum + part, 0n) * 1_000_000n);
}

/**
 * Tokens per second of a replica: the stated capacity, or the one observed for half an interval if
 * that is higher. An observed one counts up to twice the stated one, or twice that of three hours.
 */
export function computeCapacity(deployment: DeploymentInput): Fraction | undefined {
  const stated = deployment.capacity;
  const usage = toRows(deployment.usage);
  const trailing = toRows(deployment.trailingUsage);
  const base = stated === undefined ? ZERO_FRACTION : Fraction.of(stated.tokensPerSecond);
  const believed = BELIEVED.times(gpusOf(deployment.gpu));
  const limit = least(believed, limitOf([...usage, ...trailing], base) ?? believed);
  const counts = (pace: Fraction) => !limit.below(pace);
  const seen = usage.map(throughput).filter(counts);
  const before = stated === undefined ? trailing.map(throughput).filter(counts) : [];
  const highest = [...seen, ...before].reduce(most, base);
  return highest.n === 0n ? undefined : highest;
}

/** For one A100, the GPU of every world: ten times its published 25,173. */
const BELIEVED = new Fraction(251_730n);

/** Twice what three hours support. Twelve busy hours are needed to doubt one. */
function limitOf(rows: readonly OracleRow[], stated: Fraction): Fraction | undefined {
  const hours = [...new Set(rows.map(hourOf))];
  const peaks = hours
    .map((hour) =>
      rows
        .filter((row) => hourOf(row) === hour)
        .map(throughput)
        .reduce(most, ZERO_FRACTION),
    )
    .filter((peak) => peak.n > 0n)
    .sort((a, b) => (a.below(b) ? 1 : -1));
  if (peaks.length < 12) return undefined;
  return most(peaks[2] ?? ZERO_FRACTION, stated).times(new Fraction(2n));
}

function hourOf({ startMs }: OracleRow): number {
  return Math.floor(startMs / 3_600_000);
}

function throughput(row: OracleRow): Fraction {
  const { replicaMs = 0n, startMs, endMs } = row;
  const isLong = replicaMs >= 150_000n || replicaMs * 2n >= BigInt(endMs - startMs);
  const isSeen = replicaMs > 0n && isLong;
  return !isSeen ? ZERO_FRACTION : new Fraction(tokensOf(row) * 1000n, replicaMs);
}
