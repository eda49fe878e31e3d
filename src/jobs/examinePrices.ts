/** Prices in doubt and catalogs that differ from the host, for a person to look at. */

import type { Finding } from '../domain/finding.ts';
import { type Disagreement, knownPrices, type ToldPrice } from './knownPrices.ts';

type Asking = Parameters<typeof knownPrices>[0] & { readonly nowMs: number };

/** More are not told one by one. */
const MOST = 5;

/** Five of each at most, and how many more there are. */
export async function examinePrices({ nowMs, ...asking }: Asking): Promise<Finding[]> {
  const document = await knownPrices(asking, { atMs: nowMs, nowMs });
  const { quarantined, disagreements } = document;
  return [
    ...bounded(quarantined.map(quarantineFinding), 'quarantined'),
    ...bounded(disagreements.map(disagreementFinding), 'disagreements'),
  ];
}

function quarantineFinding({ source, model, host, inputUsd, outputUsd }: ToldPrice): Finding {
  const where = { area: 'source', subject: source, state: 'warn' } as const;
  return { ...where, code: 'price-in-quarantine', host, model, inputUsd, outputUsd };
}

function disagreementFinding({ side, own, catalog }: Disagreement): Finding {
  const { host, model, source: ownSource, since } = own;
  const usdOf = ({ inputUsd, outputUsd }: ToldPrice) => (side === 'input' ? inputUsd : outputUsd);
  return {
    area: 'source',
    subject: catalog.source,
    state: 'warn',
    code: 'catalog-price-differs',
    side,
    host,
    model,
    catalogUsd: usdOf(catalog),
    ownSource,
    ownUsd: usdOf(own),
    since: since.slice(0, 10),
  };
}

function bounded(
  findings: readonly Finding[],
  of: 'quarantined' | 'disagreements',
): readonly Finding[] {
  const shown = findings.slice(0, MOST);
  const prices = findings.length - shown.length;
  if (prices === 0) return shown;
  return [...shown, { area: 'source', state: 'warn', code: 'more-prices', of, prices }];
}
