/** A file restates only what it names, withdraws nothing silently, and lists every change. */

import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  charge,
  EVER,
  readAllFacts,
  fetched,
  usageHour,
  JULY_1,
  located,
  NOW,
  price,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';

const IMPORT = { sourceId: 'import' } as const;
const line = (id: string, usd: number, overrides = {}) =>
  charge(id, usd * 1_000_000, { ...IMPORT, resourceId: 'pod-7', ...overrides });
const served = (n: number, overrides = {}) => usageHour(n, { ...IMPORT, ...overrides });
const nextDay = { period: period(JULY_1 + DAY_MS, JULY_1 + 2 * DAY_MS) };

/** Appends facts as one batch of a file. */
async function take(ledger: Ledger, file: string, facts: Omit<Fetched, 'fetch'>) {
  const [name = ''] = Object.keys(facts);
  const kind = `import.${name === 'rejects' ? 'charges' : name}`;
  const session = await ledger.facts.beginImport({
    ...IMPORT,
    kind,
    url: `file:${file}`,
    startedAtMs: JULY_1,
  });
  const { refused } = await session.append(facts);
  return { ...(await session.finish({ digest: file, endedAtMs: JULY_1 })), refused };
}

const billed = async (ledger: Ledger) =>
  (await ledger.facts.charges(EVER, NOW)).map(({ key, billed: nano }) => [key, nano]);

describe('a charge under a known id', () => {
  it('for the same resource and period is a restatement, listed with both amounts', async () => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'july.csv', { charges: located(line('1', 30_000), line('2', 5)) });
    const outcome = await take(ledger, 'mended.csv', { charges: located(line('1', 10_000)) });
    expect(outcome).toMatchObject({ added: 0, restated: 1, rejected: 0 });
    expect(outcome.restatedCharges).toEqual({
      wasNanoUsd: 30_000_000_000_000n,
      nowNanoUsd: 10_000_000_000_000n,
    });
    expect(outcome.restatements).toEqual([
      {
        position: 0,
        fact: 'charge',
        name: {
          id: '1',
          resource_id: 'pod-7',
          start: '2026-07-01T00:00:00Z',
          end: '2026-07-02T00:00:00Z',
        },
        changes: [{ column: 'billed_cost', was: '30000.00', now: '10000.00' }],
        earlier: {
          fetchRef: 1,
          sourceId: 'import',
          kind: 'import.charges',
          url: 'file:july.csv',
          startedAtMs: JULY_1,
          position: 0,
        },
      },
    ]);
  });

  it.each([
    ['period', nextDay],
    ['resource', { resourceId: 'pod-8' }],
  ])('for another %s is refused by row, with both places', async (_what, other) => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'july.csv', { charges: located(line('1', 10_000)) });
    const second = { charges: located(line('0', 1), line('1', 10_000, other)) };
    const outcome = await take(ledger, 'august.csv', second);
    expect(outcome).toMatchObject({ added: 1, restated: 0, rejected: 1 });
    expect(outcome.refused).toEqual([
      {
        position: 1,
        metRef: 1,
        excerpt: expect.stringContaining('"key":"1"'),
        reason:
          'the id "1" is already used for "pod-7" from 2026-07-01T00:00:00Z to ' +
          '2026-07-02T00:00:00Z (line 0 of july.csv, fetch 1); expected the same resource ' +
          'and period; give each line its own id, or import the file with another ' +
          '--source; if this line corrects it, first run: rentcheck import --undo 1',
      },
    ]);
    expect(await billed(ledger)).toEqual([
      ['0', 1_000_000_000n],
      ['1', 10_000_000_000_000n],
    ]);
  });

  it('of a pull is restated by a later pull for another period, as reported', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/1', 5)) }), JULY_1);
    const later = fetched({ charges: located(charge('pod/1', 5, nextDay)) });
    expect(await ledger.facts.append(later, JULY_1 + 1)).toMatchObject({
      restated: 1,
      rejected: 0,
    });
  });

  it('lists what was known before, by file, in dollars', async () => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'a.csv', { charges: located(line('x', 2), line('y', 3)) });
    const both = { charges: located(line('x', 2), line('y', 3), line('z', 4)) };
    const outcome = await take(ledger, 'b.csv', both);
    expect(outcome).toMatchObject({ added: 1, unchanged: 2 });
    expect(outcome.known).toMatchObject([
      { earlier: { fetchRef: 1, url: 'file:a.csv' }, rows: 2, nanoUsd: 5_000_000_000n },
    ]);
  });
});

