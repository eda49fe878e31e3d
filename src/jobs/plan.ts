/** Makes a plan from the given options and prices, and otherwise from the ledger. */

import { exact, type Exact, multiply, ONE, ZERO } from '../domain/exact.ts';
import { planNewStack } from '../economics/planned/planNewStack.ts';
import type {
  PlannedGpu,
  PlannedRate,
  PlannedRequest,
  PlannedServerless,
} from '../economics/planned/request.ts';
import type { AssumedRange, HostedInput, LaborInput, LaborSide } from '../economics/input.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import {
  type ForGpu,
  type GivenPrice,
  type HoursBasis,
  type PlanDocument,
  type PlanRequest,
  toPlanDocument,
} from './planDocument.ts';
import type { Config, LaborConfig, LaborSideConfig } from '../config/config.ts';
import type { PricingClass } from '../domain/charge.ts';
import { nanoFromUsd, nanoUsdPerMtok, usd } from '../domain/money.ts';
import { period } from '../domain/period.ts';
import type { HostedPrice } from '../domain/price.ts';
import { comparableRates, rateAt } from '../economics/option/rateBook.ts';
import type { JobContext } from './job.ts';
import { toHostedInput } from './gather.ts';
import { readPricesInForce } from './hostedPrices.ts';
import { isSameGpuName } from '../domain/gpu.ts';

/** Options take precedence over the ledger; without a context there are only options. */
export async function computePlan(
  request: PlanRequest,
  context?: PlanContext,
): Promise<PlanDocument> {
  const { labor, basis } = findPlanLabor(request, context?.config.labor);
  const hosts = await findPlanHostedPrices(request, context);
  const { model, tokensPerDay, burstiness, outputShare, cachedShare, headroom } = request;
  const terms: PlannedRequest = {
    model,
    tokensPerDay,
    burstiness,
    outputShare,
    cachedShare,
    headroom,
    ...hosts,
    gpus: await findPlanGpus(request, context),
    cacheRealization: context?.config.policy.cacheRealization ?? HALF,
    ...(labor === undefined ? {} : { labor }),
  };
  const answer = withRefusalsInWords(() => planNewStack(terms));
  const isWhole = labor === undefined || hasHostedHours(request, context);
  const unknown = isWhole ? [] : [{ code: 'hosting-hours' } as const];
  return toPlanDocument(terms, { ...answer, missing: [...answer.missing, ...unknown] }, basis);
}

function hasHostedHours({ hostedHours }: PlanRequest, context: PlanContext): boolean {
  return hostedHours !== undefined || context !== undefined;
}

const HALF: AssumedRange = { low: ZERO, base: exact(1n, 2n), high: ONE };

const MONTH_OF_QUARTER = exact(1n, 3n);
const SERVERLESS_SHARE = exact(3n, 5n);
const NONE: LaborSide = side(ZERO, ZERO);

/** Returns nothing if no hours are known: an unknown hour is not zero. */
function findPlanLabor(
  { opsHours, hostedHours, laborRate }: PlanRequest,
  config: LaborConfig | undefined,
): { labor?: LaborInput; basis?: HoursBasis } {
  const rate = laborRate ?? config?.loadedUsdPerHour;
  const selfHosted = givenSide(opsHours) ?? monthlySide(config?.selfHosted);
  if (rate === undefined || selfHosted === undefined) return {};
  const isGiven = opsHours !== undefined && laborRate !== undefined;
  const basis = isGiven ? 'given' : config?.stated === true ? 'config' : 'assumed';
  const labor: LaborInput = {
    loadedUsdPerHour: rate,
    selfHosted,
    hosted: givenSide(hostedHours) ?? monthlySide(config?.hosted) ?? NONE,
    serverlessShare: config?.serverlessShare ?? SERVERLESS_SHARE,
    basis: 'assumed',
  };
  return { labor, basis };
}

/** Hours for this one model. */
function givenSide(hours: Exact | undefined): LaborSide | undefined {
  return hours && side(ZERO, hours);
}

function monthlySide(config: LaborSideConfig | undefined): LaborSide | undefined {
  if (config === undefined) return undefined;
  const month = (hours: Exact) => multiply(hours, MONTH_OF_QUARTER);
  return side(month(config.fixedHours.base), month(config.hoursPerDeployment.base));
}

function side(fixed: Exact, own: Exact): LaborSide {
  return { fixedHours: exactRange(fixed), hoursPerDeployment: exactRange(own) };
}

function exactRange(hours: Exact) {
  return { low: hours, base: hours, high: hours };
}

const GIVEN = 'given';

/** Config, ledger and clock for looking up prices; absent without a config or a ledger. */
export type PlanContext = Pick<JobContext, 'config' | 'ledger' | 'clock'> | undefined;

async function findPlanGpus(request: PlanRequest, known: PlanContext): Promise<PlannedGpu[]> {
  const nowMs = known?.clock.nowMs() ?? 0;
  const ledger = known?.ledger;
  const rates = (await ledger?.facts.gpuRates(await ledger.facts.asOfNow(nowMs))) ?? [];
  const market = known?.config.market ?? {};
  const newest = (type: string, pricingClass: PricingClass): PlannedRate | undefined => {
    const found = comparableRates({ rates, market }, type, pricingClass);
    const now = 'reason' in found ? [] : found.map((history) => rateAt(history, nowMs));
    const [first, ...others] = now.filter((rate) => rate !== undefined);
    if (first === undefined) return undefined;
    const least = others.reduce((a, b) => (b.usdPerGpuHour < a.usdPerGpuHour ? b : a), first);
    return { usdPerGpuHour: usd(least.usdPerGpuHour), from: least.provider };
  };
  return request.gpus.map(({ type, capacity = request.capacity }) => {
    const { model, gpuCount: count } = request;
    const own = findMatchingReplica(known?.config, { model, type, count });
    const onDemand = givenRate(request.gpuRates, type) ?? newest(type, 'on-demand');
    const reserved = givenRate(request.reservedRates, type) ?? newest(type, 'reserved');
    const worker = givenFor(request.serverlessRates, type);
    const pool = newest(type, 'serverless');
    return {
      type,
      count,
      ...(capacity === undefined ? own.capacity : { capacity }),
      ...(onDemand === undefined ? {} : { onDemand }),
      ...(reserved === undefined ? {} : { reserved }),
      ...serverlessOf({ given: worker, own, pool }, count),
    };
  });
}

