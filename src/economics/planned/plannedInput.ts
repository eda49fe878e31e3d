/** Builds the input of the economics for a planned month. */

import { apportionExact } from '../../domain/apportion.ts';
import type { Charge, PricingClass } from '../../domain/charge.ts';
import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  subtract,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, HOUR_MS, type Period, period } from '../../domain/period.ts';
import { emptySeries, type UsageSeries } from '../../domain/usage.ts';
import type { DeploymentInput, LaborInput, StackInput } from '../input.ts';
import { OverrideRefused } from '../whatIf/overrides.ts';
import { replicaNeed } from '../replicaGpus.ts';
import { HOURS_IN_DAY } from '../option/weekOff.ts';
import type { PlannedGpu, PlannedRate, PlannedRequest } from './request.ts';
import { invariant } from '../../domain/failure.ts';

/** A planned month has 30 days: 720 hours, whatever the calendar. */
export const MONTH_DAYS = 30;
const MONTH: Period = period(0, MONTH_DAYS * DAY_MS);
export const MONTH_HOURS = MONTH_DAYS * HOURS_IN_DAY;
export const PLANNED_ID = 'planned';
const SOURCE_ID = 'planned';

/** How replicas are rented for a month: number, pricing class and rate. */
export interface RentedPods {
  /** Always on. */
  readonly pods: number;
  readonly pricingClass: PricingClass;
  readonly rate: PlannedRate;
  /** Additional on-demand replicas for single hours. */
  readonly hourly?: { readonly podsByHour: readonly number[]; readonly rate: PlannedRate };
}

/**
 * The month as input: the same day 30 times, hour by hour, with always-on replicas if any are
 * rented.
 */
export function plannedInput(
  request: PlannedRequest,
  gpu: PlannedGpu,
  rented?: RentedPods,
): StackInput {
  return {
    window: MONTH,
    charges: rented === undefined ? [] : chargesOf(gpu, rented),
    resources: [],
    prices: request.prices,
    availability: [],
    rates: [],
    deployments: [deploymentAhead(request, gpu, rented)],
    labor: request.labor ?? NO_HOURS,
    commitments: [],
    sharing: 'gpu-time',
    cacheRealization: request.cacheRealization,
    market: {},
    migration: { hours: {}, stated: true },
    isPlanned: true,
  };
}

function deploymentAhead(
  request: PlannedRequest,
  gpu: PlannedGpu,
  rented?: RentedPods,
): DeploymentInput {
  const usage = monthOfUsage(request, rented);
  return {
    id: PLANNED_ID,
    model: request.model,
    gpu: { type: gpu.type, count: gpu.count },
    resources: [{ sourceId: SOURCE_ID }],
    usage,
    trailingUsage: emptySeries(0),
    ...(gpu.capacity === undefined ? {} : { capacity: { tokensPerSecond: gpu.capacity } }),
    hosted: request.hosted,
    rightSize: { headroom: request.headroom, minReplicas: 1 },
    ...(gpu.serverless === undefined ? {} : { serverless: { ...ALWAYS_WARM, ...gpu.serverless } }),
    evictionOverhead: ZERO,
  };
}

/** Starts and idle times of a planned deployment are unknown, so the cost is a lower bound. */
const ALWAYS_WARM = { coldStartMs: 0, idleTimeoutMs: 0, minWorkers: 0 };

/** Tokens of each hour of a day by class: integers that sum to each class's share of the day. */
function dayOfClasses(request: PlannedRequest): readonly [bigint[], bigint[], bigint[]] {
  const prompt = subtract(ONE, request.outputShare);
  const cached = multiply(prompt, request.cachedShare);
  const mix = [subtract(prompt, cached), cached, request.outputShare];
  const [uncached = 0n, hits = 0n, output = 0n] = apportionExact(
    toInteger(request.tokensPerDay),
    mix,
  );
  const shares = hourShares(request.burstiness);
  const hours = (tokens: bigint) => apportionExact(tokens, shares);
  return [hours(uncached), hours(hits), hours(output)];
}

/** Busy time and requests are left out: they are unknown before anything runs. */
function monthOfUsage(request: PlannedRequest, rented: RentedPods | undefined): UsageSeries {
  const [uncached, hits, output] = dayOfClasses(request);
  const series = emptySeries(MONTH_HOURS);
  for (let row = 0; row < MONTH_HOURS; row += 1) {
    const hour = row % HOURS_IN_DAY;
    series.startMs[row] = row * HOUR_MS;
    series.endMs[row] = (row + 1) * HOUR_MS;
    series.uncachedPromptTokens[row] = Number(uncached[hour]);
    series.cachedPromptTokens[row] = Number(hits[hour]);
    series.outputTokens[row] = Number(output[hour]);
    const hourly = rented?.hourly?.podsByHour[hour] ?? 0;
    series.replicaMs[row] = ((rented?.pods ?? 1) + hourly) * HOUR_MS;
  }
  return series;
}

/** Tokens by hour of a day, prompt plus output. */
export function plannedTokensByHour(request: PlannedRequest): number[] {
  const [uncached, hits, output] = dayOfClasses(request);
  return uncached.map((count, hour) => Number(count + (hits[hour] ?? 0n) + (output[hour] ?? 0n)));
}

