/** Which way of serving a model would be cheapest, before anything runs. */

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
 * A month of 30 days by the same economics as an audit, for every option whose prices are known;
 * what is not known is said to be missing, and never guessed.
 */
export function planAhead(wish: AheadWish): AheadAnswer {
  const findings = wish.gpus.map((gpu) => weighGpu(wish, gpu));
  const api = apiOption(wish);
  const own = findings.flatMap(({ options }) => options).toSorted(byCost);
  const options = [...own, ...('reason' in api ? [] : [api])].toSorted(byCost);
  const [best] = own;
  return {
    tokensPerMonth: multiply(wish.tokensPerDay, exactInteger(MONTH_DAYS)),
    options,
    ...(best?.gpu === undefined ? {} : { gpu: best.gpu, tier: tierOfBest(best, wish.gpus) }),
    gpus: findings.map(({ answer, options: of }) => withBest(answer, of)),
    missing: [
      ...('reason' in api ? [{ code: 'hosted-price', lack: api.reason } as const] : []),
      ...wish.gpus.flatMap(missingOf),
      ...(wish.labor === undefined ? [{ code: 'engineering-time' } as const] : []),
    ],
  };
}

function apiOption(wish: AheadWish): AheadOption | NoOffer {
  const [gpu] = wish.gpus;
  if (gpu === undefined) return { reason: { code: 'no-gpu-named' } };
  const month = weighMonth(wish, gpu);
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

/** By what the GPUs cost: what an API asks for the overflow is no rent. */
function tierOfBest(best: AheadOption, gpus: readonly AheadGpu[]) {
  const rentUsd = subtract(best.usd, best.overflowUsd ?? ZERO);
  const gpu = gpus.find(({ type }) => type === best.gpu);
  const knows = { onDemand: gpu?.onDemand !== undefined, reserved: gpu?.reserved !== undefined };
  const rule = tierOf(rentUsd, { isReserved: RESERVING.has(best.code), knows });
  return { rule, rentUsd, of: best };
}

function withBest(answer: AheadGpuAnswer, options: readonly AheadOption[]): AheadGpuAnswer {
  const [best] = options.toSorted(byCost);
  return best === undefined ? answer : { ...answer, best };
}

function byCost(a: AheadOption, b: AheadOption): number {
  return compare(costOf(a), costOf(b));
}

/** With people's time, where it is known. */
function costOf({ usd, withPeopleUsd }: AheadOption): Exact {
  return withPeopleUsd ?? usd;
}

function missingOf({ type: gpu, ...known }: AheadGpu): AheadLack[] {
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
