/** Every fact leads to the bytes it was read from, and every failure is reported once. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY_MS, type Period, period } from '../../src/domain/period.ts';
import type { Fetch } from '../../src/domain/provenance.ts';
import { totalsKeeper } from '../../src/economics/bill/compareTotals.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  charge,
  readAllFacts,
  fetched,
  usageHour,
  JULY,
  JULY_1,
  located,
  NOW,
  scratchLedger,
} from './ledgerFixture.ts';

/** As in an audit: the charges are read together with the stated totals. */
async function compared(ledger: Ledger, window: Period) {
  const totals = totalsKeeper(await ledger.facts.statedTotals(window, NOW));
  await ledger.facts.eachCharge(window, NOW, (each) => totals.add(each));
  return totals.close();
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a fact', () => {
  it('leads to its fetch and the bytes that were received', async () => {
    const { ledger } = await scratchLedger();
    const body = JSON.stringify([{ pod: 'a', amount: '0.000005' }]);
    await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 5)) }, { body: bytesOf(body), digest: sha(body) }),
      JULY_1,
    );
    const [stored] = await ledger.facts.charges(JULY, NOW);
    const bytes = await ledger.facts.rawBody(stored?.fetchRef ?? -1);
    expect(new TextDecoder().decode(bytes)).toBe(body);
    expect(await ledger.facts.rawBody(999)).toBeUndefined();
    const { rows } = await ledger.query(
      `SELECT source, kind, url, window_start, started_at, status, rows, digest, bytes
       FROM pull_history`,
    );
    expect(rows).toEqual([
      [
        'runpod',
        'runpod.billing.pods',
        'https://rest.example/v2/billing/pods',
        '2026-07-01T00:00:00Z',
        '2026-07-01T00:00:00.000Z',
        200,
        1,
        sha(body),
        body.length,
      ],
    ]);
  });

  it('shares its bytes with every fetch that received the same', async () => {
    const { ledger } = await scratchLedger();
    const body = bytesOf('the same answer '.repeat(100));
    const pull = fetched({}, { body });
    const first = await ledger.facts.append(pull, JULY_1);
    const second = await ledger.facts.append(pull, JULY_1 + 1);
    expect(second.fetchRef).not.toBe(first.fetchRef);
    expect(await ledger.facts.rawBody(second.fetchRef)).toEqual(
      await ledger.facts.rawBody(first.fetchRef),
    );
    const { rows } = await ledger.query('SELECT count(*), sum(length(zstd)) < 200 FROM raw_chunk');
    expect(rows).toEqual([[1, 1]]);
  });
});

describe('an import', () => {
  const start = {
    sourceId: 'import',
    kind: 'import.usage',
    url: 'file:usage.csv',
    startedAtMs: JULY_1,
  };

  it('stores its bytes in chunks and its facts in batches under one fetch', async () => {
    const { ledger, clock } = await scratchLedger();
    const session = await ledger.facts.beginImport(start);
    await session.appendRaw(bytesOf('first half, '));
    await session.append({ usage: located(usageHour(0)) });
    clock.set(JULY_1 + 5);
    await session.appendRaw(bytesOf('second half'));
    const reject = { position: 3, reason: 'output_tokens is "many"', excerpt: 'chat,many' };
    await session.append({ usage: located(usageHour(1)), rejects: [reject] });
    const text = 'first half, second half';
    const total = await session.finish({ digest: sha(text), endedAtMs: JULY_1 + 9 });
    expect(total).toMatchObject({ added: 2, restated: 0, unchanged: 0, rejected: 1 });
    expect(new TextDecoder().decode(await ledger.facts.rawBody(total.fetchRef))).toBe(text);
    const { rows } = await ledger.query(
      'SELECT finished, rows, rejects, bytes, digest FROM pull_history',
    );
    expect(rows).toEqual([[1, 2, 1, text.length, sha(text)]]);
  });

  it('of the same file changes no fact and stores the bytes once', async () => {
    const { ledger } = await scratchLedger();
    const take = async () => {
      const session = await ledger.facts.beginImport(start);
      await session.appendRaw(bytesOf('the file'));
      await session.append({ usage: located(usageHour(0), usageHour(1)) });
      return session.finish({ digest: sha('the file'), endedAtMs: JULY_1 });
    };
    const first = await take();
    const once = await readAllFacts(ledger);
    const second = await take();
    expect(second).toMatchObject({ added: 0, unchanged: 2 });
    expect(await readAllFacts(ledger)).toBe(once);
    expect((await ledger.query('SELECT count(*) FROM raw_body')).rows).toEqual([[1]]);
    expect(await ledger.facts.rawBody(second.fetchRef)).toEqual(
      await ledger.facts.rawBody(first.fetchRef),
    );
  });

  it('refuses a row that contradicts an earlier batch, however often it is imported', async () => {
    const { ledger } = await scratchLedger();
    const take = async () => {
      const session = await ledger.facts.beginImport(start);
      await session.append({ usage: located(usageHour(0)), charges: located(charge('x', 1)) });
      await session.append({
        usage: located(usageHour(0, { outputTokens: 9 })),
        charges: located(charge('x', 2)),
      });
      return session.finish({ digest: sha(''), endedAtMs: JULY_1 });
    };
    expect(await take()).toMatchObject({ added: 2, rejected: 2 });
    const once = await readAllFacts(ledger);
    expect(await take()).toMatchObject({ unchanged: 2, restated: 0, rejected: 2 });
    expect(await readAllFacts(ledger)).toBe(once);
  });
});

