/** Converts the economics to plain numbers for the simulation. */

import { toNumber } from '../../domain/exact.ts';
import type { ConsideredHost } from '../../economics/hosted/consideredHost.ts';
import type { AssumedRange } from '../../economics/input.ts';
import { type HostDays, type OfferDays, OPTIONS, type OptionName } from '../../economics/offer.ts';
import { laborShares, findOffer } from '../../economics/options.ts';
import type {
  DeploymentEconomics,
  HostedEconomics,
  StackEconomics,
} from '../../economics/result.ts';
import type {
  DeploymentSeries,
  HostedSeries,
  OptionSeries,
  StackSeries,
  NumberRange,
} from './types.ts';

const NS_IN_HOUR = 3_600_000_000_000;

export function toStackSeries({ deployments, labor }: StackEconomics): StackSeries {
  return {
    days: deployments[0]?.days.length ?? 0,
    deployments: deployments.map(drawnDeployment),
    labor: { selfHosted: numbers(labor.selfHosted), hosted: numbers(labor.hosted) },
  };
}

function drawnDeployment(deployment: DeploymentEconomics): DeploymentSeries {
  const { id, days, labor, cacheRealization } = deployment;
  return {
    id,
    paid: Float64Array.from(days, ({ paidNs }) => Number(paidNs) / NS_IN_HOUR),
    covered: Float64Array.from(days, ({ coveredNs }) => Number(coveredNs) / NS_IN_HOUR),
    keep: Float64Array.from(days, ({ coveredUsd }) => toNumber(coveredUsd)),
    options: OPTIONS.flatMap((option) => drawnOptions(deployment, option)),
    cache: numbers(cacheRealization),
    labor: { selfHosted: numbers(labor.selfHosted), hosted: numbers(labor.hosted) },
  };
}

/** Empty for keeping, and if the option's cost is unknown. */
function drawnOptions(deployment: DeploymentEconomics, option: OptionName): OptionSeries[] {
  const offer = findOffer(deployment, option);
  if (offer === undefined || option === 'keep') return [];
  const { strandedUsd, migrationUsd, days } = offer;
  const shares = laborShares(deployment, option);
  return [
    {
      name: option,
      own: ownDays(days),
      hosted: chosenHost(deployment.hosted, days.hosts),
      strandedUsd: toNumber(strandedUsd),
      migrationUsd: toNumber(migrationUsd),
      selfHostedShare: toNumber(shares.selfHosted),
      hostedShare: toNumber(shares.hosted),
    },
  ];
}

/** Tokens no longer bought reduce the cost day by day. */
function ownDays({ ownUsd, sparedUsd }: OfferDays): Float64Array {
  if (sparedUsd === undefined) return ownUsd;
  return ownUsd.map((usd, day) => usd - (sparedUsd[day] ?? 0));
}

/** The chosen provider, if its daily costs are known. */
function chosenHost(
  { chosen }: HostedEconomics,
  hosts: readonly HostDays[],
): HostedSeries | undefined {
  const days = hosts.find(({ host }) => isSame(host, chosen));
  if (days === undefined) return undefined;
  const { atZeroUsd: atZero, atOneUsd: atOne, atAllHitsUsd: atAllHits, priceRange } = days;
  return { atZero, atOne, atAllHits, priceRange };
}

function isSame(host: ConsideredHost, other: ConsideredHost | undefined): boolean {
  const { sourceId, model } = host;
  return sourceId === other?.sourceId && model === other.model && host.host === other.host;
}

function numbers({ low, base, high }: AssumedRange): NumberRange {
  return { low: toNumber(low), base: toNumber(base), high: toNumber(high) };
}
