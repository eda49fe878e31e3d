/** Finds prices in quarantine and catalog prices that differ from the provider's, for `doctor`. */

import type { Finding } from '../domain/finding.ts';
import { type PriceDisagreement, readKnownPrices, type ListedPrice } from './knownPrices.ts';

type PriceExamination = Parameters<typeof readKnownPrices>[0] & { readonly nowMs: number };

/** Number of findings of each kind that are listed individually. */
const MAX_LISTED_PRICES = 5;

/** Returns at most five findings of each kind, and the number of further ones. */
export async function examinePrices({
  nowMs,
  ...examination
}: PriceExamination): Promise<Finding[]> {
  const document = await readKnownPrices(examination, { atMs: nowMs, nowMs });
  const { quarantined, disagreements } = document;
  return [
    ...bounded(quarantined.map(quarantineFinding), 'quarantined'),
    ...bounded(disagreements.map(disagreementFinding), 'disagreements'),
  ];
}

function quarantineFinding({ source, model, host, inputUsd, outputUsd }: ListedPrice): Finding {
  const where = { area: 'source', subject: source, state: 'warn' } as const;
  return { ...where, code: 'price-in-quarantine', host, model, inputUsd, outputUsd };
}

function disagreementFinding({ side, own, catalog }: PriceDisagreement): Finding {
  const { host, model, source: ownSource, since } = own;
  const usdOf = ({ inputUsd, outputUsd }: ListedPrice) => (side === 'input' ? inputUsd : outputUsd);
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
  kind: 'quarantined' | 'disagreements',
): readonly Finding[] {
  const shown = findings.slice(0, MAX_LISTED_PRICES);
  const prices = findings.length - shown.length;
  if (prices === 0) return shown;
  return [...shown, { area: 'source', state: 'warn', code: 'more-prices', of: kind, prices }];
}
