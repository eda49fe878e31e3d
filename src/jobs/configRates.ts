/** Stores the exchange rates of rentcheck.yaml as dated facts in the ledger. */

import { CONFIG_RATES, type ExchangeRate } from '../domain/currency.ts';
import { compare } from '../domain/exact.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import type { JobContext } from './job.ts';

/**
 * Updates the ledger if the rates of the config have changed. Returns warnings: which charges are
 * restated, and which other rates are overruled.
 * @throws {Failure} `refused` if the config no longer has a rate that charges depend on.
 */
export async function storeConfigRates({
  config,
  ledger,
  clock,
}: Pick<JobContext, 'config' | 'ledger' | 'clock'>): Promise<readonly PullWarning[]> {
  const known = await ledger.facts.exchangeRates(CONFIG_RATES);
  const keyOf = ({ currency, monthMs }: Pick<ExchangeRate, 'currency' | 'monthMs'>) =>
    `${currency} ${monthMs}`;
  const before = new Map(known.map((rate) => [keyOf(rate), rate.usdPerUnit]));
  const stated = new Set(config.currencies.map(keyOf));
  const changed = config.currencies.filter((rate) => {
    const was = before.get(keyOf(rate));
    return was === undefined || compare(was, rate.usdPerUnit) !== 0;
  });
  const removed = known.filter((rate) => !stated.has(keyOf(rate)));
  if (changed.length + removed.length === 0) return [];
  const facts: ExchangeRate[] = [
    ...changed.map((rate) => ({ ...rate, sourceId: CONFIG_RATES })),
    ...removed.map(({ sourceId, currency, monthMs }) => ({ sourceId, currency, monthMs })),
  ];
  const nowMs = clock.nowMs();
  const at = { startedAtMs: nowMs, endedAtMs: nowMs };
  const fetch = { sourceId: CONFIG_RATES, kind: CONFIG_RATES, url: 'file:rentcheck.yaml', ...at };
  const exchangeRates = facts.map((fact, position) => ({ position, fact }));
  const { warnings = [] } = await ledger.facts.append({ fetch, exchangeRates }, nowMs);
  return warnings;
}
