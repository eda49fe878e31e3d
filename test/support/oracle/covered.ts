/** A deployment's days, computed naively: what was paid, what was observed, and what both cover. */

import { DAY_MS, type Period } from '../../../src/domain/period.ts';
import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import type { BillPart } from './bill.ts';
import { gpusOf, least, most, NIL, Q, share } from './fraction.ts';
import { daysOf, partIn, type Row, rowsOf, sumKnown, tokensOf } from './served.ts';

export interface OracleDay {
  readonly dayMs: number;
  readonly startMs: number;
  readonly spend: bigint;
  readonly coveredUsd: Q;
  readonly coveredComputeUsd: Q;
  readonly prompt: bigint;
  readonly cached?: bigint | undefined;
  readonly output: bigint;
  readonly paidNs: Q;
  readonly coveredNs: Q;
  readonly busyMs?: bigint | undefined;
}

const NANO = new Q(1_000_000_000n);
/** Covered dollars are whole 10^-18. No figure can show the difference. */
const ATTO_IN_NANO = 1_000_000_000n;

export function daysOfDeployment(
  input: StackInput,
  deployment: DeploymentInput,
  parts: readonly BillPart[],
): OracleDay[] {
  const rows = rowsOf(deployment.usage);
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

function money(own: readonly BillPart[], observed: Q) {
  const nano = (some: readonly BillPart[]) => some.reduce((sum, part) => sum + part.nano, 0n);
  const compute = own.filter(({ charge }) => charge.category === 'compute');
  const paidNs = Q.sum(own.map(({ replicaNs }) => replicaNs));
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
): Q {
  if (paidNs.n === 0n) return new Q(amount).over(NANO);
  const [part = 0n] = share(amount * ATTO_IN_NANO, [coveredNs, paidNs.minus(coveredNs)]);
  return new Q(part).over(NANO).over(new Q(ATTO_IN_NANO));
}

/** An interval's tokens belong to the day on which it starts. */
function tokens(rows: readonly Row[], day: Period) {
  const today = rows.filter((row) => row.startMs >= day.startMs && row.startMs < day.endMs);
  const all = (pick: (row: Row) => bigint | undefined) => {
    return sumKnown(today.map(pick));
  };
  return {
    prompt: all((row) => row.prompt) ?? 0n,
    output: all((row) => row.output) ?? 0n,
    cached: all((row) => (row.prompt === 0n ? 0n : row.cached)),
    busyMs: all((row) => row.busyMs),
  };
}

function observedNs(rows: readonly Row[], day: Period): Q {
  const ms = rows.map((row) => partIn(day, row, row.replicaMs ?? 0n) ?? 0n);
  return new Q(ms.reduce((sum, part) => sum + part, 0n) * 1_000_000n);
}

/**
 * Tokens per second of a replica: the stated capacity, or the one observed for half an interval if
 * that is higher. An observed one counts up to twice the stated one, or twice that of three hours.
 */
export function capacityOf(deployment: DeploymentInput): Q | undefined {
  const stated = deployment.capacity;
  const usage = rowsOf(deployment.usage);
  const trailing = rowsOf(deployment.trailingUsage);
  const base = stated === undefined ? NIL : Q.of(stated.tokensPerSecond);
  const believed = BELIEVED.times(gpusOf(deployment.gpu));
  const limit = least(believed, limitOf([...usage, ...trailing], base) ?? believed);
  const counts = (pace: Q) => !limit.below(pace);
  const seen = usage.map(throughput).filter(counts);
  const before = stated === undefined ? trailing.map(throughput).filter(counts) : [];
  const highest = [...seen, ...before].reduce(most, base);
  return highest.n === 0n ? undefined : highest;
}

/** For one A100, the GPU of every world: ten times its published 25,173. */
const BELIEVED = new Q(251_730n);

/** Twice what three hours support. Twelve busy hours are needed to doubt one. */
function limitOf(rows: readonly Row[], stated: Q): Q | undefined {
  const hours = [...new Set(rows.map(hourOf))];
  const peaks = hours
    .map((hour) =>
      rows
        .filter((row) => hourOf(row) === hour)
        .map(throughput)
        .reduce(most, NIL),
    )
    .filter((peak) => peak.n > 0n)
    .sort((a, b) => (a.below(b) ? 1 : -1));
  if (peaks.length < 12) return undefined;
  return most(peaks[2] ?? NIL, stated).times(new Q(2n));
}

function hourOf({ startMs }: Row): number {
  return Math.floor(startMs / 3_600_000);
}

function throughput(row: Row): Q {
  const { replicaMs = 0n, startMs, endMs } = row;
  const isLong = replicaMs >= 150_000n || replicaMs * 2n >= BigInt(endMs - startMs);
  const isSeen = replicaMs > 0n && isLong;
  return !isSeen ? NIL : new Q(tokensOf(row) * 1000n, replicaMs);
}
