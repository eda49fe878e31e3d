/** Prices in doubt and catalogs that differ from the host, for a person to look at. */

import { exactDollars } from '../domain/digits.ts';
import { decimal } from '../domain/exact.ts';
import type { Finding } from '../domain/finding.ts';
import { knownPrices, type ToldPrice } from './knownPrices.ts';

type Asking = Parameters<typeof knownPrices>[0] & { readonly nowMs: number };

/** More are not told one by one. */
const MOST = 5;

/** Five of each at most, and how many more there are. */
export async function examinePrices({ nowMs, ...asking }: Asking): Promise<Finding[]> {
  const document = await knownPrices(asking, { atMs: nowMs, nowMs });
  const { quarantined, disagreements } = document;
  return [
    ...bounded(quarantined.map(quarantineFinding), 'prices in quarantine', '--quarantined'),
    ...bounded(
      disagreements.map(({ side, own, catalog }): Finding => {
        const usdOf = ({ inputUsd, outputUsd }: ToldPrice) =>
          priceText(side === 'input' ? inputUsd : outputUsd);
        return {
          area: 'source',
          subject: catalog.source,
          state: 'warn',
          says:
            `its ${side} price of ${own.host} for ${own.model} is ${usdOf(catalog)}, and ` +
            `${own.source} has ${usdOf(own)} of the host itself since ` +
            own.since.slice(0, 10),
          mend: 'the word of the host counts; see rentcheck prices --disagreements',
        };
      }),
      'catalogs that differ',
      '--disagreements',
    ),
  ];
}

function quarantineFinding(price: ToldPrice): Finding {
  const { source, model, host, inputUsd, outputUsd } = price;
  const usd = `${priceText(inputUsd)} in, ${priceText(outputUsd)} out`;
  return {
    area: 'source',
    subject: source,
    state: 'warn',
    says: `the price of ${host} for ${model} (${usd}) is in quarantine and not used`,
    mend: 'check its unit; if it is right, name it under prices.trust in rentcheck.yaml',
  };
}

function priceText(usd: ToldPrice['inputUsd']): string {
  return usd === null ? 'nothing' : exactDollars(decimal(usd));
}

function bounded(findings: readonly Finding[], what: string, option: string): Finding[] {
  const shown = findings.slice(0, MOST);
  const more = findings.length - shown.length;
  if (more === 0) return shown;
  const says = `${more} more ${what} are not listed here`;
  return [
    ...shown,
    { area: 'source', state: 'warn', says, mend: `run: rentcheck prices ${option}` },
  ];
}