describe('usage for a known time', () => {
  const halves = (n: number) => {
    const startMs = JULY_1 + n * 30 * MINUTE_MS;
    return { period: period(startMs, startMs + HOUR_MS) };
  };

  it('in the same interval is a restatement, listed with its old and new tokens', async () => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'u.csv', { usage: located(served(0), served(1)) });
    const outcome = await take(ledger, 'v.csv', { usage: located(served(1, { outputTokens: 7 })) });
    expect(outcome.restatements).toMatchObject([
      {
        fact: 'usage',
        name: { deployment: 'chat-70b', start: '2026-07-01T01:00:00Z' },
        changes: [
          { column: 'prompt_tokens', was: '1101', now: '1101' },
          { column: 'output_tokens', was: '200', now: '7' },
        ],
        earlier: { url: 'file:u.csv', position: 1 },
      },
    ]);
  });

  it('in an interval with other bounds is refused: no half hour is lost silently', async () => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'u.csv', { usage: located(served(0)) });
    const once = await readAllFacts(ledger);
    const longer = { period: period(JULY_1, JULY_1 + 2 * HOUR_MS) };
    const outcome = await take(ledger, 'v.csv', {
      usage: located(served(0, halves(1)), served(0, longer)),
    });
    expect(outcome).toMatchObject({ added: 0, restated: 0, rejected: 2 });
    expect(outcome.refused[0]?.reason).toBe(
      'the usage of "chat-70b" from 2026-07-01T00:30:00Z to 2026-07-01T01:30:00Z overlaps ' +
        'known usage from 2026-07-01T00:00:00Z to 2026-07-01T01:00:00Z (line 0 of u.csv, ' +
        'fetch 1); expected the same interval, which restates it, or one without overlap; ' +
        'import the same intervals again, or import this file with another --source; to ' +
        'replace them all, first run: rentcheck import --undo 1',
    );
    const facts = JSON.parse(await readAllFacts(ledger)) as { table: string; rows: unknown[] }[];
    const before = JSON.parse(once) as typeof facts;
    const rowsOf = (all: typeof facts) => all.find(({ table }) => table === 'usage')?.rows;
    expect(rowsOf(facts)).toEqual(rowsOf(before));
  });
});

describe('prices, rates and hours of a file', () => {
  it('are restated with their old and new amounts, and what was omitted is unknown', async () => {
    const { ledger } = await scratchLedger();
    const restated = { ...price('a', 100_000), ...IMPORT };
    const { outputPerMtok: _gone, ...half } = { ...price('a', 120_000), ...IMPORT };
    await take(ledger, 'p.csv', { prices: located(restated) });
    const outcome = await take(ledger, 'q.csv', { prices: located(half) });
    expect(outcome.restatements[0]).toMatchObject({
      name: { host: 'a', model: 'llama', quantization: 'fp8', valid_from: '2026-07-01T00:00:00Z' },
      changes: [
        { column: 'input_usd_per_mtok', was: '0.10', now: '0.12' },
        { column: 'output_usd_per_mtok', was: '0.30', now: null },
      ],
    });
    const entry = { ...IMPORT, key: 'k', dayMs: JULY_1, workedMs: 90 * MINUTE_MS };
    await take(ledger, 'o.csv', { ops: located(entry) });
    const longer = { ...entry, workedMs: 2 * HOUR_MS, note: 'driver' };
    expect((await take(ledger, 'n.csv', { ops: located(longer) })).restatements[0]).toMatchObject({
      name: { id: 'k', date: '2026-07-01' },
      changes: [
        { column: 'hours', was: '1.5', now: '2' },
        { column: 'note', was: null, now: 'driver' },
      ],
    });
  });
});

