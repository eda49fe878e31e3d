/** Prices one GPU type in each way of renting it, with its break-even points. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { HOURS_IN_DAY } from '../option/weekOff.ts';
import { findOffer, hostedCost } from '../options.ts';
import type { PlannedGpuResult, PlannedOption, PlannedOptionCode } from './result.ts';
import { type BreakEvenLoad, findBreakEvenLoad } from './breakEvenLoad.ts';
import { MONTH_HOURS, podsByHour } from './plannedInput.ts';
import { plannedOption, type WeighedMonth, weighMonth } from './weighMonth.ts';
import type { PlannedGpu, PlannedRate, PlannedRequest } from './request.ts';

export interface GpuFinding {
  readonly answer: PlannedGpuResult;
  readonly options: readonly PlannedOption[];
}

const SECONDS_IN_HOUR = exactInteger(3600);

export function weighGpu(request: PlannedRequest, gpu: PlannedGpu): GpuFinding {
  const { capacity, onDemand } = gpu;
  const { type } = gpu;
  const byHour = capacity === undefined ? undefined : podsByHour(request, { type, capacity });
  const isRented = byHour !== undefined && onDemand !== undefined;
  const month = isRented
    ? weighMonth(request, gpu, { pods: most(byHour), pricingClass: 'on-demand', rate: onDemand })
    : weighMonth(request, gpu);
  const options = [
    ...(isRented ? podOptions(month, gpu) : []),
    ...(isRented ? hybridOptions(month, 'pods-with-overflow', { type, rate: onDemand }) : []),
    ...(byHour === undefined ? [] : reservedOptions(request, gpu, byHour)),
    ...serverlessOptions(month, gpu),
  ];
  return { answer: toAnswer(month, gpu, byHour), options };
}

function most(podsOfHours: readonly number[]): number {
  return Math.max(...podsOfHours);
}

/** Hourly replicas are listed only if they cost other than always-on ones. */
function podOptions(month: WeighedMonth, gpu: PlannedGpu): PlannedOption[] {
  const from = gpu.onDemand === undefined ? [] : [gpu.onDemand.from];
  const fields = { gpu: gpu.type, from };
  const always = plannedOption(month, 'keep', { ...fields, code: 'pods' });
  const hourly = plannedOption(month, 'right-size', { ...fields, code: 'hourly-pods' });
  const differs = hourly !== undefined && subtract(hourly.usd, always?.usd ?? ZERO).num !== 0n;
  return [always, differs ? hourly : undefined].filter((each) => each !== undefined);
}

function reservedOptions(
  request: PlannedRequest,
  gpu: PlannedGpu,
  byHour: readonly number[],
): PlannedOption[] {
  const { reserved, type } = gpu;
  if (reserved === undefined) return [];
  const rented = { pods: most(byHour), pricingClass: 'reserved', rate: reserved } as const;
  const fields = { code: 'reserved-pods', gpu: type, from: [reserved.from] } as const;
  const month = weighMonth(request, gpu, rented);
  const option = plannedOption(month, 'keep', fields);
  return [
    ...[option, baseOption(request, gpu, byHour)].filter((each) => each !== undefined),
    ...hybridOptions(month, 'reserved-pods-with-overflow', { type, rate: reserved }),
  ];
}

/** Listed only with overflow: without it, it equals always-on replicas. */
function hybridOptions(
  month: WeighedMonth,
  code: PlannedOptionCode,
  { type, rate }: { readonly type: string; readonly rate: PlannedRate },
): PlannedOption[] {
  const { chosen } = month.deployment.hosted;
  const host = chosen === undefined ? [] : [chosen.hostName ?? chosen.host];
  const from = [...new Set([rate.from, ...host])];
  const option = plannedOption(month, 'hybrid', { code, gpu: type, from });
  return option?.overflowUsd === undefined || isZero(option.overflowUsd) ? [] : [option];
}

/** Listed only if it differs from all reserved and from all hourly. */
function baseOption(
  request: PlannedRequest,
  gpu: PlannedGpu,
  byHour: readonly number[],
): PlannedOption | undefined {
  const { reserved, onDemand, type } = gpu;
  if (reserved === undefined || onDemand === undefined) return undefined;
  const pods = countReservedPods(byHour, shareOfOnDemand(reserved, onDemand));
  if (pods === 0 || pods === most(byHour)) return undefined;
  const above = byHour.map((needed) => Math.max(0, needed - pods));
  const hourly = { podsByHour: above, rate: onDemand };
  const rented = { pods, pricingClass: 'reserved', rate: reserved, hourly } as const;
  const from = [...new Set([reserved.from, onDemand.from])];
  const fields = { code: 'reserved-and-hourly-pods', gpu: type, from } as const;
  const option = plannedOption(weighMonth(request, gpu, rented), 'keep', fields);
  return option && { ...option, reservedReplicas: pods };
}

function serverlessOptions(month: WeighedMonth, { type, serverless }: PlannedGpu): PlannedOption[] {
  if (serverless === undefined) return [];
  const fields = { code: 'serverless', gpu: type, from: [serverless.from] } as const;
  const option = plannedOption(month, 'serverless', fields);
  return option === undefined ? [] : [option];
}

