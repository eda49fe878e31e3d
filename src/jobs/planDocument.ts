/** The JSON document of a plan. */

import { add, compare, toDecimal } from '../domain/exact.ts';
import { usdText } from '../domain/money.ts';
import type { PlannedResult, PlannedOptionCode, PlannedOption } from '../economics/ahead/answer.ts';
import type { SpendTier } from '../economics/ahead/tiers.ts';
import type { PlannedRequest } from '../economics/ahead/wish.ts';
import type { LaborSide } from '../economics/input.ts';
import type { PlannedLack } from '../economics/lack.ts';
import {
  planLackSentence,
  planOptionName,
  groundsSentence,
  tierName,
} from '../report/copy/ahead.ts';
import { STORED_FORMAT } from '../report/locale.ts';
import { toPlanGpu, type PlanGpu, sixPlacesOrNull } from './planGpu.ts';

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