interface WorkerPrices {
  readonly given: Exact | undefined;
  readonly own: ConfiguredReplica;
  readonly pool: PlannedRate | undefined;
}

/** Market rates are per GPU-hour; a worker has all GPUs of a replica. */
function serverlessOf(
  { given, own, pool }: WorkerPrices,
  count: number,
): Pick<PlannedGpu, 'serverless'> {
  if (given !== undefined) return { serverless: { usdPerSecond: given, from: GIVEN } };
  if (own.serverless !== undefined) return { serverless: own.serverless };
  if (pool === undefined) return {};
  const usdPerSecond = multiply(pool.usdPerGpuHour, exact(BigInt(count), 3600n));
  return { serverless: { usdPerSecond, from: pool.from } };
}

function givenRate(given: readonly ForGpu[], type: string): PlannedRate | undefined {
  const usdPerGpuHour = givenFor(given, type);
  return usdPerGpuHour && { usdPerGpuHour, from: GIVEN };
}

function givenFor(given: readonly ForGpu[], type: string): Exact | undefined {
  const own = given.find((each) => each.type === type);
  return (own ?? given.find((each) => each.type === undefined))?.value;
}

async function findPlanHostedPrices(
  { model, hosted, fee }: PlanRequest,
  known: PlanContext,
): Promise<Pick<PlannedRequest, 'prices' | 'hosted'>> {
  const withFee = fee === undefined ? {} : { fee };
  if (hosted !== undefined) {
    const terms = { ...namedTerms([GIVEN], model), ...withFee };
    return { prices: [givenPrice(model, hosted)], hosted: terms };
  }
  if (known === undefined) return { prices: [], hosted: { ...namedTerms([], model), ...withFee } };
  const terms = { ...termsOf(known.config, model), ...withFee };
  const nowMs = known.clock.nowMs();
  const models = terms.equivalents.map(({ sourceId, model: name }) => ({ sourceId, model: name }));
  const asOfMs = await known.ledger.facts.asOfNow(nowMs);
  const found = await readPricesInForce(known, models, {
    window: period(nowMs, nowMs + 1),
    asOfMs,
  });
  return { prices: found.prices.map(fromTheStart), hosted: terms };
}

/**
 * Uses the hosted terms of a deployment that serves the model; otherwise every source may sell it.
 */
function termsOf({ deployments, sources }: Config, model: string): HostedInput {
  const own = deployments.find((each) => each.model === model && each.hosted !== undefined);
  if (own?.hosted !== undefined) return toHostedInput(own.hosted);
  return namedTerms([...sources.map(({ id }) => id), 'import'], model);
}

function namedTerms(sourceIds: readonly string[], model: string): HostedInput {
  const equivalents = [...new Set(sourceIds)].map((sourceId) => ({
    sourceId,
    model,
    tokenRatio: ONE,
  }));
  return { equivalents, policy: 'cheapest', fee: ZERO, allowFree: false };
}

function givenPrice(model: string, { input, output, cached }: GivenPrice): HostedPrice {
  const perMtok = (price: Exact) => nanoUsdPerMtok(nanoFromUsd(price));
  return {
    sourceId: GIVEN,
    model,
    host: GIVEN,
    quantization: 'unknown',
    validFromMs: 0,
    inputPerMtok: perMtok(input),
    outputPerMtok: perMtok(output),
    ...(cached === undefined ? {} : { cachedInputPerMtok: perMtok(cached) }),
    free: false,
    offered: true,
  };
}

/** Makes the newest price hold for the whole planned month; older ones come before it. */
function fromTheStart(price: HostedPrice, at: number, all: readonly HostedPrice[]): HostedPrice {
  return { ...price, validFromMs: at - all.length };
}

/** A value is absent if no matching deployment states it. */
export interface ConfiguredReplica {
  readonly capacity: Pick<PlannedGpu, 'capacity' | 'capacityOf'>;
  readonly serverless?: PlannedServerless;
}

export interface PlannedReplica {
  readonly model: string;
  readonly type: string;
  readonly count: number;
}

/** Uses the first deployment with the same model, GPU type and GPU count. */
function findMatchingReplica(
  config: Config | undefined,
  planned: PlannedReplica,
): ConfiguredReplica {
  const own = config?.deployments.find(
    ({ model, gpu }) =>
      model === planned.model &&
      gpu.count === planned.count &&
      gpu.share === undefined &&
      isSameGpuName(gpu.type, planned.type),
  );
  if (own === undefined) return { capacity: {} };
  const { id, capacity, serverless } = own;
  return {
    capacity: capacity === undefined ? {} : { capacity: capacity.tokensPerSecond, capacityOf: id },
    ...(serverless === undefined
      ? {}
      : { serverless: { usdPerSecond: serverless.usdPerSecond, from: `the config of ${id}` } }),
  };
}
