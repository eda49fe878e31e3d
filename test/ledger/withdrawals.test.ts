/** What an answer may withdraw by omission, and what needs confirmation. */

import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import type { PriceSnapshot } from '../../src/domain/price.ts';
import {
  charge,
  readAllFacts,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  scratchLedger,
  snapshot,
} from './ledgerFixture.ts';

const DOLLAR = 1_000_000_000;
const CONFIRMED = { confirmWithdrawal: true };

/** A complete bill of July: charges `pod/0`, `pod/1`, … with these nano-dollars. */
function bill(amounts: readonly number[], from = 0) {
  const charges = amounts.map((nano, index) =>
    charge(`pod/${index + from}`, 1, { billed: nanoUsd(BigInt(nano)) }),
  );
  return fetched({
    charges: located(...charges),
    completeFor: { keyPrefix: 'pod/', window: JULY },
  });
}

const many = (count: number, nano = 1_000) => Array.from({ length: count }, () => nano);

async function after(first: ReturnType<typeof bill>, second: ReturnType<typeof bill>) {
  const { ledger } = await scratchLedger();
  await ledger.facts.append(first, JULY_1);
  const before = await readAllFacts(ledger);
  const outcome = await ledger.facts.append(second, JULY_1 + 1);
  return { ledger, outcome, same: (await readAllFacts(ledger)) === before };
}

describe('a bill that arrives after charges were rebuilt for its time', () => {
  const until = (days: number) => period(JULY_1, JULY_1 + days * 24 * HOUR_MS);
  const rebuilt = (days: number) => {
    const { endMs } = until(days);
    const lastDay = period(endMs - 24 * HOUR_MS, endMs);
    return charge(`uptime/a/${days}`, 1, { basis: 'uptime', period: lastDay });
  };
  const billing = (days: number) => ({
    supersedes: { keyPrefix: 'uptime/', window: until(days) },
  });

  async function afterBill(brought: Parameters<typeof fetched>[0]) {
    const { ledger } = await scratchLedger();
    const charges = located(rebuilt(1), rebuilt(2), rebuilt(9), charge('other/a/1', 1));
    await ledger.facts.append(fetched({ charges }), JULY_1);
    const outcome = await ledger.facts.append(fetched(brought), JULY_1 + 1);
    const again = await ledger.facts.append(fetched(brought), JULY_1 + 2);
    const left = (await ledger.facts.charges(JULY, NOW)).map(({ key }) => key);
    return { outcome, again, left };
  }

  it('withdraws those of its window, once, and keeps the others', async () => {
    const { outcome, again, left } = await afterBill(billing(5));
    expect(outcome).toMatchObject({ restated: 2 });
    expect(again).toMatchObject({ restated: 0 });
    expect(left).toEqual(['other/a/1', 'uptime/a/9']);
  });

  it('withdraws them even if one of its rows could not be read', async () => {
    const rejects = [{ position: 0, excerpt: '{}', reason: 'cost: expected a decimal' }];
    const { left } = await afterBill({ ...billing(31), rejects });
    expect(left).toEqual(['other/a/1']);
  });
});

describe('a bill that no longer contains', () => {
  it('a fifth of the charges withdraws them', async () => {
    const { outcome } = await after(bill(many(40)), bill(many(32), 8));
    expect(outcome).toMatchObject({ restated: 8, unchanged: 32 });
    expect(outcome).not.toHaveProperty('failure');
  });

  it('more than a fifth is a failure, and none of it is stored', async () => {
    const { ledger, outcome, same } = await after(bill(many(40)), bill([...many(30), 5_000], 9));
    expect(outcome).toMatchObject({ added: 0, restated: 0, failure: { code: 'withdrawal' } });
    expect(outcome.failure?.message).toBe(
      'the response for 2026-07-01T00:00:00Z to 2026-08-01T00:00:00Z lacks 9 of 40 known ' +
        'charges ($0.000009 of $0.00004); none of the response was stored. Ask the provider; ' +
        'if the response is right, run rentcheck pull runpod --confirm-withdrawal for the same ' +
        'period',
    );
    expect(same).toBe(true);
    const { rows } = await ledger.query(
      'SELECT failure_code, complete_key_prefix, body_ref IS NULL FROM fetch ORDER BY fetch_ref',
    );
    expect(rows.at(-1)?.[0]).toBe('withdrawal');
  });

  it('more than a fifth fails until it is confirmed, and is then accepted', async () => {
    const second = bill(many(10), 30);
    const { ledger } = await after(bill(many(40)), second);
    expect((await ledger.facts.append(second, JULY_1 + 2)).failure?.code).toBe('withdrawal');
    const outcome = await ledger.facts.append(second, JULY_1 + 3, CONFIRMED);
    expect(outcome).toMatchObject({ restated: 30, unchanged: 10 });
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(10);
  });

  it('a handful withdraws them whatever their share, if it is little money', async () => {
    const { outcome } = await after(bill(many(6)), bill(many(1), 5));
    expect(outcome).toMatchObject({ restated: 5 });
  });

  it('one charge that is most of the money is a failure', async () => {
    const { outcome } = await after(bill([11 * DOLLAR, ...many(9)]), bill(many(9), 1));
    expect(outcome.failure?.message).toContain('1 of 10 known charges ($11.00 of $11.000009)');
  });

  it('a large credit is weighed by its absolute amount', async () => {
    const { outcome } = await after(bill([-11 * DOLLAR, ...many(9)]), bill(many(9), 1));
    expect(outcome.failure?.code).toBe('withdrawal');
  });
});

