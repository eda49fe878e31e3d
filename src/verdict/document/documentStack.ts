/** Prints the stack's verdict and the totals of an audit. */

import { divide, exact, exactInteger, sum, toDecimal, toInteger } from '../../domain/exact.ts';
import { sumTokens, type UsdPerMtok, usd, usdPerMtok } from '../../domain/money.ts';
import { DAY_MS, dayText, durationMs } from '../../domain/period.ts';
import { hostedCost } from '../../economics/options.ts';
import type { Plan } from '../../economics/plan.ts';
import type { BoughtModel } from '../../economics/hosted/bought.ts';
import type { GatewayComparison } from '../../economics/hosted/secondOpinion.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackUnbilled } from '../../economics/usage/unbilled.ts';
import type { AuditStack, AuditTotals } from '../audit.ts';
import { isCompared } from '../comparedSides.ts';
import type { StackDecision } from '../decision.ts';
import type { Consequences } from './documentConsequences.ts';
import type { PrintedDeployment } from './documentDeployment.ts';
import { toKeptPicks, printStackOptions, printPlan } from './documentStackOptions.ts';
import type { AuditSentences } from './sentences.ts';
import {
  type MicroUsd,
  microUsdText,
  moneyText,
  printProbability,
  printSimulated,
  printWindowTooShort,
  ratioText,
  roundTogether,
  toMicroUsd,
} from './printed.ts';

/** The printed decision, without its consequences. */
export type StackAnswer = Omit<AuditStack, keyof Consequences>;

/**
 * There is no plan if no deployment has both bill and usage: only engineering time would be printed
 * as money.
 */
export function printStack(
  decision: StackDecision,
  printed: readonly PrintedDeployment[],
  sentences: AuditSentences,
): StackAnswer {
  const common = {
    verdict: decision.verdict,
    requiredCostUsd: moneyText(decision.requiredUsd),
    laborBasis: decision.laborBasis,
    confidence: decision.confidence,
    reasons: decision.reasons.map(sentences.reason),
    reasonDetails: decision.reasons,
    missing: decision.missing.map(sentences.missing),
    missingDetails: decision.missing,
  };
  const isPlanned = isCompared({ deployments: printed.map(({ deployment }) => deployment) });
  return isPlanned
    ? { ...common, ...planOf(decision, printed) }
    : { ...common, ...noPlan(decision) };
}

function noPlan({ withoutLabor: { verdict }, decided }: StackDecision) {
  return {
    probability: null,
    savingUsd: { base: null, low: null, high: null },
    cannotTell: null,
    withoutLabor: { verdict, savingUsd: null, probability: null },
    keepUsd: null,
    // Keeping everything saves $0, which is known in any case.
    decision: { plan: picksOf(decided), savingUsd: microUsdText(0n) },
    bestPlan: [],
    bestPlanUsd: null,
    options: [],
    requiredCostUsd: null,
  };
}

function planOf(decision: StackDecision, printed: readonly PrintedDeployment[]) {
  const { plan, decided } = decision;
  const kept = { usd: decision.keepUsd, picks: toKeptPicks(plan.picks) };
  const keep = printPlan(kept, printed).whole;
  const best = printPlan(plan, printed).whole;
  const { probability, low, high } = printSimulated(decision.odds, keep - best);
  return {
    probability,
    savingUsd: { base: microUsdText(keep - best), low, high },
    cannotTell: printWindowTooShort(decision.odds),
    withoutLabor: {
      verdict: decision.withoutLabor.verdict,
      savingUsd: moneyText(decision.withoutLabor.savingUsd),
      probability: printProbability(decision.withoutLabor.odds),
    },
    keepUsd: microUsdText(keep),
    decision: {
      plan: picksOf(decided),
      savingUsd: microUsdText(keep - printPlan(decided, printed).whole),
    },
    bestPlan: picksOf(plan),
    bestPlanUsd: microUsdText(best),
    options: printStackOptions(decision, printed),
  };
}

function picksOf({ picks }: Plan) {
  return picks.map(({ deployment, choice }) => ({ deployment, option: choice }));
}

export interface PrintedSpend {
  readonly spend: MicroUsd;
  readonly unattributed: MicroUsd;
}

