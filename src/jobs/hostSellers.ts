/**
 * Finds the providers that sell hosted equivalents of each deployment, and those that recently
 * stopped.
 */

import type { DeploymentConfig } from '../config/deploymentConfig.ts';
import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, dayText, period } from '../domain/period.ts';
import type { HostedPrice } from '../domain/price.ts';
import { matchesHostName, findRetirements, type Retirement, sellersAt } from '../domain/sellers.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { latestKnownMs } from './completeness.ts';
import { readPricesInForce } from './pricesInForce.ts';

/** The length of the longest quarter. */
const RETIRED_DAYS = 92;

export interface DeploymentSellers {
  readonly deployment: string;
  /** Companies that sell any of its equivalents now. */
  readonly selling: number;
  /** Those that stopped within the last 92 days, the last one first. */
  readonly retired: readonly Retirement[];
}

export interface SellersTerms {
  readonly config: Pick<Config, 'deployments' | 'prices'>;
  readonly ledger: Pick<Ledger, 'hostedPrices' | 'lastRecordedMs'>;
  readonly nowMs: number;
}

/** Returns the providers of every deployment with an equivalent that ever had a price. */
export async function findDeploymentSellers({
  config,
  ledger,
  nowMs,
}: SellersTerms): Promise<DeploymentSellers[]> {
  const models = config.deployments
    .flatMap(({ hosted }) => hosted?.equivalents ?? [])
    .map(({ via, model }) => ({ sourceId: via, model }));
  const window = period(nowMs - RETIRED_DAYS * DAY_MS, nowMs + 1);
  const asOfMs = await latestKnownMs(ledger, nowMs);
  const { prices } = await readPricesInForce({ config, ledger }, models, { window, asOfMs });
  return config.deployments.flatMap((deployment) => findSellers(deployment, prices, nowMs) ?? []);
}

/** Ignores providers that the config excludes. */
export function findSellers(
  { id, hosted }: DeploymentConfig,
  prices: readonly HostedPrice[],
  nowMs: number,
): DeploymentSellers | undefined {
  const offers = (hosted?.equivalents ?? []).flatMap(({ via, model, hosts, excludeHosts = [] }) => {
    const priced = prices.filter((price) => price.sourceId === via && price.model === model);
    return priced.filter((price) => {
      const isWanted = hosts === undefined || matchesHostName(hosts, price);
      return isWanted && !matchesHostName(excludeHosts, price);
    });
  });
  if (offers.length === 0) return undefined;
  const span = period(nowMs - RETIRED_DAYS * DAY_MS, nowMs + 1);
  return {
    deployment: id,
    selling: sellersAt(offers, nowMs).size,
    retired: findRetirements(offers, span),
  };
}

/** Reports providers that stopped selling, earlier than the next report would. */
export function retiredFindings(
  where: Pick<Finding, 'subject'> & { readonly area: 'mapping' },
  sellers: DeploymentSellers | undefined,
): Finding[] {
  return (sellers?.retired ?? []).map(({ host, hostName, sinceMs }) => ({
    ...where,
    state: 'warn',
    code: 'host-retired',
    host: hostName ?? host,
    day: dayText(sinceMs),
    selling: sellers?.selling ?? 0,
  }));
}
