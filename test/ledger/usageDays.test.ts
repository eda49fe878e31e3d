/** The daily rollup of usage: filled for old ledgers, read by day, compared with its facts. */

import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { usageDayFaults } from '../../src/ledger/usageDays.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  fetched,
  usageHour,
  JULY_1,
  located,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';
import { ledgerWrongText } from '../../src/report/copy/ledgerFindings.ts';

const usageOf = (...rows: UsageRow[]) => fetched({ usage: located(...rows) }, { sourceId: 'prom' });

const VIEW = 'SELECT * FROM usage_by_day ORDER BY day, deployment, source';

/**
 * Two days of two deployments. One hour is restated, one withdrawn by another grid, one unknown.
 */
async function fill(ledger: Ledger): Promise<void> {
  const other = { deployment: 'embed' };
  const {
    cachedPromptTokens: _c,
    requests: _r,
    busyMs: _b,
    replicaMs: _m,
    ...bare
  } = usageHour(26);
  await ledger.facts.append(
    usageOf(usageHour(0), usageHour(1), usageHour(23), bare, usageHour(3, other)),
    JULY_1,
  );
  await ledger.facts.append(usageOf(usageHour(1, { outputTokens: 7 })), JULY_1 + 1);
  const half = period(JULY_1 + 3 * HOUR_MS, JULY_1 + 3.5 * HOUR_MS);
  await ledger.facts.append(
    usageOf(usageHour(3, { ...other, period: half, outputTokens: 9 })),
    JULY_1 + 2,
  );
}

describe('the rollup of usage by day', () => {
  it('is filled for a ledger that has intervals already', async () => {
    const { ledger, path } = await scratchLedger();
    await fill(ledger);
    const { rows } = await ledger.query(VIEW);
    expect(rows.map((row) => row.slice(0, 8))).toEqual([
      ['2026-07-01', 'chat-70b', 'prom', 3_324, 300, 407, 3_731, 15],
      ['2026-07-01', 'embed', 'prom', 1_103, 100, 9, 1_112, 5],
      ['2026-07-02', 'chat-70b', 'prom', 1_026, null, 200, 1_226, null],
    ]);
    const db = rawDatabase(path);
    db.exec(`DROP TABLE usage_day; DELETE FROM migration WHERE name = '0007_usage_by_day'`);
    const again = await openLedger(path, { clock: settableClock(JULY_1) });
    expect((await again.query(VIEW)).rows).toEqual(rows);
    expect([...usageDayFaults(db)]).toEqual([]);
    await again.close();
  });

  it('counts an interval on the day it begins, before 1970 too', async () => {
    const { ledger } = await scratchLedger();
    const eve = usageHour(0, { period: period(-HOUR_MS, HOUR_MS) });
    await ledger.facts.append(
      usageOf(eve, usageHour(0, { period: period(DAY_MS, DAY_MS + 1) })),
      JULY_1,
    );
    const { rows } = await ledger.query('SELECT day, intervals FROM usage_by_day ORDER BY day');
    expect(rows).toEqual([
      ['1969-12-31', 1],
      ['1970-01-02', 1],
    ]);
  });

  it('has no row for a day whose intervals are all withdrawn', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(24)), JULY_1);
    const wide = period(JULY_1 + 23 * HOUR_MS, JULY_1 + 25 * HOUR_MS);
    await ledger.facts.append(usageOf(usageHour(23, { period: wide })), JULY_1 + 1);
    const { rows } = await ledger.query('SELECT day, intervals FROM usage_by_day');
    expect(rows).toEqual([['2026-07-01', 1]]);
  });

  it('is read by day: a query for a quarter reads no other days', async () => {
    const { path } = await scratchLedger();
    const plan = rawDatabase(path)
      .prepare(
        `EXPLAIN QUERY PLAN SELECT deployment, sum(tokens) FROM usage_by_day
         WHERE day >= '2026-07-01' AND day < '2026-10-01' GROUP BY deployment`,
      )
      .all() as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join('\n');
    expect(details).toContain('SEARCH d USING INDEX usage_day_by_day (day>? AND day<?)');
    expect(details).not.toContain('SCAN');
  });

  it('refuses counters of one day whose sum overflows', async () => {
    const { ledger, path } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(0)), JULY_1);
    const most = Number.MAX_SAFE_INTEGER;
    const seconds = Array.from({ length: 1_025 }, (_, n) => {
      const startMs = JULY_1 + DAY_MS + n * 1_000;
      return usageHour(0, { period: period(startMs, startMs + 1_000), outputTokens: most });
    });
    await expect(ledger.facts.append(usageOf(...seconds), JULY_1 + 1)).rejects.toMatchObject({
      code: 'malformed',
      message: 'the usage of chat-70b on 2026-07-02 adds up to more than the ledger can store',
    });
    await ledger.facts.append(usageOf(usageHour(1)), JULY_1 + 2);
    expect((await ledger.query('SELECT day, intervals FROM usage_by_day')).rows).toEqual([
      ['2026-07-01', 2],
    ]);
    expect([...usageDayFaults(rawDatabase(path))]).toEqual([]);
  });
});

describe('a change outside the ledger', () => {
  const first = `WHERE series_ref = 1 AND start_ms < ${JULY_1 + DAY_MS}`;
  const changes = [
    [
      'UPDATE usage SET output_tokens = 8 WHERE output_tokens = 7',
      'output_tokens is 407, but its intervals add up to 408',
    ],
    [
      'DELETE FROM usage WHERE start_ms = (SELECT min(start_ms) FROM usage)',
      'uncached_prompt_tokens is 3,024, but its intervals add up to 2,024',
    ],
    [
      `UPDATE usage SET busy_ms = 9223372036854775807 ${first}`,
      'its intervals add up to more than can be counted',
    ],
    [
      'UPDATE usage_day SET requests = 0 WHERE requests = 15',
      'requests is 0, but its intervals add up to 15',
    ],
    [
      'DELETE FROM usage_day WHERE intervals = 3',
      'the day is missing, but intervals in force begin on it',
    ],
    [
      'UPDATE usage_day SET requests = 0 WHERE requests IS NULL',
      'requests is 0, but its intervals add up to unknown',
    ],
    [
      `INSERT INTO usage_day
       SELECT series_ref, day_ms + 864000000, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
       FROM usage_day LIMIT 1`,
      'the day has totals, but no interval in force begins on it',
    ],
  ] as const;

  it.each(changes)('is found after %s', async (sql, says) => {
    const { ledger, path } = await scratchLedger();
    await fill(ledger);
    expect(examineLedger(path).faults).toEqual([]);
    rawDatabase(path).exec(sql);
    const faults = examineLedger(path).faults.filter(({ table }) => table === 'usage_day');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ hasMore: false });
    expect(faults[0] && ledgerWrongText(faults[0].wrong)).toBe(says);
    expect(faults[0]?.key).toMatch(/^usage of chat-70b from prom, 2026-07-/);
  });
});
