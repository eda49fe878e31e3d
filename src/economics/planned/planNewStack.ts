/** Compares the ways to serve a model before anything runs. */

import { compare, type Exact, exactInteger, multiply, subtract, ZERO } from '../../domain/exact.ts';
import {
  type PlannedGpuResult,
  type PlannedOption,
  type PlannedOptionCode,
  type PlannedResult,
  tierForOption,
} from './result.ts';
import type { PlannedLack } from '../lack.ts';
import type { NoOffer } from '../offer.ts';
import { MONTH_DAYS } from './plannedInput.ts';
import { plannedOption, weighMonth } from './weighMonth.ts';
import { weighGpu } from './weighGpu.ts';
import type { PlannedGpu, PlannedRequest } from './request.ts';

/**
 * Plans a month of 30 days with the same economics as an audit, for every option with known prices.
 * Unknown inputs are listed as missing, never guessed.
 */
export function planNewStack(request: PlannedRequest): PlannedResult {
  const findings = request.gpus.map((gpu) => weighGpu(request, gpu));
  const api = apiOption(request);
  const own = findings.flatMap(({ options }) => options).toSorted(byCost);
  const options = [...own, ...('reason' in api ? [] : [api])].toSorted(byCost);
  const [best] = own;
  return {
    tokensPerMonth: multiply(request.tokensPerDay, exactInteger(MONTH_DAYS)),
    options,
    ...(best?.gpu === undefined ? {} : { gpu: best.gpu, tier: tierOfBest(best, request.gpus) }),
    gpus: findings.map(({ answer, options: of }) => addBest(answer, of)),
    missing: [
      ...('reason' in api ? [{ code: 'hosted-price', lack: api.reason } as const] : []),
      ...request.gpus.flatMap(findMissing),
      ...(request.labor === undefined ? [{ code: 'engineering-time' } as const] : []),
    ],
  };
}

function apiOption(request: PlannedRequest): PlannedOption | NoOffer {
  const [gpu] = request.gpus;
  if (gpu === undefined) return { reason: { code: 'no-gpu-named' } };
  const month = weighMonth(request, gpu);
  const { chosen, reason } = month.deployment.hosted;
  const from = chosen === undefined ? [] : [chosen.hostName ?? chosen.host];
  const option = plannedOption(month, 'delete', { code: 'hosted-api', from });
  return option ?? { reason: reason ?? { code: 'no-hosted-price' } };
}

const RESERVING: ReadonlySet<PlannedOptionCode> = new Set([
  'reserved-pods',
  'reserved-and-hourly-pods',
  'reserved-pods-with-overflow',
]);

/** The tier by GPU spend: the cost of API overflow is not GPU spend. */
function tierOfBest(best: PlannedOption, gpus: readonly PlannedGpu[]) {
  const rentUsd = subtract(best.usd, best.overflowUsd ?? ZERO);
  const gpu = gpus.find(({ type }) => type === best.gpu);
  const knows = { onDemand: gpu?.onDemand !== undefined, reserved: gpu?.reserved !== undefined };
  const rule = tierForOption(rentUsd, { isReserved: RESERVING.has(best.code), knownRates: knows });
  return { rule, rentUsd, of: best };
}

function addBest(answer: PlannedGpuResult, options: readonly PlannedOption[]): PlannedGpuResult {
  const [best] = options.toSorted(byCost);
  return best === undefined ? answer : { ...answer, best };
}

function byCost(a: PlannedOption, b: PlannedOption): number {
  return compare(costOf(a), costOf(b));
}

/** Including engineering time, if known. */
function costOf({ usd, withEngineeringUsd }: PlannedOption): Exact {
  return withEngineeringUsd ?? usd;
}

function findMissing({ type: gpu, ...known }: PlannedGpu): PlannedLack[] {
  const rates = ['onDemand', 'reserved', 'serverless'] as const;
  return [
    ...(known.capacity === undefined ? [{ code: 'capacity', gpu } as const] : []),
    ...rates
      .filter((name) => known[name] === undefined)
      .map((name) => ({ code: RATES[name], gpu })),
  ];
}

const RATES = {
  onDemand: 'on-demand-rate',
  reserved: 'reserved-rate',
  serverless: 'serverless-rate',
} as const;
