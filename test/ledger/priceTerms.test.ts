/** Prices by service tier, with conditions and from other sources are facts like any other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import type { HostedPrice, PriceSnapshot } from '../../src/domain/price.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { readMigrations } from '../../src/ledger/migration.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  EVER,
  fetched,
  JULY_1,
  located,
  NOW,
  price,
  rawDatabase,
  scratchFolder,
  scratchLedger,
  snapshot,
} from './ledgerFixture.ts';

const LLAMA = [{ sourceId: 'router', model: 'llama' }];
const day = (n: number) => JULY_1 + n * DAY_MS;
const seen = (...taken: PriceSnapshot[]) => fetched({ priceSnapshots: located(...taken) });

const FULL: HostedPrice = {
  ...price('a', 500_000),
  serviceTier: 'flex',
  hostName: 'A',
  cachedInputPerMtok: nanoUsdPerMtok(50_000_000n),
  cacheWritePerMtok: nanoUsdPerMtok(625_000_000n),
  perRequest: nanoUsd(1_000_000n),
  overrides: [
    { minPromptTokens: 200_000, inputPerMtok: nanoUsdPerMtok(1_000_000_000n) },
    {
      utc: { startMinute: 990, endMinute: 30, days: [1, 5] },
      cachedInputPerMtok: nanoUsdPerMtok(25_000_000n),
      cacheWritePerMtok: nanoUsdPerMtok(1n),
      outputPerMtok: nanoUsdPerMtok(150_000_000n),
      perRequest: nanoUsd(0n),
    },
  ],
  contextLength: 131_072,
  secondHand: true,
  region: 'eu',
  dataPolicy: 'no retention',
  supports: ['tools', 'structured_outputs'],
};

const batch = (usdMicro: number, atMs: number): HostedPrice => ({
  ...price('a', usdMicro, atMs),
  serviceTier: 'batch',
});

describe('the terms of a price', () => {
  it('are read back as they were stored', async () => {
    const { ledger } = await scratchLedger();
    const stored = { ...FULL, validFromMs: day(0) };
    await ledger.facts.append(fetched({ prices: located(stored) }), day(0));
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    expect(prices).toEqual([stored]);
    const { rows } = await ledger.query(
      `SELECT service_tier, cache_write_usd_per_mtok, second_hand, region
       FROM hosted_price_history`,
    );
    expect(rows).toEqual([['flex', 0.625, 1, 'eu']]);
  });

  it('make a new price only when they change', async () => {
    const { ledger } = await scratchLedger();
    const at = (n: number, more: Partial<HostedPrice>) =>
      seen({ ...snapshot(day(n), {}), prices: [{ ...FULL, validFromMs: day(n), ...more }] });
    const [first] = FULL.overrides ?? [];
    const fewer = { overrides: first === undefined ? [] : [first] };
    await ledger.facts.append(at(0, {}), day(0));
    expect(await ledger.facts.append(at(1, {}), day(1))).toMatchObject({ added: 0, unchanged: 1 });
    expect(await ledger.facts.append(at(2, fewer), day(2))).toMatchObject({ added: 1 });
    expect(await ledger.facts.append(at(3, { ...fewer, supports: [] }), day(3))).toMatchObject({
      added: 1,
    });
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    expect(prices.map(({ overrides }) => overrides?.length)).toEqual([2, 1, 1]);
  });

  it("are stored next to the provider's latency", async () => {
    const { ledger } = await scratchLedger();
    const observed = {
      sourceId: 'router',
      model: 'llama',
      host: 'a',
      observedAtMs: day(0),
      healthy: true,
      latencyMs: 227,
      tokensPerSecond: 45.2,
    };
    await ledger.facts.append(
      seen({ ...snapshot(day(0), { a: 10 }), availability: [observed] }),
      day(0),
    );
    const { availability } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    expect(availability).toEqual([observed]);
  });
});

describe('a service tier', () => {
  it('has its own price: a change leaves the other tiers in force', async () => {
    const { ledger } = await scratchLedger();
    const both = (n: number, standard: number, half: number) => {
      const { prices, ...rest } = snapshot(day(n), { a: standard });
      return seen({ ...rest, prices: [...prices, batch(half, day(n))] });
    };
    await ledger.facts.append(both(0, 200, 100), day(0));
    await ledger.facts.append(both(1, 200, 90), day(1));
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    expect(prices.map((one) => [one.serviceTier, one.inputPerMtok, one.validFromMs])).toEqual([
      [undefined, 200_000n, day(0)],
      ['batch', 100_000n, day(0)],
      ['batch', 90_000n, day(1)],
    ]);
  });

  it('is still sold after an answer that does not include it', async () => {
    const { ledger } = await scratchLedger();
    const standard = (n: number): PriceSnapshot => ({
      ...snapshot(day(n), { a: 200, b: 300 }),
      tiers: ['standard', 'flex', 'priority'],
    });
    const half = (atMs: number, prices: readonly HostedPrice[]): PriceSnapshot => ({
      ...snapshot(atMs, {}),
      tiers: ['batch'],
      prices,
    });
    await ledger.facts.append(seen(standard(0), half(day(0), [batch(100, day(0))])), day(0));
    await ledger.facts.append(seen(standard(1)), day(1));
    const sold = async () =>
      (await ledger.facts.hostedPrices(LLAMA, EVER, NOW)).prices.map((one) => [
        `${one.host} ${one.serviceTier ?? 'standard'}`,
        one.offered,
      ]);
    expect(await sold()).toEqual([
      ['a standard', true],
      ['a batch', true],
      ['b standard', true],
    ]);
    await ledger.facts.append(seen(half(day(2), [])), day(2), { confirmWithdrawal: true });
    expect(await sold()).toContainEqual(['a batch', false]);
    expect(await sold()).not.toContainEqual(['a standard', false]);
  });

  it('that was checked earlier counts for its own days, whatever came in between', async () => {
    const { ledger } = await scratchLedger();
    const half = (n: number, usd: number): PriceSnapshot => ({
      ...snapshot(day(n), {}),
      tiers: ['batch'],
      prices: [batch(usd, day(n))],
    });
    const standard = { ...snapshot(day(2), { a: 1 }), tiers: ['standard'] as const };
    await ledger.facts.append(seen(half(0, 10), standard, half(4, 10)), day(5));
    await ledger.facts.append(seen(half(1, 99)), day(6));
    const { prices } = await ledger.facts.hostedPrices(LLAMA, EVER, NOW);
    const halves = prices.filter(({ serviceTier }) => serviceTier === 'batch');
    expect(halves.map((one) => [one.validFromMs, one.inputPerMtok])).toEqual([
      [day(0), 10_000n],
      [day(1), 99_000n],
      [day(4), 10_000n],
    ]);
  });
});

describe('a list of many models', () => {
  const lists = (n: number, ...sold: readonly string[]) =>
    seen(
      ...['x', 'y', 'z'].map((model): PriceSnapshot => {
        const { prices, ...rest } = snapshot(day(n), sold.includes(model) ? { a: 10 } : {});
        const listed = prices.map((one) => ({ ...one, model }));
        return { ...rest, model, prices: listed, isOfList: true };
      }),
    );

  it('may lose a model, which is then no longer sold', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(lists(0, 'x', 'y', 'z'), day(0));
    expect(await ledger.facts.append(lists(1, 'x', 'y'), day(1))).toMatchObject({ added: 1 });
    const { prices } = await ledger.facts.hostedPrices(
      [{ sourceId: 'router', model: 'z' }],
      EVER,
      NOW,
    );
    expect(prices.map(({ offered }) => offered)).toEqual([true, false]);
  });

  it('that loses most known models may be incomplete, and waits for confirmation', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(lists(0, 'x', 'y', 'z'), day(0));
    const outcome = await ledger.facts.append(lists(1, 'x'), day(1));
    expect(outcome).toMatchObject({ added: 0 });
    const { rows } = await ledger.query('SELECT failure_message FROM pull_history ORDER BY 1 DESC');
    expect(rows[0]?.[0]).toContain('the price list lacks 2 of 3 known models');
  });
});

describe('a gap in price checks', () => {
  const looks = async (...days: readonly number[]) => {
    const { ledger } = await scratchLedger();
    for (const [at, n] of days.entries()) {
      await ledger.facts.append(seen(snapshot(day(n), { a: 10 })), day(40) + at);
    }
    return ledger;
  };
  const gaps = async (ledger: Ledger, [from, to]: readonly [number, number], asOfMs = NOW) => {
    const read = await ledger.facts.hostedPrices(LLAMA, period(day(from), day(to)), asOfMs);
    return read.gaps.map(({ startMs, endMs }) => [
      (startMs - JULY_1) / DAY_MS,
      endMs === undefined ? undefined : (endMs - JULY_1) / DAY_MS,
    ]);
  };

  it('exists after more than three days, with its exact bounds', async () => {
    const ledger = await looks(0, 3, 6.5, 7, 20);
    expect(await gaps(ledger, [0, 21])).toEqual([
      [3, 6.5],
      [7, 20],
    ]);
    expect(await gaps(ledger, [5, 6])).toEqual([[3, 6.5]]);
    expect(await gaps(ledger, [6.5, 7])).toEqual([]);
  });

  it('since the last check has no end until one is recorded', async () => {
    const ledger = await looks(0, 2);
    expect(await gaps(ledger, [0, 5])).toEqual([]);
    expect(await gaps(ledger, [0, 6])).toEqual([[2, undefined]]);
    expect(await gaps(ledger, [8, 9])).toEqual([[2, undefined]]);
    const young = await scratchLedger();
    await young.ledger.facts.append(seen(snapshot(day(0), { a: 10 })), day(0));
    expect(await gaps(young.ledger, [0, 90], day(2))).toEqual([]);
    expect(await gaps(young.ledger, [0, 90], day(4))).toEqual([[0, undefined]]);
  });

  it('does not exist for prices from files, which are not checked', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ prices: located(price('a', 10)) }), day(0));
    expect(await gaps(ledger, [0, 90])).toEqual([]);
  });

  it('exists for the standard tier even if batch prices were checked', async () => {
    const ledger = await looks(0, 6);
    const half = { ...snapshot(day(3), {}), tiers: ['batch'] as const };
    await ledger.facts.append(seen(half), day(50));
    expect(await gaps(ledger, [0, 7])).toEqual([[0, 6]]);
  });
});

describe('a price in doubt', () => {
  it('is read together with the one before it, so either can be in force', async () => {
    const { ledger } = await scratchLedger();
    for (const [n, usd] of [1_000_000, 2_000_000, 900_000_000, 950_000_000].entries()) {
      await ledger.facts.append(seen(snapshot(day(n), { a: usd })), day(n));
    }
    const { prices } = await ledger.facts.hostedPrices(LLAMA, period(day(5), day(6)), NOW);
    expect(prices.map(({ inputPerMtok }) => inputPerMtok)).toEqual([
      2_000_000_000n,
      950_000_000_000n,
    ]);
  });
});

describe('the digests of prices', () => {
  it.each([
    "UPDATE hosted_price SET service_tier = 'batch'",
    'UPDATE hosted_price SET second_hand = NULL',
    "UPDATE hosted_price SET overrides_json = '[]'",
    "UPDATE price_snapshot SET tiers = 'batch'",
    'UPDATE host_availability SET latency_ms = 5',
  ])('name the row after %s', async (sql) => {
    const { ledger, path } = await scratchLedger();
    const up = { host: 'a', observedAtMs: day(0), healthy: true };
    const taken = { ...snapshot(day(0), {}), tiers: ['standard', 'flex'] as const };
    await ledger.facts.append(
      seen({
        ...taken,
        prices: [{ ...FULL, validFromMs: day(0) }],
        availability: [{ sourceId: 'router', model: 'llama', ...up }],
      }),
      day(0),
    );
    expect(examineLedger(path).faults).toEqual([]);
    rawDatabase(path).exec(sql);
    expect(examineLedger(path).faults).toMatchObject([
      { table: sql.split(' ')[1], fetchRef: 1, wrong: { code: 'fact-changed' } },
    ]);
  });
});

/** A ledger before the migrations for service tiers, with a price that an import repeated. */
async function before(): Promise<string> {
  const path = join(await scratchFolder(), 'rentcheck.db');
  const clock = settableClock(day(0));
  const ledger = await openLedger(path, { clock });
  const file = { kind: 'import.prices', url: 'file:p.csv' };
  const dated = { prices: located({ ...price('a', 500_000), sourceId: 'import' }) };
  await ledger.facts.append(fetched(dated, { ...file, sourceId: 'import' }), day(0));
  await ledger.facts.append(fetched(dated, { ...file, sourceId: 'import' }), day(1));
  await ledger.facts.append(seen(snapshot(day(2), { b: 300_000 })), day(2));
  await ledger.close();
  return asBefore(path);
}

