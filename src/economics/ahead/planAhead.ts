/** Compares the ways to serve a model before anything runs. */

import { compare, type Exact, exactInteger, multiply, subtract, ZERO } from '../../domain/exact.ts';
import type { AheadAnswer, AheadGpuAnswer, AheadCode, AheadOption } from './answer.ts';
import type { AheadLack } from '../lack.ts';
import type { NoOffer } from '../offer.ts';
import { MONTH_DAYS } from './stackAhead.ts';
import { tierOf } from './tiers.ts';
import { optionAhead, weighMonth } from './weighAhead.ts';
import { weighGpu } from './weighGpu.ts';
import type { AheadGpu, AheadWish } from './wish.ts';

/**
 * Plans a month of 30 days with the same economics as an audit, for every option with known prices.
 * Unknown inputs are listed as missing, never guessed.
 */
export function planAhead(request: AheadWish): AheadAnswer {
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

function apiOption(request: AheadWish): AheadOption | NoOffer {
  const [gpu] = request.gpus;
  if (gpu === undefined) return { reason: { code: 'no-gpu-named' } };
  const month = weighMonth(request, gpu);
  const { chosen, reason } = month.deployment.hosted;
  const from = chosen === undefined ? [] : [chosen.hostName ?? chosen.host];
  const option = optionAhead(month, 'delete', { code: 'hosted-api', from });
  return option ?? { reason: reason ?? { code: 'no-hosted-price' } };
}

const RESERVING: ReadonlySet<AheadCode> = new Set([
  'reserved-pods',
  'reserved-and-hourly-pods',
  'reserved-pods-with-overflow',
]);

/** The tier by GPU spend: the cost of API overflow is not GPU spend. */
function tierOfBest(best: AheadOption, gpus: readonly AheadGpu[]) {
  const rentUsd = subtract(best.usd, best.overflowUsd ?? ZERO);
  const gpu = gpus.find(({ type }) => type === best.gpu);
  const knows = { onDemand: gpu?.onDemand !== undefined, reserved: gpu?.reserved !== undefined };
  const rule = tierOf(rentUsd, { isReserved: RESERVING.has(best.code), knows });
  return { rule, rentUsd, of: best };
}

function addBest(answer: AheadGpuAnswer, options: readonly AheadOption[]): AheadGpuAnswer {
  const [best] = options.toSorted(byCost);
  return best === undefined ? answer : { ...answer, best };
}

function byCost(a: AheadOption, b: AheadOption): number {
  return compare(costOf(a), costOf(b));
}

/** Including engineering time, if known. */
function costOf({ usd, withPeopleUsd }: AheadOption): Exact {
  return withPeopleUsd ?? usd;
}

function findMissing({ type: gpu, ...known }: AheadGpu): AheadLack[] {
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
