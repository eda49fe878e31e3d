/** The figures of the rules of thumb: prices, and what the audit computes from them. */

import { decimal, divide, type Exact, exact, multiply, ONE, ZERO } from '../../src/domain/exact.ts';
import { nanoFromUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import type { PlannedOption } from '../../src/economics/planned/result.ts';
import { planNewStack } from '../../src/economics/planned/planNewStack.ts';
import type { PlannedGpu, PlannedRequest } from '../../src/economics/planned/request.ts';
import { tokenCount } from '../../src/report/format.ts';
import { LEADER } from './readers.ts';

/** Dollars per hour and per second, with their sources. */
export const A100 = priced('A100-80GB', '1.5', '0.00076');
export const H100 = priced('H100-80GB', '2.95', '0.00116');
export const RTX_4090 = priced('RTX 4090', '0.44', '0.00031');

function priced(type: string, hour: string, second: string) {
  return { type, hour: decimal(hour), second: decimal(second) };
}

export const SPEEDS = ['1000', '2000', '3000'].map(decimal);
export const SHARES = ['0.05', '0.1', '0.2', '0.3', '0.4', '0.5', '0.75', '1'].map(decimal);
export const HOSTED = ['0.1', '0.25', '0.5', '1', '2'].map(decimal);
const SECONDS_IN_DAY = exact(86_400n);
export const TEN_MILLION = decimal('1e7');

/** A tenth and a quarter of an engineer at $200,000 a year. */
export const LEAST_ENGINEERING = exact(20_000n, 12n);
export const USUAL_ENGINEERING = exact(50_000n, 12n);

interface Asked {
  readonly gpu: PlannedGpu;
  readonly tokensPerDay: Exact;
  readonly headroom?: Exact;
  readonly hostedUsdPerMtok?: Exact;
  /** Dollars a month. */
  readonly people?: Exact;
}

export function planFor({ gpu, tokensPerDay, headroom = ONE, hostedUsdPerMtok, people }: Asked) {
  const hours = people ?? ZERO;
  const options: PlannedRequest = {
    model: 'open/model',
    gpus: [gpu],
    tokensPerDay,
    burstiness: ONE,
    outputShare: decimal('0.2'),
    cachedShare: ZERO,
    headroom,
    prices: hostedUsdPerMtok === undefined ? [] : [priceOf(hostedUsdPerMtok)],
    hosted: {
      equivalents: [{ sourceId: 'host', model: 'open/model', tokenRatio: ONE }],
      policy: 'cheapest',
      fee: ZERO,
      allowFree: false,
    },
    cacheRealization: { low: ZERO, base: ZERO, high: ZERO },
    labor: {
      loadedUsdPerHour: ONE,
      selfHosted: { fixedHours: always(hours), hoursPerDeployment: always(ZERO) },
      hosted: { fixedHours: always(ZERO), hoursPerDeployment: always(ZERO) },
      serverlessShare: ONE,
      basis: 'assumed',
    },
  };
  return planNewStack(options);
}

function always(hours: Exact) {
  return { low: hours, base: hours, high: hours };
}

function priceOf(usd: Exact) {
  const perMtok = nanoUsdPerMtok(nanoFromUsd(usd));
  const terms = { quantization: 'fp8', validFromMs: 0, free: false, offered: true };
  const named = { sourceId: 'host', model: 'open/model', host: 'host' };
  return { ...named, ...terms, inputPerMtok: perMtok, outputPerMtok: perMtok };
}

export type PriceSample = typeof A100;

export function gpuAt({ type, hour, second }: PriceSample, capacity: Exact): PlannedGpu {
  const onDemand = { usdPerGpuHour: hour, from: 'list' };
  const serverless = { usdPerSecond: second, from: 'list' };
  return { type, count: 1, capacity, onDemand, serverless };
}

export function optionOf(
  options: readonly PlannedOption[],
  code: PlannedOption['code'],
): PlannedOption {
  const found = options.find((option) => option.code === code);
  if (found === undefined) throw new Error(`no option ${code}`);
  return found;
}

/** Effective $/Mtok of one pod at a utilization, as an audit of that month would compute it. */
export function effectiveAt(price: PriceSample, capacity: Exact, utilization: Exact): Exact {
  const tokensPerDay = multiply(multiply(capacity, SECONDS_IN_DAY), utilization);
  const { options } = planFor({ gpu: gpuAt(price, capacity), tokensPerDay });
  return optionOf(options, 'pods').usdPerMtok;
}

/** Tokens per second at which a full pod costs this much per million. */
export function speedFor(price: PriceSample, target: Exact): Exact {
  const perSecond = decimal('1000');
  return multiply(perSecond, divide(effectiveAt(price, perSecond, ONE), target));
}

/** Pod dollars over serverless dollars, as the economics compute it for any month. */
export function breakEvenShare(price: PriceSample): Exact {
  const gpu = gpuAt(price, decimal('2000'));
  const [found] = planFor({ gpu, tokensPerDay: TEN_MILLION }).gpus;
  if (found?.serverless === undefined) throw new Error('no break-even against serverless');
  return found.serverless.breakEvenShare;
}

export function paysFrom(question: Asked): string {
  const [found] = planFor(question).gpus;
  const pay = found?.podsPay?.withPeople;
  if (pay === undefined || pay === 'never') return 'never';
  return tokenCount(Math.ceil(Number(pay.tokensPerDay.num) / Number(pay.tokensPerDay.den)), LEADER);
}