describe('troubles', () => {
  const failure = { code: 'unavailable', message: 'HTTP 503 after 4 tries' } as const;
  const fetch = (overrides: Partial<Fetch>) => fetched({}, { window: JULY, ...overrides });

  it('are the failed fetches, the unfinished imports and the rejects of the window', async () => {
    const { ledger } = await scratchLedger();
    const reason = 'amount is "a lot"';
    await ledger.facts.append(
      fetched({ rejects: [{ position: 4, reason, excerpt: '{}' }] }, { kind: 'runpod.pods' }),
      JULY_1,
    );
    await ledger.facts.append(fetch({ failure }), JULY_1);
    const begun = { kind: 'import.usage', url: 'file:u.csv', startedAtMs: JULY_1 };
    await ledger.facts.beginImport({ ...begun, sourceId: 'import' });
    const runpod = { sourceId: 'runpod', count: 1 };
    expect(await ledger.facts.troubles(JULY, NOW)).toEqual([
      {
        sourceId: 'import',
        kind: 'import.usage',
        what: 'unfinished',
        count: 1,
        example: 'file:u.csv was imported only in part; import it again',
      },
      { ...runpod, kind: 'runpod.billing.pods', what: 'failed', example: failure.message },
      { ...runpod, kind: 'runpod.pods', what: 'rejects', example: `4: ${reason}` },
    ]);
    const august = period(JULY.endMs, JULY.endMs + DAY_MS);
    expect((await ledger.facts.troubles(august, NOW)).map(({ what }) => what)).toEqual([
      'unfinished',
    ]);
    expect(await ledger.facts.troubles(JULY, JULY_1 - 1)).toEqual([]);
  });

  it('end when the same question was answered later, for the same time or more', async () => {
    const { ledger } = await scratchLedger();
    const url = (from: string) => `https://prom.example/query_range?query=up&start=${from}`;
    const first = { url: url('2026-07-01T00%3A00%3A00Z'), startedAtMs: JULY_1 };
    await ledger.facts.append(fetch({ ...first, failure }), JULY_1);
    const other = { url: url('1782864000').replace('up', 'down'), startedAtMs: JULY_1 + 1 };
    await ledger.facts.append(fetch(other), JULY_1 + 1);
    const part = { window: period(JULY_1, JULY_1 + DAY_MS), startedAtMs: JULY_1 + 2 };
    await ledger.facts.append(fetch({ ...first, ...part }), JULY_1 + 2);
    expect(await ledger.facts.troubles(JULY, NOW)).toHaveLength(1);
    const again = { url: url('1782864000'), startedAtMs: JULY_1 + 3 };
    await ledger.facts.append(fetch(again), JULY_1 + 3);
    expect(await ledger.facts.troubles(JULY, NOW)).toEqual([]);
    expect(await ledger.facts.troubles(JULY, JULY_1 + 2)).toHaveLength(1);
  });

  it('count the rejects of an answer once, however often it is pulled', async () => {
    const { ledger } = await scratchLedger();
    const rejects = [{ position: 1, reason: 'no amount', excerpt: '{}' }];
    for (const at of [0, 1, 2]) {
      await ledger.facts.append(fetched({ rejects }, { startedAtMs: JULY_1 + at }), JULY_1 + at);
    }
    expect(await ledger.facts.troubles(JULY, NOW)).toMatchObject([{ what: 'rejects', count: 1 }]);
  });
});

describe('stated totals', () => {
  it('are compared with the ledger for the same source, keys and time', async () => {
    const { ledger } = await scratchLedger();
    const straddling = period(JULY.endMs - DAY_MS, JULY.endMs + DAY_MS);
    const charges = located(
      charge('pod/a', 5),
      charge('pod/late', 4, { period: straddling }),
      charge('endpoint/b', 100),
    );
    const completeFor = { keyPrefix: 'pod/', window: JULY };
    const statedTotal = { billedNanoUsd: 8_000n, window: JULY };
    await ledger.facts.append(fetched({ charges, completeFor, statedTotal }), JULY_1);
    const found = { sourceId: 'runpod', kind: 'runpod.billing.pods', window: JULY };
    expect(await compared(ledger, JULY)).toEqual([
      { ...found, statedNanoUsd: 8_000n, ledgerNanoUsd: 7_000n },
    ]);
    expect(await compared(ledger, period(JULY_1 + 1, JULY.endMs))).toEqual([]);
  });

  it('without a key prefix are compared with charges of the same kind of question', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(
      fetched({ charges: located(charge('vol/x', 50)) }, { kind: 'runpod.billing.volumes' }),
      JULY_1,
    );
    const total = (billedNanoUsd: bigint, at: number) =>
      fetched(
        {
          charges: located(charge('pod/a', 5)),
          statedTotal: { billedNanoUsd, window: JULY },
        },
        { startedAtMs: JULY_1 + at },
      );
    await ledger.facts.append(total(1n, 0), JULY_1);
    await ledger.facts.append(total(5_000n, 1), JULY_1 + 1);
    expect(await compared(ledger, JULY)).toMatchObject([
      { statedNanoUsd: 5_000n, ledgerNanoUsd: 5_000n },
    ]);
  });
});
