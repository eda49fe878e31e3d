/** Reasons of a deployment's verdict: cost, provider and waiver. */

import { add, type Exact, isZero, negate, subtract } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import {
  type OptionCost,
  optionCost,
  pricedOption,
  type Assumptions,
} from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import { usdText } from '../../domain/money.ts';
import type { CostParts, Reason } from '../reason.ts';
import { findAlternatives } from './alternatives.ts';

/** Saving of a priced choice over keeping, under the given assumptions. */
export function optionSaving(
  deployment: DeploymentEconomics,
  choice: Choice,
  world: Assumptions,
): Exact {
  return subtract(
    pricedOption(deployment, 'keep', world).usd,
    pricedOption(deployment, choice, world).usd,
  );
}

/** Cost of keeping compared with the choice: $9.00 and $2.63 are a saving of $6.37. */
export function costReasons(deployment: DeploymentEconomics, choice: Choice): Reason[] {
  const [keep, change] = [optionCost(deployment, 'keep'), optionCost(deployment, choice)];
  if (keep === undefined || change === undefined) return [];
  const cost: Reason = {
    code: 'change-cost',
    deployment: deployment.id,
    option: choice,
    keep: partsOf(keep),
    change: partsOf(change),
    savingUsd: usdText(subtract(keep.usd, change.usd)),
    host: deployment.hosted.chosen?.host ?? '',
  };
  return [cost, ...oneHostReasons(deployment, choice)];
}

/**
 * A deployment that moves to a model with a single provider has no alternative if it stops selling.
 */
function oneHostReasons({ id, hosted }: DeploymentEconomics, option: Choice): Reason[] {
  if (hosted.sellers !== 1 || (option !== 'delete' && option !== 'hybrid')) return [];
  const host = hosted.chosen?.hostName ?? hosted.chosen?.host ?? '';
  return [{ code: 'one-host', deployment: id, option, host }];
}

function partsOf(cost: OptionCost): CostParts {
  const parts = (
    ['infraUsd', 'hostedUsd', 'laborUsd', 'strandedUsd', 'migrationUsd'] as const
  ).flatMap((part) => (isZero(cost[part]) ? [] : [[part, usdText(cost[part])]]));
  return { usd: usdText(cost.usd), ...Object.fromEntries(parts) };
}

/** Cost of keeping, and the extra cost of the cheapest alternative. */
export function keepReasons(deployment: DeploymentEconomics): Reason[] {
  const [nearest] = findAlternatives(deployment);
  const keep = optionCost(deployment, 'keep');
  if (nearest === undefined || keep === undefined) return [];
  const more = negate(nearest.savingUsd);
  const reason = {
    code: 'keep-cost' as const,
    deployment: deployment.id,
    keep: partsOf(keep),
    option: nearest.choice,
    optionUsd: usdText(add(keep.usd, more)),
  };
  return [isZero(more) ? reason : { ...reason, moreUsd: usdText(more) }];
}

/**
 * False without a bill, and if usage covers none of the paid time. The cost of keeping over covered
 * time is unknown then, not $0.
 */
export function isGpuSpendKnown({ sources, time }: DeploymentEconomics): boolean {
  return sources.length > 0 && (time.paidNs === 0n || time.coveredNs > 0n);
}

/** The waiver's reason, and what it must be worth. */
export function requiredReasons(
  economics: DeploymentEconomics,
  { best, savingUsd }: { readonly best: Choice; readonly savingUsd: Exact },
): Reason[] {
  const { id: deployment, waiver } = economics;
  if (waiver === undefined) return [];
  const { reason, owner, expiresMs, worthUsdPerQuarter: stated } = waiver;
  const until = expiresMs === undefined ? {} : { until: dayText(expiresMs) };
  const stays: Reason = { code: 'must-stay', deployment, reason, owner, ...until };
  const worth = stated === undefined ? {} : { statedUsdPerQuarter: usdText(stated) };
  if (!isGpuSpendKnown(economics)) return [stays, { code: 'worth-unknown', deployment, ...worth }];
  if (best === 'keep') return [stays, { code: 'worth-nothing', deployment }];
  const needed = { option: best, savingUsd: usdText(savingUsd), ...worth };
  return [stays, { code: 'worth-needed', deployment, ...needed }];
}

export function expiryReasons({ id, waiver }: DeploymentEconomics): Reason[] {
  if (waiver?.expired !== true) return [];
  const { reason, owner, expiresMs } = waiver;
  const when = expiresMs === undefined ? {} : { expiredOn: dayText(expiresMs) };
  return [{ code: 'waiver-expired', deployment: id, reason, owner, ...when }];
}
