/**
 * Finds the providers that sell hosted equivalents of each deployment, and those that recently
 * stopped.
 */

import { QUARTER_DAYS } from '../calendar/horizons.ts';
import type { DeploymentConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, dayText, period, type Period } from '../domain/period.ts';
import { type HostedPrice, isQuarantined } from '../domain/price.ts';
import {
  findRetirements,
  matchesHostName,
  type Retirement,
  sellersAt,
} from '../domain/providers.ts';
import type { FactStore } from '../ledger/facts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { latestKnownMs } from './completeness.ts';

export interface DeploymentSellers {
  readonly deployment: string;
  /** Companies that sell any of its equivalents now. */
  readonly selling: number;
  /** Those that stopped within the last 92 days, the last one first. */
  readonly retired: readonly Retirement[];
}

export interface SellersTerms {
  readonly config: Pick<Config, 'deployments' | 'prices'>;
  readonly ledger: Pick<Ledger, 'facts'>;
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
  const window = period(nowMs - QUARTER_DAYS * DAY_MS, nowMs + 1);
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
  const span = period(nowMs - QUARTER_DAYS * DAY_MS, nowMs + 1);
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

interface Prices {
  readonly config: Pick<Config, 'prices'>;
  readonly ledger: Pick<Ledger, 'facts'>;
}

/**
 * Returns hosted prices within the window. While a price is in quarantine, the previous one stays
 * in force.
 */
export async function readPricesInForce(
  { config, ledger }: Prices,
  models: Parameters<FactStore['hostedPrices']>[0],
  { window, asOfMs }: { readonly window: Period; readonly asOfMs: number },
): ReturnType<FactStore['hostedPrices']> {
  const { prices, ...rest } = await ledger.facts.hostedPrices(models, window, asOfMs);
  const trust = config.prices?.trust ?? [];
  return { ...rest, prices: prices.filter((price) => !isQuarantined(price, trust)) };
}
