/** Every figure of a small stack, computed slowly and exactly from the definitions. */

import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import { type BillPart, isSpend, splitBill } from './bill.ts';
import { computeCapacity, daysOfDeployment, type OracleDay } from './covered.ts';
import { Fraction, gpusOf, least, most, ONE_FRACTION, ZERO_FRACTION } from './fraction.ts';
import { hostsOf, type OracleHost } from './hosts.ts';
import { hybridUsd, laborUsd, mostReplicas, spanMs } from './options.ts';
import { overlaps, sumKnown } from './served.ts';
import { type OracleShared, sharedOf } from './sharing.ts';
import type { Period } from '../../../src/domain/period.ts';
import type { UsageColumn, UsageSeries } from '../../../src/domain/usage.ts';

export interface OracleDeployment {
  readonly id: string;
  readonly days: readonly OracleDay[];
  readonly spend: bigint;
  readonly compute: bigint;
  readonly coveredUsd: Fraction;
  readonly coveredComputeUsd: Fraction;
  readonly tokens: bigint;
  /** Served in time for which nothing was billed. */
  readonly unbilledTokens: bigint;
  /** True without a bill, or without usage for its paid time. */
  readonly lacksSide: boolean;
  readonly paidNs: Fraction;
  readonly coveredNs: Fraction;
  readonly capacity?: Fraction | undefined;
  readonly utilization?: Fraction | undefined;
  readonly busyFraction?: Fraction | undefined;
  readonly effective?: Fraction | undefined;
  readonly hosts: readonly OracleHost[];
  readonly mostReplicas: number;
  readonly spanMs: number;
  readonly labor: { readonly selfHosted: Fraction; readonly hosted: Fraction };
  /** What it shares with others. */
  readonly shared: readonly OracleShared[];
  /** Infrastructure and overflow of k replicas at a provider. */
  readonly hybrid: (
    replicas: number,
    host: OracleHost,
    cacheShare: Fraction,
  ) => { own: Fraction; overflow: Fraction };
}

const MEGA = new Fraction(1_000_000n);
const SECOND_NS = new Fraction(1_000_000_000n);

export function oracleDeployments(input: StackInput): OracleDeployment[] {
  const parts = splitBill(input);
  return input.deployments.map((deployment) => {
    const own = parts.filter(({ owner }) => owner === deployment.id);
    const usage = billedUsage(deployment.usage, own);
    return {
      ...oracleDeployment(input, { ...deployment, usage }, parts),
      unbilledTokens: countTokens(deployment.usage) - countTokens(usage),
    };
  });
}

function oracleDeployment(
  input: StackInput,
  deployment: DeploymentInput,
  parts: readonly BillPart[],
): Omit<OracleDeployment, 'unbilledTokens'> {
  const own = parts.filter(({ owner }) => owner === deployment.id);
  const days = daysOfDeployment(input, deployment, parts);
  const sums = sumsOf(days, own);
  const capacity = computeCapacity(deployment);
  const span = spanMs(own);
  const { coveredUsd, coveredComputeUsd, paidNs } = sums;
  const shared = sharedOf(input, deployment, { parts, days });
  return {
    id: deployment.id,
    days,
    ...sums,
    ...ratios(days, sums, capacity),
    ...(hasBothSides(deployment, sums, own) ? {} : { effective: undefined }),
    lacksSide: !hasBothSides(deployment, sums, own),
    capacity,
    hosts: hostsOf(input, deployment),
    mostReplicas: mostReplicas(own),
    spanMs: span,
    shared,
    labor: laborUsd(input, deployment.id, 'base'),
    hybrid: (replicas, host, cacheShare) => {
      const coveredOtherUsd = coveredUsd.minus(coveredComputeUsd);
      const gpus = shared.filter(({ part }) => part === 'gpu');
      const sharedGpuUsd = Fraction.sum(gpus.map(({ usd }) => usd));
      const known = { host, coveredComputeUsd, coveredOtherUsd, sharedGpuUsd, paidNs };
      return hybridUsd(
        {
          ...known,
          capacity: capacity ?? ONE_FRACTION,
          spanMs: span,
          share: gpusOf({ ...deployment.gpu, count: 1 }),
          mostReplicas: mostReplicas(own),
        },
        replicas,
        cacheShare,
      );
    },
  };
}

function sumsOf(days: readonly OracleDay[], own: readonly BillPart[]) {
  const compute = own.filter(({ charge }) => charge.category === 'compute');
  return {
    spend: days.reduce((sum, day) => sum + day.spend, 0n),
    compute: compute.reduce((sum, { nano }) => sum + nano, 0n),
    coveredUsd: Fraction.sum(days.map((day) => day.coveredUsd)),
    coveredComputeUsd: Fraction.sum(days.map((day) => day.coveredComputeUsd)),
    tokens: days.reduce((sum, day) => sum + day.prompt + day.output, 0n),
    paidNs: Fraction.sum(days.map((day) => day.paidNs)),
    coveredNs: Fraction.sum(days.map((day) => day.coveredNs)),
  };
}