/** The same rows in a ledger with only the migrations before service tiers. */
async function asBefore(path: string): Promise<string> {
  const older = join(await scratchFolder(), 'rentcheck.db');
  const last = readMigrations().findIndex(({ name }) => name.endsWith('_price_terms'));
  const db = new Sqlite(older);
  const schema = readFileSync(new URL('../golden/schema.sql', import.meta.url), 'utf8');
  const books = /CREATE TABLE (?:migration|ledger_view) \([^;]*;/g;
  db.exec([...schema.matchAll(books)].map(([made]) => made).join('\n'));
  for (const { name, sql, digest } of readMigrations().slice(0, last)) {
    db.exec(sql);
    db.prepare('INSERT INTO migration VALUES (?, ?, 1)').run(name, digest);
  }
  db.pragma('foreign_keys = OFF');
  db.prepare('ATTACH ? AS newer').run(path);
  const tables = db.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").pluck();
  for (const table of (tables.all() as string[]).filter(isCopied)) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}', 'main')`).pluck();
    const names = columns.all().join(', ');
    db.exec(`DELETE FROM main.${table};
      INSERT INTO main.${table} (${names}) SELECT ${names} FROM newer.${table};`);
  }
  db.exec(`UPDATE main.repeated_fact SET fact_key = replace(fact_key, ',""]', ']')`);
  db.pragma('application_id = 0x5243484b');
  db.pragma(`user_version = ${last}`);
  db.close();
  return older;
}

function isCopied(table: string): boolean {
  return !['migration', 'ledger_view'].includes(table) && !table.startsWith('sqlite_');
}

describe('a ledger from before service tiers', () => {
  it('keeps its prices, digests and repeats, so an undo still finds the other source', async () => {
    const path = await before();
    const ledger = await openLedger(path, { clock: settableClock(day(3)) });
    const sellers = [{ sourceId: 'import', model: 'llama' }, ...LLAMA];
    const prices = (await ledger.facts.hostedPrices(sellers, EVER, NOW)).prices;
    expect(prices).toEqual([
      { ...price('a', 500_000), sourceId: 'import' },
      price('b', 300_000, day(2)),
    ]);
    await ledger.facts.undoImport(1, day(4));
    expect((await ledger.facts.hostedPrices(sellers, EVER, NOW)).prices).toHaveLength(2);
    await ledger.close();
    expect(examineLedger(path).faults).toEqual([]);
  });
});