function toAnswer(
  month: WeighedMonth,
  gpu: PlannedGpu,
  byHour: readonly number[] | undefined,
): PlannedGpuResult {
  const { type, count, capacity, capacityOf, onDemand } = gpu;
  const podUsd = onDemand && multiply(onDemand.usdPerGpuHour, exactInteger(MONTH_HOURS * count));
  return {
    type,
    count,
    ...(capacity === undefined ? {} : { capacity }),
    ...(capacityOf === undefined ? {} : { capacityOf }),
    capacityForOne: capacityForOne(month.request),
    ...(podUsd === undefined ? {} : { podUsd }),
    ...(podUsd === undefined || capacity === undefined
      ? {}
      : breakEvens(month, { podUsd, capacity })),
    ...serverlessShares(month),
    ...reservedShares(month, gpu, byHour),
  };
}

/** The peak hour's tokens / 3,600 s / headroom: 1,250,000 at 0.8 need 434 tokens/s. */
function capacityForOne({ tokensPerDay, burstiness, headroom }: PlannedRequest): Exact {
  const peak = divide(multiply(tokensPerDay, burstiness), exactInteger(HOURS_IN_DAY));
  return divide(peak, multiply(SECONDS_IN_HOUR, headroom));
}

function breakEvens(
  { request, stack, deployment }: WeighedMonth,
  { podUsd, capacity }: { podUsd: Exact; capacity: Exact },
): Pick<PlannedGpuResult, 'fullUsdPerMtok' | 'podsPay'> {
  const seconds = multiply(exactInteger(MONTH_HOURS), SECONDS_IN_HOUR);
  const fullTokens = multiply(multiply(capacity, request.headroom), seconds);
  const fullUsdPerMtok = divide(multiply(podUsd, exactInteger(1_000_000)), fullTokens);
  const hostedUsd = hostedCost(deployment);
  const { tokens } = deployment.served;
  if (hostedUsd === undefined || tokens === 0) {
    return { fullUsdPerMtok };
  }
  const terms = {
    podUsd,
    hostedUsdPerToken: divide(hostedUsd, exactInteger(tokens)),
    podTokens: divide(fullTokens, request.burstiness),
  };
  const at = (laborUsd: Exact): BreakEvenLoad | 'never' =>
    findBreakEvenLoad({ ...terms, laborUsd }) ?? 'never';
  const { selfHosted, hosted } = deployment.labor;
  const own = add(selfHosted.base, stack.labor.selfHosted.base);
  const rented = add(hosted.base, stack.labor.hosted.base);
  return {
    fullUsdPerMtok,
    podsPay: {
      alone: at(ZERO),
      ...(request.labor === undefined ? {} : { withPeople: at(subtract(own, rented)) }),
    },
  };
}

function serverlessShares({ deployment }: WeighedMonth): Pick<PlannedGpuResult, 'serverless'> {
  const { breakEvenShare, workerShare } = findOffer(deployment, 'serverless')?.detail ?? {};
  if (breakEvenShare === undefined || workerShare === undefined) return {};
  return { serverless: { breakEvenShare, workerShare } };
}

/**
 * Reserved capacity is paid around the clock: it is cheaper for replicas needed during more of the
 * time.
 */
function reservedShares(
  { deployment }: WeighedMonth,
  { onDemand, reserved }: PlannedGpu,
  byHour: readonly number[] | undefined,
): Pick<PlannedGpuResult, 'reserved'> {
  const needed = findOffer(deployment, 'right-size')?.detail.replicaHours;
  if (byHour === undefined || onDemand === undefined || reserved === undefined) return {};
  if (needed === undefined) return {};
  const breakEvenShare = shareOfOnDemand(reserved, onDemand);
  const neededShare = divide(needed, exactInteger(most(byHour) * MONTH_HOURS));
  const pods = countReservedPods(byHour, breakEvenShare);
  return { reserved: { breakEvenShare, neededShare, pods, most: most(byHour) } };
}

/**
 * A replica is reserved if it is needed for a larger share of the day than the reserved rate is of
 * the on-demand rate. Of three pods at $1.80 instead of $2.50 (72%), the always-on one is reserved;
 * the two needed for 6 of 24 hours are not.
 * @param podsByHour replicas needed in each hour of the day
 * @param reservedShare reserved rate over on-demand rate
 */
function countReservedPods(podsByHour: readonly number[], reservedShare: Exact): number {
  const hours = BigInt(podsByHour.length);
  const most = podsByHour.reduce((a, b) => Math.max(a, b), 0);
  let base = 0;
  while (base < most) {
    const needed = podsByHour.filter((pods) => pods > base).length;
    if (compare(exact(BigInt(needed), hours), reservedShare) <= 0) return base;
    base += 1;
  }
  return base;
}

/** Reserved rate over on-demand rate: $1.80 of $2.50 is 0.72. */
function shareOfOnDemand(
  reserved: { readonly usdPerGpuHour: Exact },
  onDemand: { readonly usdPerGpuHour: Exact },
): Exact {
  return divide(reserved.usdPerGpuHour, onDemand.usdPerGpuHour);
}
