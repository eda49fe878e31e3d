/** Prints plans of the whole stack: the parts of their options, and the fixed labor. */

import { type Exact, subtract } from '../../domain/exact.ts';
import type { Choice } from '../../economics/offer.ts';
import { type OptionCost, optionCost } from '../../economics/options.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import { deploymentsInPlan } from '../../economics/sharedInPlan.ts';
import type { AuditStackOption } from '../audit.ts';
import type { StackDecision } from '../decision.ts';
import type { PrintedDeployment } from './documentDeployment.ts';
import { type MicroUsd, microUsdText, printSimulated, toMicroUsd } from './printed.ts';

const PARTS = ['gpu', 'storage', 'other', 'labor', 'hosted', 'stranded', 'migration'] as const;
type Part = (typeof PARTS)[number];

export interface PrintedPlan {
  readonly parts: Readonly<Record<Part, MicroUsd>>;
  readonly whole: MicroUsd;
}

/** Sums the printed options. The stack's fixed labor is added to `labor`. */
export function printPlan(
  plan: { readonly usd: Exact; readonly picks: readonly PlanPick[] },
  printed: readonly PrintedDeployment[],
): PrintedPlan {
  let once = plan.usd;
  const parts: Record<Part, MicroUsd> = {
    gpu: 0n,
    storage: 0n,
    other: 0n,
    labor: 0n,
    hosted: 0n,
    stranded: 0n,
    migration: 0n,
  };
  const alone = printed.map((each) => each.deployment);
  const together = deploymentsInPlan(alone, plan.picks);
  for (const { deployment, choice } of plan.picks) {
    const at = alone.findIndex(({ id }) => id === deployment);
    const [own, changed] = [printed[at], together[at]];
    const cost = changed && optionCost(changed, choice);
    const printedCost = own?.options.find(({ option }) => option === choice)?.cost;
    if (own === undefined || cost === undefined || printedCost === undefined) continue;
    once = subtract(once, cost.usd);
    const spared = sharedSpendSaved(own.deployment, cost, choice);
    for (const part of PARTS) parts[part] += printedCost[part] - (spared?.[part] ?? 0n);
  }
  parts.labor += toMicroUsd(once);
  return { parts, whole: PARTS.reduce((sum, part) => sum + parts[part], 0n) };
}

type Shared = Extract<Part, 'gpu' | 'storage' | 'other' | 'stranded'>;

/**
 * What an option costs less in a plan than alone: shared GPU spend that ends if all sharers leave.
 */
export function sharedSpendSaved(
  deployment: DeploymentEconomics,
  cost: OptionCost,
  choice: Choice,
): Readonly<Partial<Record<Part, MicroUsd>>> | undefined {
  const alone = deployment.shared === undefined ? undefined : optionCost(deployment, choice);
  if (alone === undefined) return undefined;
  const less = (part: `${Shared}Usd`) => toMicroUsd(alone[part]) - toMicroUsd(cost[part]);
  return {
    gpu: less('gpuUsd'),
    storage: less('storageUsd'),
    other: less('otherUsd'),
    stranded: less('strandedUsd'),
  };
}

/**
 * One row per option for the whole stack, then the best plan. Savings are differences of printed
 * costs.
 */
export function printStackOptions(
  { wholes, plan, odds, keepUsd }: StackDecision,
  printed: readonly PrintedDeployment[],
): AuditStackOption[] {
  const best = { option: 'best plan' as const, plan, ...(odds === undefined ? {} : { odds }) };
  const kept = printPlan({ usd: keepUsd, picks: toKeptPicks(plan.picks) }, printed).whole;
  return [...wholes, best].map(({ option, plan: chosen, odds: drawn }) => {
    const { parts, whole } = printPlan(chosen, printed);
    const stays = chosen.picks.filter(({ choice }) => choice === 'keep');
    return {
      option,
      keeps: stays.map(({ deployment }) => deployment),
      costUsd: microUsdText(whole),
      gpuUsd: microUsdText(parts.gpu),
      storageUsd: microUsdText(parts.storage),
      otherUsd: microUsdText(parts.other),
      laborUsd: microUsdText(parts.labor),
      hostedUsd: microUsdText(parts.hosted),
      strandedUsd: microUsdText(parts.stranded),
      migrationUsd: microUsdText(parts.migration),
      savingUsd: microUsdText(kept - whole),
      ...printSimulated(drawn, kept - whole),
    };
  });
}

export function toKeptPicks(picks: readonly PlanPick[]): PlanPick[] {
  return picks.map(({ deployment }) => ({ deployment, choice: 'keep' }));
}
