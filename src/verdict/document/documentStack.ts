/** Knows how the stack's verdict and totals are printed in an audit. */

import {
  divide,
  type Exact,
  exact,
  exactInteger,
  subtract,
  sum,
  toInteger,
} from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { hostedCost, optionCost } from '../../economics/options.ts';
import type { Pick as Picked } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { usdPerMtok } from '../../economics/usage/use.ts';
import type { AuditStack, AuditTotals } from '../audit.ts';
import type { StackDecision } from '../decision.ts';
import type { Consequences } from './documentConsequences.ts';
import type { PrintedDeployment } from './documentDeployment.ts';
import { type MicroUsd, micro, microText, moneyText, ratioText } from './printed.ts';
import { printOdds } from './printedOdds.ts';

/** What is printed of the decision itself. */
export type StackAnswer = Omit<AuditStack, keyof Consequences>;

export function auditStack(
  decision: StackDecision,
  printed: readonly PrintedDeployment[],
): StackAnswer {
  const { plan } = decision;
  const allKept = plan.picks.map(({ deployment }) => ({ deployment, choice: 'keep' as const }));
  const keep = printPlan({ usd: decision.keepUsd, picks: allKept }, printed);
  const best = printPlan(plan, printed);
  const { probability, low, high } = printOdds(decision.odds);
  return {
    verdict: decision.verdict,
    probability,
    savingUsd: { base: microText(keep - best), low, high },
    withoutLabor: {
      verdict: decision.withoutLabor.verdict,
      savingUsd: moneyText(decision.withoutLabor.savingUsd),
      probability: printOdds(decision.withoutLabor.odds).probability,
    },
    keepUsd: microText(keep),
    bestPlan: plan.picks.map(({ deployment, choice }) => ({ deployment, option: choice })),
    bestPlanUsd: microText(best),
    requiredCostUsd: moneyText(decision.requiredUsd),
    laborBasis: decision.laborBasis,
    confidence: decision.confidence,
    reasons: decision.reasons,
    missing: decision.missing,
  };
}

/**
 * The printed options of a plan, and what exists once for the stack: fixed labor, shared
 * commitments.
 */
function printPlan(
  plan: { readonly usd: Exact; readonly picks: readonly Picked[] },
  printed: readonly PrintedDeployment[],
): MicroUsd {
  let once = plan.usd;
  let whole = 0n;
  for (const { deployment, choice } of plan.picks) {
    const own = printed.find((each) => each.deployment.id === deployment);
    const cost = own && optionCost(own.deployment, choice);
    if (own === undefined || cost === undefined) continue;
    once = subtract(once, cost.usd);
    whole += own.options.find(({ option }) => option === choice)?.cost?.whole ?? 0n;
  }
  return whole + micro(once);
}

export interface PrintedSpend {
  readonly spend: MicroUsd;
  readonly unattributed: MicroUsd;
}

export function auditTotals(
  economics: StackEconomics,
  printed: readonly PrintedDeployment[],
  { spend, unattributed }: PrintedSpend,
): AuditTotals {
  const { bill, deployments } = economics;
  const served = deployments.map((deployment) => deployment.served);
  const tokens = total(served.map((each) => each.tokens));
  const cached = served.map((each) => each.cachedTokens);
  const uncovered = printed.reduce((all, each) => all + each.uncovered, 0n);
  return {
    spendUsd: microText(spend),
    unattributedUsd: microText(unattributed),
    unattributedShare: ratioText(bill.unattributedShare),
    estimatedUsd: microText(micro(usd(bill.estimated))),
    hostedSpendUsd: microText(micro(usd(bill.hosted))),
    taxUsd: microText(micro(usd(bill.tax))),
    uncoveredUsd: microText(uncovered),
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

/** Covered spend over tokens of all deployments; unknown where the rent of one that served is. */
export function effectiveUsdPerMtok({ deployments }: StackEconomics): Exact | undefined {
  const serving = deployments.filter(({ served }) => served.tokens > 0);
  if (serving.some((each) => each.effectiveUsdPerMtok === undefined)) return undefined;
  const covered = sum(deployments.map(({ spend }) => spend.coveredUsd));
  return usdPerMtok(covered, total(serving.map(({ served }) => served.tokens)));
}

/**
 * Hosted cost over tokens of all deployments; unknown where one that served tokens has no price.
 */
export function hostedUsdPerMtok({ deployments }: StackEconomics): Exact | undefined {
  const serving = deployments.filter(({ served }) => served.tokens > 0);
  const costs = serving.map((each) => hostedCost(each));
  if (costs.includes(undefined)) return undefined;
  const tokens = total(serving.map(({ served }) => served.tokens));
  return usdPerMtok(sum(costs.filter((cost) => cost !== undefined)), tokens);
}

function perDay(tokens: number, { window }: StackEconomics): number {
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  return Number(toInteger(divide(exactInteger(tokens), days)));
}

function total(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
