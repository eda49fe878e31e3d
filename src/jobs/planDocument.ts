/** The JSON document of a plan. */

import { add, compare, type Exact, toDecimal } from '../domain/exact.ts';
import { usdText } from '../domain/money.ts';
import type {
  PlannedGpuResult,
  PlannedOption,
  PlannedOptionCode,
  PlannedResult,
  SpendTier,
} from '../economics/planned/result.ts';
import type { PlannedRequest } from '../economics/planned/request.ts';
import type { LaborSide } from '../economics/input.ts';
import type { PlannedLack } from '../economics/lack.ts';
import {
  groundsSentence,
  planLackSentence,
  planOptionName,
  tierName,
} from '../report/copy/planOptions.ts';
import { STORED_FORMAT } from '../report/locale.ts';
import type { BreakEvenLoad } from '../economics/planned/breakEvenLoad.ts';

/** Origin of the engineering hours. */
export type HoursBasis = 'given' | 'config' | 'assumed';

/** `rentcheck/plan/1`: decimals with six places, dollars per month of 30 days; null if unknown. */
export interface PlanDocument {
  readonly schema: 'rentcheck/plan/1';
  readonly asked: PlanInputs;
  /** The cheapest option; null if no option has a price. */
  readonly answer: PlanOption | null;
  /** The cheapest option without engineering time. */
  readonly answerWithoutPeople: PlanOption | null;
  /** Cheapest first. */
  readonly options: readonly PlanOption[];
  /** The GPU of the cheapest self-hosted option. */
  readonly gpu: string | null;
  readonly gpus: readonly PlanGpu[];
  /** Spend tier, by the monthly GPU cost of the cheapest self-hosted option. */
  readonly tier: PlanTier | null;
  readonly missing: readonly string[];
  /** The entries of `missing` as facts, in the same order. */
  readonly missingDetails: readonly PlannedLack[];
}

export interface PlanTier extends Pick<PlanOption, 'option' | 'code' | 'gpu' | 'usd'> {
  readonly tier: string;
  readonly grounds: string;
  /** Tier and grounds as codes. */
  readonly detail: SpendTier;
}

export interface PlanInputs {
  readonly model: string;
  readonly tokensPerDay: string;
  readonly burstiness: string;
  readonly outputShare: string;
  readonly cachedShare: string;
  readonly headroom: string;
  readonly people: PlanPeople | null;
}

interface PlanPeople {
  readonly basis: HoursBasis;
  readonly selfHostedHours: string;
  readonly hostedHours: string;
  readonly usdPerHour: string;
}

export interface PlanOption {
  /** The name of the option; `code` is the same for programs. */
  readonly option: string;
  readonly code: PlannedOptionCode;
  readonly gpu: string | null;
  readonly from: string;
  readonly usd: string;
  /** Cost of the hosted API for load beyond the pods; null if the pods serve all. */
  readonly overflowUsd: string | null;
  readonly withPeopleUsd: string | null;
  readonly usdPerMtok: string;
  readonly utilization: string | null;
  readonly replicas: number | null;
  /** Reserved replicas; null if all are rented alike. */
  readonly reservedReplicas: number | null;
}

export function toPlanDocument(
  terms: PlannedRequest,
  answer: PlannedResult,
  basis: HoursBasis | undefined,
): PlanDocument {
  const options = answer.options.map(toPlanOption);
  const [withoutPeople] = answer.options.toSorted((a, b) => compare(a.usd, b.usd));
  return {
    schema: 'rentcheck/plan/1',
    asked: toPlanInputs(terms, basis),
    answer: options[0] ?? null,
    answerWithoutPeople: withoutPeople === undefined ? null : toPlanOption(withoutPeople),
    options,
    gpu: answer.gpu ?? null,
    gpus: answer.gpus.map(toPlanGpu),
    tier: answer.tier === undefined ? null : toPlanTier(answer.tier),
    missing: answer.missing.map((lack) => planLackSentence(lack, STORED_FORMAT)),
    missingDetails: answer.missing,
  };
}

function toPlanTier({ rule, rentUsd, of }: NonNullable<PlannedResult['tier']>): PlanTier {
  const { tier, grounds } = rule;
  return {
    tier: tierName(tier),
    grounds: groundsSentence(grounds),
    detail: { tier, grounds },
    option: planOptionName(of.code),
    code: of.code,
    gpu: of.gpu ?? null,
    usd: usdText(rentUsd),
  };
}

function toPlanInputs(terms: PlannedRequest, basis: HoursBasis | undefined): PlanInputs {
  const { model, tokensPerDay, labor } = terms;
  const people = labor && {
    basis: basis ?? 'given',
    selfHostedHours: hoursText(labor.selfHosted),
    hostedHours: hoursText(labor.hosted),
    usdPerHour: usdText(labor.loadedUsdPerHour),
  };
  return {
    model,
    tokensPerDay: toDecimal(tokensPerDay, 0),
    burstiness: toDecimal(terms.burstiness, 6),
    outputShare: toDecimal(terms.outputShare, 6),
    cachedShare: toDecimal(terms.cachedShare, 6),
    headroom: toDecimal(terms.headroom, 6),
    people: people ?? null,
  };
}