function ratios(
  days: readonly OracleDay[],
  { coveredUsd, coveredNs, tokens }: ReturnType<typeof sumsOf>,
  capacity: Fraction | undefined,
) {
  const busyMs = sumKnown(days.map((day) => day.busyMs));
  const seconds = coveredNs.over(SECOND_NS);
  const paid = seconds.n > 0n;
  return {
    effective: tokens === 0n ? undefined : coveredUsd.over(new Fraction(tokens)).times(MEGA),
    utilization:
      paid && capacity
        ? least(ONE_FRACTION, new Fraction(tokens).over(capacity.times(seconds)))
        : undefined,
    busyFraction:
      paid && busyMs !== undefined
        ? least(ONE_FRACTION, new Fraction(busyMs, 1000n).over(seconds))
        : undefined,
  };
}

/** Has a bill, and usage for its paid time. */
function hasBothSides(
  { usage }: DeploymentInput,
  { paidNs, coveredNs }: ReturnType<typeof sumsOf>,
  own: readonly BillPart[],
): boolean {
  return own.length > 0 && usage.length > 0 && (paidNs.n === 0n || coveredNs.n > 0n);
}

/**
 * Cost at capacity, busy below capacity, and without a running request. Together the total paid.
 */
export function splitPaidCost({ coveredUsd, utilization, busyFraction }: OracleDeployment) {
  if (utilization === undefined || busyFraction === undefined) return undefined;
  const busy = most(utilization, busyFraction);
  return {
    full: coveredUsd.times(utilization),
    underfilled: coveredUsd.times(busy.minus(utilization)),
    idle: coveredUsd.times(ONE_FRACTION.minus(busy)),
  };
}

/** Unattributed nano-USD, and the total. Tax, hosted and engineering time are separate. */
export function oracleBill(input: StackInput) {
  const parts = splitBill(input);
  const nano = (some: readonly BillPart[]) => some.reduce((sum, part) => sum + part.nano, 0n);
  const sumOf = (category: string) =>
    nano(parts.filter(({ charge }) => charge.category === category));
  const spend = parts.filter(({ charge }) => isSpend(charge));
  return {
    spend: nano(spend),
    unattributed: nano(spend.filter(({ owner }) => owner === undefined)),
    tax: sumOf('tax'),
    hosted: sumOf('hosted'),
    labor: sumOf('labor'),
  };
}

/** Tokens at which keeping costs as much as leaving, with this token mix. */
export function breakEvenTokens(
  of: OracleDeployment,
  hostedUsd: Fraction,
  leavingUsd: Fraction,
): Fraction | undefined {
  if (of.lacksSide || of.tokens === 0n || hostedUsd.n <= 0n) return undefined;
  const keeping = of.coveredUsd.plus(of.labor.selfHosted).minus(of.labor.hosted).minus(leavingUsd);
  return keeping.n <= 0n ? ZERO_FRACTION : keeping.over(hostedUsd.over(new Fraction(of.tokens)));
}

/** Rows of at most a day that overlap a charge. */
function billedUsage(usage: UsageSeries, own: readonly BillPart[]): UsageSeries {
  const times = own
    .filter(({ charge: { category, billed } }) => {
      return category === 'compute' || (category === 'commitment' && billed > 0n);
    })
    .map(({ charge: { period }, day }) => ({
      startMs: Math.max(period.startMs, day.startMs),
      endMs: Math.min(period.endMs, day.endMs),
    }));
  const rowAt = (row: number): Period => {
    return { startMs: usage.startMs[row] ?? 0, endMs: usage.endMs[row] ?? 0 };
  };
  const rows = Array.from({ length: usage.length }, (_, row) => row).filter((row) => {
    return times.some((time) => overlaps(time, rowAt(row)));
  });
  const column = (values: UsageColumn) => Float64Array.from(rows, (row) => values[row] ?? 0);
  return {
    length: rows.length,
    startMs: column(usage.startMs),
    endMs: column(usage.endMs),
    uncachedPromptTokens: column(usage.uncachedPromptTokens),
    cachedPromptTokens: column(usage.cachedPromptTokens),
    outputTokens: column(usage.outputTokens),
    requests: column(usage.requests),
    busyMs: column(usage.busyMs),
    replicaMs: column(usage.replicaMs),
    estimated: Uint8Array.from(rows, (row) => usage.estimated[row] ?? 0),
  };
}

/** Total tokens of the rows. All rows here are inside the window. */
function countTokens(usage: UsageSeries): bigint {
  return [usage.uncachedPromptTokens, usage.cachedPromptTokens, usage.outputTokens]
    .map((column) => [...column].reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0))
    .map((count) => BigInt(count))
    .reduce((all, count) => all + count, 0n);
}