export function printTotals(
  economics: StackEconomics,
  printed: readonly PrintedDeployment[],
  { spend, unattributed }: PrintedSpend,
): AuditTotals {
  const { bill, deployments } = economics;
  const served = deployments.map((deployment) => deployment.served);
  const tokens = total(served.map((each) => each.tokens));
  const cached = served.map((each) => each.cachedTokens);
  const uncovered = printed.reduce((all, each) => all + each.uncovered, 0n);
  const unbilled = stackUnbilled(deployments);
  return {
    spendUsd: microUsdText(spend),
    billedUsd: microUsdText(spend + toMicroUsd(usd(bill.billed - bill.spend))),
    unattributedUsd: microUsdText(unattributed),
    unattributedShare: ratioText(bill.unattributedShare),
    estimatedUsd: microUsdText(toMicroUsd(usd(bill.estimated))),
    hostedSpendUsd: microUsdText(toMicroUsd(usd(bill.hosted))),
    ...hostedSpendOf(economics),
    taxUsd: microUsdText(toMicroUsd(usd(bill.tax))),
    uncoveredUsd: microUsdText(uncovered),
    unbilledTokens: unbilled.tokens,
    unbilledShare: toDecimal(unbilled.share, 6),
    missingBills: economics.missingMonths.map(({ sourceId, monthMs }) => ({
      source: sourceId,
      month: dayText(monthMs).slice(0, 'YYYY-MM'.length),
    })),
    tokens,
    promptTokens: total(served.map((each) => each.promptTokens)),
    cachedTokens: cached.includes(undefined) ? null : total(cached.map((each) => each ?? 0)),
    outputTokens: total(served.map((each) => each.outputTokens)),
    effectiveUsdPerMtok: ratioText(effectiveUsdPerMtok(economics)),
    hostedUsdPerMtok: ratioText(hostedUsdPerMtok(economics)),
    coverage: ratioText(economics.coverage),
    tokensPerDay: perDay(tokens, economics),
  };
}

function hostedSpendOf(economics: StackEconomics): Pick<AuditTotals, 'hostedSpend'> {
  const { bought, bill, secondOpinions = [] } = economics;
  if (bought === undefined) return {};
  const models = bought.toSorted((a, b) => Number(b.nanoUsd - a.nanoUsd));
  const amounts = roundTogether(
    models.map(({ nanoUsd }) => usd(nanoUsd)),
    toMicroUsd(usd(bill.hosted)),
  );
  const sumWhere = (isIn: (model: BoughtModel) => boolean) =>
    models.reduce((all, model, at) => all + (isIn(model) ? (amounts[at] ?? 0n) : 0n), 0n);
  const captured = models.reduce(
    (all, { tokens, nanoUsd }) => all + (tokens === undefined ? 0n : nanoUsd),
    0n,
  );
  const unattributed = sumWhere(({ deployment }) => deployment === undefined);
  const printed = models.map(({ sourceId: source, model, ...rest }, at) => ({
    source,
    model,
    deployment: rest.deployment ?? null,
    usd: microUsdText(amounts[at] ?? 0n),
    tokens: rest.tokens ?? null,
    isSecondHand: rest.secondHand === true,
  }));
  const captureRate = bill.hosted === 0n ? null : ratioText(exact(captured, bill.hosted));
  const opinions = secondOpinions.map(opinionOf);
  return {
    hostedSpend: {
      captureRate,
      unattributedUsd: microUsdText(unattributed),
      models: printed,
      ...(opinions.length === 0 ? {} : { secondOpinions: opinions }),
    },
  };
}

function opinionOf({ sourceId, model, billedBy, days, isOff, ...figures }: GatewayComparison) {
  const { gatewayNanoUsd, billedNanoUsd, difference } = figures;
  return {
    source: sourceId,
    model,
    billedBy,
    days,
    gatewayUsd: microUsdText(toMicroUsd(usd(gatewayNanoUsd))),
    billedUsd: billedNanoUsd === undefined ? null : microUsdText(toMicroUsd(usd(billedNanoUsd))),
    difference: ratioText(difference),
    isOff,
  };
}

/**
 * Covered spend per million tokens of all deployments. `undefined` if the GPU spend of one that
 * served tokens is unknown.
 */
export function effectiveUsdPerMtok({ deployments }: StackEconomics): UsdPerMtok | undefined {
  const serving = deployments.filter(({ served }) => served.tokens > 0);
  if (serving.some((each) => each.effectiveUsdPerMtok === undefined)) return undefined;
  const covered = sum(deployments.map(({ spend }) => spend.coveredUsd));
  return usdPerMtok(covered, sumTokens(serving.map(({ served }) => served.tokens)));
}

/**
 * Hosted cost per million tokens of all deployments. `undefined` if one that served tokens has no
 * price.
 */
export function hostedUsdPerMtok({ deployments }: StackEconomics): UsdPerMtok | undefined {
  const serving = deployments.filter(({ served }) => served.tokens > 0);
  const costs = serving.map((each) => hostedCost(each));
  if (costs.includes(undefined)) return undefined;
  const tokens = sumTokens(serving.map(({ served }) => served.tokens));
  return usdPerMtok(sum(costs.filter((cost) => cost !== undefined)), tokens);
}

function perDay(tokens: number, { window }: StackEconomics): number {
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  return Number(toInteger(divide(exactInteger(tokens), days)));
}

function total(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
