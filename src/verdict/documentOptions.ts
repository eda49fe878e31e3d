/**
 * Knows how a deployment's options are printed: parts rounded, costs their sums, savings their
 * differences.
 */

import type { Exact } from '../domain/exact.ts';
import { atCacheShare } from '../economics/hostedCost.ts';
import { CHOICES, type Choice, type OptionCost, optionCost } from '../economics/options.ts';
import type { DeploymentEconomics, HybridPlan } from '../economics/result.ts';
import type { AuditOption, OptionDetail } from './audit.ts';
import { micro, type MicroUsd, microText } from './printed.ts';

/** An option's printed parts and their sum. */
export interface PrintedOption {
  readonly choice: Choice;
  readonly cost?: {
    readonly infra: MicroUsd;
    readonly labor: MicroUsd;
    readonly hosted: MicroUsd;
    readonly stranded: MicroUsd;
    readonly whole: MicroUsd;
  };
}

/** `covered` is the deployment's printed spend over covered time: what keep's machines cost. */
export function printOptions(deployment: DeploymentEconomics, covered: MicroUsd): PrintedOption[] {
  return CHOICES.map((choice) => {
    const cost = optionCost(deployment, choice);
    if (cost === undefined) return { choice };
    const infra = choice === 'keep' ? covered : micro(cost.infraUsd);
    return { choice, cost: printCost(cost, infra) };
  });
}

function printCost(cost: OptionCost, infra: MicroUsd): NonNullable<PrintedOption['cost']> {
  const [labor, hosted, stranded] = [cost.laborUsd, cost.hostedUsd, cost.strandedUsd].map(micro);
  const parts = { infra, labor: labor ?? 0n, hosted: hosted ?? 0n, stranded: stranded ?? 0n };
  return { ...parts, whole: infra + parts.labor + parts.hosted + parts.stranded };
}

export function auditOptions(
  deployment: DeploymentEconomics,
  printed: readonly PrintedOption[],
): AuditOption[] {
  const keep = printed.find(({ choice }) => choice === 'keep')?.cost?.whole;
  const order: readonly Choice[] = ['keep', 'delete', 'hybrid'];
  return order.flatMap((option) => {
    const found = printed.find(({ choice }) => choice === option);
    if (found === undefined) return [];
    const { cost } = found;
    const saving = cost === undefined || keep === undefined ? undefined : keep - cost.whole;
    return [
      {
        option,
        costUsd: text(cost?.whole),
        infraUsd: text(cost?.infra),
        laborUsd: text(cost?.labor),
        hostedUsd: text(cost?.hosted),
        strandedUsd: text(cost?.stranded),
        savingUsd: text(saving),
        low: null,
        high: null,
        probability: null,
        detail: detailOf(deployment, option),
      },
    ];
  });
}

function text(amount: MicroUsd | undefined): string | null {
  return amount === undefined ? null : microText(amount);
}

function detailOf(deployment: DeploymentEconomics, option: Choice): OptionDetail {
  const { hosted, hybrid, cacheRealization } = deployment;
  if (option === 'delete') return hosted.chosen === undefined ? because(hosted.reason) : {};
  if (option !== 'hybrid') return {};
  if (hybrid.best === undefined) return because(hybrid.reason);
  const costs = hybrid.plans.map((plan) => [
    String(plan.replicas),
    microText(withoutLabor(plan, cacheRealization.base)),
  ]);
  return {
    replicas: hybrid.best.replicas,
    costUsdByReplicas: Object.fromEntries(costs),
  };
}

function because(reason: string | undefined): OptionDetail {
  return { reason: reason ?? 'no price is known' };
}

/** The same rounding as the option's own parts, so that the chosen plan's figures agree. */
function withoutLabor({ ownUsd, overflow }: HybridPlan, cacheShare: Exact): MicroUsd {
  return micro(ownUsd) + micro(atCacheShare(overflow, cacheShare));
}