describe('the rejects of a file', () => {
  const rejects = (count: number) =>
    Array.from({ length: count }, (_, position) => {
      return { position, reason: `bad ${'x'.repeat(600)}`, excerpt: 'y'.repeat(600) };
    });

  it('are stored up to a thousand, each cut to 500 characters, and all counted', async () => {
    const { ledger, path } = await scratchLedger();
    expect(await take(ledger, 'bad.csv', { rejects: rejects(1_200) })).toMatchObject({
      rejected: 1_200,
    });
    const kept = 'SELECT count(*), max(length(reason)), max(length(excerpt)) FROM reject';
    expect(rawDatabase(path).prepare(kept).raw().get()).toEqual([1_000, 500, 500]);
    expect(await ledger.facts.troubles(EVER, NOW)).toMatchObject([
      { what: 'rejects', count: 1_200 },
    ]);
  });

  it('of the same bytes are stored once, and remain a trouble', async () => {
    const { ledger, path } = await scratchLedger();
    for (let times = 0; times < 3; times += 1)
      await take(ledger, 'bad.csv', { rejects: rejects(30) });
    const db = rawDatabase(path);
    expect(db.prepare('SELECT count(*) FROM reject').pluck().get()).toBe(30);
    expect(db.prepare('SELECT rejects_ref, rejected FROM fetch').raw().all()).toEqual([
      [null, 30],
      [1, 30],
      [1, 30],
    ]);
    const [trouble] = await ledger.facts.troubles(EVER, NOW);
    expect(trouble).toMatchObject({ what: 'rejects', count: 30 });
    expect(trouble?.example).toMatch(/^0: bad x/);
  });

  it('that differ for the same bytes are stored separately', async () => {
    const { ledger, path } = await scratchLedger();
    await take(ledger, 'bad.csv', { rejects: rejects(3) });
    const other = rejects(3).map((one) => ({ ...one, reason: 'of another day' }));
    await take(ledger, 'bad.csv', { rejects: other });
    const db = rawDatabase(path);
    expect(db.prepare('SELECT count(*) FROM reject').pluck().get()).toBe(6);
  });
});

describe('the same file again', () => {
  it('is recognized as a repeated import, and adds only its fetch', async () => {
    const { ledger, path } = await scratchLedger();
    const file = { charges: located(line('1', 5), line('2', 6)) };
    await take(ledger, 'a.csv', file);
    const again = await take(ledger, 'a.csv', file);
    expect(again).toMatchObject({ unchanged: 2, sameAs: { fetchRef: 1 } });
    const db = rawDatabase(path);
    expect(db.prepare('SELECT count(*) FROM repeated_fact').pluck().get()).toBe(0);
    await take(ledger, 'b.csv', { charges: located(line('2', 6)) });
    expect(db.prepare('SELECT fact_key, fetch_ref FROM repeated_fact').raw().all()).toEqual([
      ['["import","2"]', 3],
    ]);
    expect(await take(ledger, 'b.csv', { charges: located(line('2', 6)) })).toMatchObject({
      sameAs: { fetchRef: 3 },
    });
    expect(db.prepare('SELECT count(*) FROM repeated_fact').pluck().get()).toBe(1);
  });

  it('after another file restated it is a restatement', async () => {
    const { ledger } = await scratchLedger();
    await take(ledger, 'a.csv', { charges: located(line('1', 5)) });
    await take(ledger, 'b.csv', { charges: located(line('1', 6)) });
    const again = await take(ledger, 'a.csv', { charges: located(line('1', 5)) });
    expect(again).toMatchObject({ restated: 1 });
    expect(again).not.toHaveProperty('sameAs');
    expect(await billed(ledger)).toEqual([['1', 5_000_000_000n]]);
  });
});