/**
 * The fewest replicas that serve each hour of a day at the headroom, at least one.
 * @throws {Failure} `usage` if an hour needs more than {@link MOST_PODS} replicas.
 */
export function podsByHour(request: PlannedRequest, { type, capacity }: PodsTerms): number[] {
  const terms = { tokensPerSecond: capacity, headroom: request.headroom, scale: ONE };
  const need = replicaNeed(terms);
  const pods = plannedTokensByHour(request).map((count) => Math.max(1, need(count, HOUR_MS)));
  refuseTooMany(type, Math.max(...pods));
  return pods;
}

export interface PodsTerms {
  /** The GPU type as entered. */
  readonly type: string;
  /** Tokens per second of one replica. */
  readonly capacity: Exact;
}

/** No model runs on more replicas, and a bill with more lines would only be slow. */
const MOST_PODS = 10_000;

function refuseTooMany(type: string, pods: number): void {
  if (pods <= MOST_PODS) return;
  throw new OverrideRefused({
    code: 'too-many-replicas',
    gpu: type,
    replicas: pods,
    most: MOST_PODS,
  });
}

function chargesOf(gpu: PlannedGpu, rented: RentedPods): Charge[] {
  return [...podCharges(gpu, rented), ...hourlyCharges(gpu, rented)];
}

/** One charge for each hour with on-demand replicas, for all of them together. */
function hourlyCharges(gpu: PlannedGpu, { hourly }: RentedPods): Charge[] {
  if (hourly === undefined) return [];
  const { podsByHour: byHour, rate } = hourly;
  return Array.from({ length: MONTH_HOURS }, (_, at) => at).flatMap((at): Charge[] => {
    const pods = byHour[at % HOURS_IN_DAY] ?? 0;
    if (pods === 0) return [];
    const key = `hour-${at + 1}`;
    const span = period(at * HOUR_MS, (at + 1) * HOUR_MS);
    const billed = nanoFromUsd(multiply(rate.usdPerGpuHour, exactInteger(pods * gpu.count)));
    const quantity = exactInteger(pods);
    const terms = { pricingClass: 'on-demand' as const, period: span, billed, quantity };
    return [{ ...chargeFields(gpu, key), ...terms }];
  });
}

/** Fields common to all planned charges. */
function chargeFields(gpu: PlannedGpu, key: string) {
  return {
    sourceId: SOURCE_ID,
    key,
    resourceId: key,
    category: 'compute',
    unit: 'Hours',
    gpuType: gpu.type,
    gpuCount: gpu.count,
    basis: 'list',
  } as const;
}

function podCharges(gpu: PlannedGpu, { pods, pricingClass, rate }: RentedPods): Charge[] {
  const gpuHours = exactInteger(MONTH_HOURS * gpu.count);
  const billed = nanoFromUsd(multiply(rate.usdPerGpuHour, gpuHours));
  const terms = { pricingClass, period: MONTH, billed, quantity: exactInteger(MONTH_HOURS) };
  return Array.from({ length: pods }, (_, at) => ({
    ...chargeFields(gpu, `pod-${at + 1}`),
    ...terms,
  }));
}

const NO_RANGE = { low: ZERO, base: ZERO, high: ZERO };
const NO_SIDE = { fixedHours: NO_RANGE, hoursPerDeployment: NO_RANGE };
const NO_HOURS: LaborInput = {
  loadedUsdPerHour: ZERO,
  selfHosted: NO_SIDE,
  hosted: NO_SIDE,
  serverlessShare: ONE,
  basis: 'assumed',
};

/** The peak hour in UTC; which hour it is changes no cost. */
const PEAK_HOUR = 12;

/**
 * Share of each hour in a day whose peak hour is `burstiness` times its mean (1 is flat, 24 is all
 * in one hour). A triangle with n hours up and n hours down has 24 / n. Values between two
 * triangles are interpolated. At 3 the peak hour has 1/8 of the day, and nine hours have nothing.
 */
export function hourShares(burstiness: Exact): Exact[] {
  const steps = [exact(1n), ...Array.from({ length: 12 }, (_, at) => ratioOf(12 - at))];
  const upper = steps.findIndex(
    (ratio) => ratio.num * burstiness.den >= burstiness.num * ratio.den,
  );
  const [below, above] = [steps[upper - 1], steps[upper]];
  invariant(above !== undefined && burstiness.num >= burstiness.den, 'from 1 to 24');
  if (below === undefined) return flat();
  const part = divide(subtract(burstiness, below), subtract(above, below));
  const [from, to] = [upper === 1 ? flat() : triangle(14 - upper), triangle(13 - upper)];
  return from.map((share, hour) => add(share, multiply(part, subtract(to[hour] ?? share, share))));
}

function ratioOf(hours: number): Exact {
  return exact(BigInt(HOURS_IN_DAY), BigInt(hours));
}

function flat(): Exact[] {
  return Array.from({ length: HOURS_IN_DAY }, () => exact(1n, BigInt(HOURS_IN_DAY)));
}

/** Weights n - distance from the peak, which sum to n x n. */
function triangle(hours: number): Exact[] {
  return Array.from({ length: HOURS_IN_DAY }, (_, hour) => {
    const weight = Math.max(0, hours - Math.abs(hour - PEAK_HOUR));
    return divide(exactInteger(weight), exactInteger(hours * hours));
  });
}