/** Hours per month: a plan has only one deployment. */
function hoursText({ fixedHours, hoursPerDeployment }: LaborSide): string {
  return toDecimal(add(fixedHours.base, hoursPerDeployment.base), 6);
}

function toPlanOption(option: PlannedOption): PlanOption {
  return {
    option: planOptionName(option.code),
    code: option.code,
    gpu: option.gpu ?? null,
    from: option.from.join(' and '),
    usd: usdText(option.usd),
    overflowUsd: sixPlacesOrNull(option.overflowUsd),
    withPeopleUsd: sixPlacesOrNull(option.withEngineeringUsd),
    usdPerMtok: usdText(option.usdPerMtok),
    utilization: sixPlacesOrNull(option.utilization),
    replicas: option.replicas ?? null,
    reservedReplicas: option.reservedReplicas ?? null,
  };
}

export interface PlanGpu {
  readonly gpu: string;
  readonly count: number;
  readonly capacityTokPerSec: string | null;
  /**
   * The deployment whose config states the capacity; null if it was given by hand or is unknown.
   */
  readonly capacityOf: string | null;
  /** The capacity with which one replica would serve the peak hour. */
  readonly capacityForOneTokPerSec: string;
  readonly podUsd: string | null;
  readonly fullUsdPerMtok: string | null;
  /** Price of the cheapest option on this GPU. */
  readonly bestUsdPerMtok: string | null;
  /** Break-even load of pods; null if unknown. */
  readonly podsPay: { readonly alone: PlanPods; readonly withPeople: PlanPods | null } | null;
  readonly serverless: { readonly breakEvenShare: string; readonly workerShare: string } | null;
  /** Of at most `most` pods at once, `pods` are worth reserving. */
  readonly reserved: {
    readonly breakEvenShare: string;
    readonly neededShare: string;
    readonly pods: number;
    readonly most: number;
  } | null;
}

/** Both are null if pods never pay off. */
interface PlanPods {
  readonly tokensPerDay: string | null;
  readonly pods: number | null;
}

function toPlanGpu(gpu: PlannedGpuResult): PlanGpu {
  const { podsPay, serverless, reserved } = gpu;
  return {
    gpu: gpu.type,
    count: gpu.count,
    capacityTokPerSec: sixPlacesOrNull(gpu.capacity),
    capacityOf: gpu.capacityOf ?? null,
    capacityForOneTokPerSec: toDecimal(gpu.capacityForOne, 6),
    podUsd: sixPlacesOrNull(gpu.podUsd),
    fullUsdPerMtok: sixPlacesOrNull(gpu.fullUsdPerMtok),
    bestUsdPerMtok: sixPlacesOrNull(gpu.best?.usdPerMtok),
    podsPay:
      podsPay === undefined
        ? null
        : {
            alone: toPlanPods(podsPay.alone),
            withPeople: podsPay.withPeople === undefined ? null : toPlanPods(podsPay.withPeople),
          },
    serverless:
      serverless === undefined
        ? null
        : {
            breakEvenShare: toDecimal(serverless.breakEvenShare, 6),
            workerShare: toDecimal(serverless.workerShare, 6),
          },
    reserved:
      reserved === undefined
        ? null
        : {
            breakEvenShare: toDecimal(reserved.breakEvenShare, 6),
            neededShare: toDecimal(reserved.neededShare, 6),
            pods: reserved.pods,
            most: reserved.most,
          },
  };
}

function toPlanPods(pay: BreakEvenLoad | 'never'): PlanPods {
  if (pay === 'never') return { tokensPerDay: null, pods: null };
  return { tokensPerDay: toDecimal(pay.tokensPerDay, 0, 'ceiling'), pods: pay.pods };
}

function sixPlacesOrNull(value: Exact | undefined): string | null {
  return value === undefined ? null : toDecimal(value, 6);
}

/** A figure for one GPU type, or for all if none is named. */
export interface ForGpu {
  readonly type?: string;
  readonly value: Exact;
}

export interface PlanRequest
  extends Pick<
    PlannedRequest,
    'model' | 'tokensPerDay' | 'burstiness' | 'outputShare' | 'cachedShare' | 'headroom'
  > {
  readonly gpus: readonly { readonly type: string; readonly capacity?: Exact }[];
  /** GPUs of one replica. */
  readonly gpuCount: number;
  readonly capacity?: Exact | undefined;
  readonly gpuRates: readonly ForGpu[];
  readonly reservedRates: readonly ForGpu[];
  /** Dollars per second of one worker. */
  readonly serverlessRates: readonly ForGpu[];
  readonly hosted?: GivenPrice | undefined;
  readonly fee?: Exact | undefined;
  /** Hours per month. */
  readonly opsHours?: Exact | undefined;
  readonly hostedHours?: Exact | undefined;
  readonly laborRate?: Exact | undefined;
}

/** Dollars per million tokens. */
export interface GivenPrice {
  readonly input: Exact;
  readonly output: Exact;
  readonly cached?: Exact | undefined;
}
