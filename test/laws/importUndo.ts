/** Small files of every kind of fact, and a ledger that goes through imports and undos of them. */

import * as fc from 'fast-check';
import type { Charge } from '../../src/domain/charge.ts';
import { exact } from '../../src/domain/exact.ts';
import { nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { charge, EVER, usageHour, JULY_1, located, price } from '../ledger/ledgerFixture.ts';

export type FileFacts = Omit<Fetched, 'fetch'>;

type Rows = readonly { readonly position: number }[];

const SOURCE = { sourceId: 'import' } as const;
const amount = fc.integer({ min: 1, max: 3 });

/** Some lines leave out name and quantity; some use a known id for another pod or day. */
const charges = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('1', '2', '3'),
    usd: amount,
    name: fc.option(fc.constantFrom('chat', 'embed'), { nil: undefined }),
    hours: fc.option(amount, { nil: undefined }),
    day: fc.constantFrom(0, 0, 0, 1),
  }),
  { maxLength: 3, selector: ({ id }) => id },
);

const usage = fc.uniqueArray(
  fc.record({ half: fc.nat(3), halves: fc.constantFrom(2, 2, 2, 1), tokens: amount }),
  { maxLength: 3, selector: ({ half }) => Math.floor(half / 2) },
);

const dated = fc.uniqueArray(fc.record({ day: fc.nat(1), usd: amount }), {
  maxLength: 2,
  selector: ({ day }) => day,
});

const files = fc.record({
  charges,
  usage,
  prices: dated,
  rates: dated,
  hours: dated,
  invoices: dated,
});

/** A few files; a step imports one of them again, or undoes an earlier step. */
export const importHistories = fc.record({
  files: fc.array(files, { minLength: 2, maxLength: 4 }),
  steps: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ take: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ undo: fc.nat(9) }) },
    ),
    { minLength: 2, maxLength: 9 },
  ),
});

export type DrawnFile = typeof files extends fc.Arbitrary<infer F> ? F : never;

export function factsOfFile(file: DrawnFile): FileFacts {
  const { charges: bill, usage: served, prices, rates, hours, invoices } = file;
  const halfMs = HOUR_MS / 2;
  return {
    charges: located(...bill.map(chargeOf)),
    usage: located(
      ...served.map(({ half, halves, tokens }) => {
        const startMs = JULY_1 + half * halfMs;
        const span = period(startMs, startMs + halves * halfMs);
        return usageHour(0, { ...SOURCE, period: span, outputTokens: tokens });
      }),
    ),
    prices: located(
      ...prices.map(({ day, usd }) => ({
        ...price('host', usd, JULY_1 + day * DAY_MS),
        ...SOURCE,
        outputPerMtok: nanoUsdPerMtok(BigInt(usd)),
      })),
    ),
    rates: located(
      ...rates.map(({ day, usd }) => ({
        ...SOURCE,
        provider: 'p',
        gpuType: 'H100',
        pricingClass: 'on-demand' as const,
        validFromMs: JULY_1 + day * DAY_MS,
        usdPerGpuHour: nanoUsd(BigInt(usd)),
      })),
    ),
    ops: located(
      ...hours.map(({ day, usd }) => ({
        ...SOURCE,
        key: `k${day}`,
        dayMs: JULY_1,
        workedMs: usd * HOUR_MS,
      })),
    ),
    invoice: located(
      ...invoices.map(({ day, usd }) => ({
        ...SOURCE,
        key: `INV-${day}`,
        invoiceId: 'INV',
        period: period(JULY_1 + day * DAY_MS, JULY_1 + (day + 1) * DAY_MS),
        amount:
          usd % 2 === 1 ? { currency: 'EUR', amount: exact(BigInt(usd)) } : nanoUsd(BigInt(usd)),
      })),
    ),
  };
}

function chargeOf({ id, usd, name, hours, day }: DrawnFile['charges'][number]): Charge {
  const startMs = JULY_1 + day * DAY_MS;
  return charge(id, usd, {
    ...SOURCE,
    resourceId: `pod-${id}`,
    period: period(startMs, startMs + DAY_MS),
    ...(name === undefined ? {} : { resourceName: name }),
    ...(hours === undefined ? {} : { quantity: exact(BigInt(hours)), unit: 'Hours' }),
  });
}

/** Takes facts in as a file; returns the import, and the positions that it refused. */
export async function importFacts(ledger: Ledger, facts: FileFacts, digest: string) {
  const start = {
    ...SOURCE,
    kind: 'import.charges',
    url: `file:${digest}.csv`,
    startedAtMs: JULY_1,
  };
  const session = await ledger.facts.beginImport(start);
  // One kind after the other, so that a position names one row.
  const accepted: FileFacts = {};
  for (const [name, rows] of Object.entries(facts as Record<string, Rows>)) {
    const { refused } = await session.append({ [name]: rows });
    const gone = new Set(refused.map(({ position }) => position));
    const kept = rows.filter(({ position }) => !gone.has(position));
    Object.assign(accepted, { [name]: kept });
  }
  return { ...(await session.finish({ digest, endedAtMs: JULY_1 })), accepted };
}

/** All readable columns of the facts, without when and how they came. */
export async function readableFacts(ledger: Ledger, asOfMs: number): Promise<string> {
  const charges_ = (await ledger.facts.charges(EVER, asOfMs)).map(
    ({ version: _v, recordedAtMs: _r, fetchRef: _f, ...rest }) => rest,
  );
  const intervals = [...(await ledger.facts.usage('chat-70b', EVER, asOfMs))].map(
    ([source, series]) => [
      source,
      ...Object.values(series).map((column) => (typeof column === 'number' ? column : [...column])),
    ],
  );
  const all = {
    charges: charges_,
    intervals,
    served: await ledger.facts.servedDeployments(EVER, asOfMs),
    prices: await ledger.facts.hostedPrices([{ ...SOURCE, model: 'llama' }], EVER, asOfMs),
    rates: await ledger.facts.gpuRates(asOfMs),
    hours: await ledger.facts.opsEntries(EVER, asOfMs),
    invoices: await ledger.facts.invoicedMonths(EVER, asOfMs),
  };
  return JSON.stringify(all, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

/** The content of the views, which show only the present. */
export async function viewRows(ledger: Ledger): Promise<string> {
  const views = ['spend_by_day', 'usage_by_day', 'hosted_price_history', 'gpu_rate_history'];
  const tables = [];
  for (const view of views) tables.push((await ledger.query(`SELECT * FROM ${view}`)).rows);
  return JSON.stringify(tables, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}