describe('a price list', () => {
  const list = (taken: PriceSnapshot) => fetched({ priceSnapshots: located(taken) });
  const hosts = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, 10]));
  const offered = async (ledger: Awaited<ReturnType<typeof scratchLedger>>['ledger']) => {
    const { rows } = await ledger.query(
      'SELECT host FROM hosted_price_history WHERE valid_to IS NULL AND offered = 1 ORDER BY host',
    );
    return rows.map(([host]) => host);
  };

  it('that is empty withdraws no provider until that is confirmed', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(list(snapshot(JULY_1, hosts('a', 'b'))), JULY_1);
    const empty = list(snapshot(JULY_1 + 1, {}));
    const outcome = await ledger.facts.append(empty, JULY_1 + 1);
    expect(outcome.failure).toMatchObject({ code: 'withdrawal' });
    expect(outcome.failure?.message).toContain('of llama lacks 2 of 2 known providers');
    expect(await offered(ledger)).toEqual(['a', 'b']);
    await ledger.facts.append(empty, JULY_1 + 2, CONFIRMED);
    expect(await offered(ledger)).toEqual([]);
  });

  it('that is empty for a model without providers needs no confirmation', async () => {
    const { ledger } = await scratchLedger();
    const outcome = await ledger.facts.append(list(snapshot(JULY_1, {})), JULY_1);
    expect(outcome).not.toHaveProperty('failure');
  });

  it('without most of its many providers is a failure', async () => {
    const { ledger } = await scratchLedger();
    const names = 'abcdefghij'.split('');
    await ledger.facts.append(list(snapshot(JULY_1, hosts(...names))), JULY_1);
    const short = list(snapshot(JULY_1 + 1, hosts('a', 'b', 'c', 'd')));
    expect((await ledger.facts.append(short, JULY_1 + 1)).failure?.code).toBe('withdrawal');
    expect(await offered(ledger)).toEqual(names);
  });

  it('with a row that could not be read keeps the provider of that row', async () => {
    const { ledger } = await scratchLedger();
    const names = ['deepinfra/fp8', 'deepinfra/fp8#2', 'deepinfra2', 'novita'];
    await ledger.facts.append(list(snapshot(JULY_1, hosts(...names))), JULY_1);
    const part = { ...snapshot(JULY_1 + 1, hosts('novita')), unread: ['deepinfra/fp8'] };
    await ledger.facts.append(list(part), JULY_1 + 1);
    expect(await offered(ledger)).toEqual(['deepinfra/fp8', 'deepinfra/fp8#2', 'novita']);
  });

  it('with a row whose provider is unknown withdraws none', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(list(snapshot(JULY_1, hosts('a', 'b'))), JULY_1);
    await ledger.facts.append(
      list({ ...snapshot(JULY_1 + 1, hosts('b')), unread: [null] }),
      JULY_1 + 1,
    );
    expect(await offered(ledger)).toEqual(['a', 'b']);
  });
});

describe('usage that is reported again', () => {
  const intervals = (count: number, tokens: number, from = 0) =>
    fetched({
      usage: located(
        ...Array.from({ length: count }, (_, index) => ({
          sourceId: 'prom',
          deployment: 'chat',
          period: period(JULY_1 + (index + from) * HOUR_MS, JULY_1 + (index + from + 1) * HOUR_MS),
          uncachedPromptTokens: tokens,
          outputTokens: 0,
        })),
      ),
    });
  const total = async (ledger: Awaited<ReturnType<typeof scratchLedger>>['ledger']) => {
    const { rows } = await ledger.query('SELECT sum(tokens) FROM usage_by_day');
    return Number(rows[0]?.[0]);
  };

  it('with a fifth less is restated', async () => {
    const { ledger, outcome } = await after(intervals(10, 100), intervals(10, 80));
    expect(outcome).toMatchObject({ restated: 10 });
    expect(await total(ledger)).toBe(800);
  });

  it('with half of its tokens is a failure until that is confirmed', async () => {
    const { ledger, outcome } = await after(intervals(10, 100), intervals(10, 50));
    expect(outcome.failure?.message).toContain(
      '10 of 10 known intervals of chat: 500 of 1,000 are gone; none of the response',
    );
    expect(await total(ledger)).toBe(1_000);
    await ledger.facts.append(intervals(10, 50), JULY_1 + 2, CONFIRMED);
    expect(await total(ledger)).toBe(500);
  });

  it('in part leaves the other intervals unchanged', async () => {
    const { ledger, outcome } = await after(intervals(10, 100), intervals(5, 0, 5));
    expect(outcome).toMatchObject({ restated: 5 });
    expect(await total(ledger)).toBe(500);
  });
});
