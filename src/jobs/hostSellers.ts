/** Who sells the hosted equivalents of each deployment now, and who has lately stopped. */

import type { DeploymentConfig } from '../config/deploymentConfig.ts';
import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, dayText, period } from '../domain/period.ts';
import type { HostedPrice } from '../domain/price.ts';
import { isHostNamed, retirements, type Retirement, sellersAt } from '../domain/sellers.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { knownMs } from './completeness.ts';
import { pricesInForce } from './pricesInForce.ts';

/** As long as a quarter. */
const RETIRED_DAYS = 92;

export interface Sellers {
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

/** Of every deployment that has equivalents of which a price was ever told. */
export async function hostSellers({ config, ledger, nowMs }: SellersTerms): Promise<Sellers[]> {
  const models = config.deployments
    .flatMap(({ hosted }) => hosted?.equivalents ?? [])
    .map(({ via, model }) => ({ sourceId: via, model }));
  const window = period(nowMs - RETIRED_DAYS * DAY_MS, nowMs + 1);
  const asOfMs = await knownMs(ledger, nowMs);
  const { prices } = await pricesInForce({ config, ledger }, models, { window, asOfMs });
  return config.deployments.flatMap((deployment) => sellersOf(deployment, prices, nowMs) ?? []);
}

/** Hosts that the config leaves out are nobody's loss. */
export function sellersOf(
  { id, hosted }: DeploymentConfig,
  prices: readonly HostedPrice[],
  nowMs: number,
): Sellers | undefined {
  const told = (hosted?.equivalents ?? []).flatMap(({ via, model, hosts, excludeHosts = [] }) => {
    const of = prices.filter((price) => price.sourceId === via && price.model === model);
    return of.filter((price) => {
      const isWanted = hosts === undefined || isHostNamed(hosts, price);
      return isWanted && !isHostNamed(excludeHosts, price);
    });
  });
  if (told.length === 0) return undefined;
  const span = period(nowMs - RETIRED_DAYS * DAY_MS, nowMs + 1);
  return {
    deployment: id,
    selling: sellersAt(told, nowMs).size,
    retired: retirements(told, span),
  };
}

/** Whoever rests on a host hears of it before the report does. */
export function retiredFindings(
  where: Pick<Finding, 'subject'> & { readonly area: 'mapping' },
  sellers: Sellers | undefined,
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
