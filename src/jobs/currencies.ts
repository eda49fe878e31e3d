/** The exchange rates of rentcheck.yaml as dated facts: what it says is in the ledger. */

import { CONFIG_RATES, type ExchangeRate } from '../domain/currency.ts';
import { compare } from '../domain/exact.ts';
import type { JobContext } from './context.ts';

/**
 * Brings the ledger to what the config states, where that has changed. Answers what a person should
 * hear of it: which charges are restated, which other rates it overrules.
 * @throws {Failure} `refused` where the config no longer states a rate that charges rest on.
 */
export async function takeConfigRates({
  config,
  ledger,
  clock,
}: Pick<JobContext, 'config' | 'ledger' | 'clock'>): Promise<readonly string[]> {
  const known = await ledger.exchangeRates(CONFIG_RATES);
  const nameOf = ({ currency, monthMs }: Pick<ExchangeRate, 'currency' | 'monthMs'>) =>
    `${currency} ${monthMs}`;
  const before = new Map(known.map((rate) => [nameOf(rate), rate.usdPerUnit]));
  const stated = new Set(config.currencies.map(nameOf));
  const changed = config.currencies.filter((rate) => {
    const was = before.get(nameOf(rate));
    return was === undefined || compare(was, rate.usdPerUnit) !== 0;
  });
  const gone = known.filter((rate) => !stated.has(nameOf(rate)));
  if (changed.length + gone.length === 0) return [];
  const facts: ExchangeRate[] = [
    ...changed.map((rate) => ({ ...rate, sourceId: CONFIG_RATES })),
    ...gone.map(({ sourceId, currency, monthMs }) => ({ sourceId, currency, monthMs })),
  ];
  const nowMs = clock.nowMs();
  const at = { startedAtMs: nowMs, endedAtMs: nowMs };
  const fetch = { sourceId: CONFIG_RATES, kind: CONFIG_RATES, url: 'file:rentcheck.yaml', ...at };
  const exchangeRates = facts.map((fact, position) => ({ position, fact }));
  const { warnings = [] } = await ledger.append({ fetch, exchangeRates }, nowMs);
  return warnings;
}
