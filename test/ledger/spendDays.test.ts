/** Spend by day as the ledger stores it: filled by the migration, found by day, compared. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import { spendDayFaults } from '../../src/ledger/spendDays.ts';
import {
  charge,
  EVER,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';
import type { LedgerFault } from '../../src/ledger/checks/check.ts';
import { ledgerWrongText } from '../../src/report/copy/ledgerFindings.ts';

const withText = ({ wrong, ...fault }: LedgerFault) => ({ ...fault, says: ledgerWrongText(wrong) });

const ALL = 'SELECT * FROM spend_day ORDER BY day, resource_id, named, resource_name';

/** A period that begins this many hours after the start of July, an hour or more long. */
const span = (hour: number, hours = 1) =>
  period(JULY_1 + hour * HOUR_MS, JULY_1 + (hour + hours) * HOUR_MS);

describe('spend by day', () => {
  it('of an older ledger is filled by the migration', async () => {
    const { ledger, path } = await scratchLedger();
    const pod = (usd: number) =>
      charge('pod/a', usd, { resourceName: 'chat', period: span(20, 8) });
    await ledger.facts.append(
      fetched({ charges: located(pod(8_000_000), charge('pod/b', 5)) }),
      JULY_1,
    );
    const complete = { completeFor: { keyPrefix: 'pod/', window: JULY } };
    await ledger.facts.append(
      fetched({ charges: located(pod(4_000_000)), ...complete }),
      JULY_1 + 1,
    );
    const db = rawDatabase(path);
    const kept = db.prepare(ALL).raw().all();
    expect(kept).toMatchObject([
      ['2026-07-01', JULY_1, 'runpod', 'a', 'compute', 'on-demand', 1, 'chat', 2_000_000_000, 1],
      ['2026-07-02', JULY_1 + DAY_MS, 'runpod', 'a', 'compute', 'on-demand', 1, 'chat', 2e9, 1],
    ]);
    const file = new URL('../../migrations/0006_spend_by_day.sql', import.meta.url);
    const text = readFileSync(file, 'utf8');
    db.exec(`DELETE FROM spend_day; ${text.slice(text.indexOf('INSERT INTO spend_day'))}`);
    expect(db.prepare(ALL).raw().all()).toEqual(kept);
  });

  it('names a resource by its last name on the day', async () => {
    const { ledger } = await scratchLedger();
    const named = (key: string, hour: number, name?: string) =>
      charge(`pod/${key}`, 1, {
        resourceId: 'p',
        period: span(hour),
        ...(name === undefined ? {} : { resourceName: name }),
      });
    const bill = [named('1', 1, 'zulu'), named('2', 2, 'alpha'), named('3', 3), named('4', 25)];
    await ledger.facts.append(fetched({ charges: located(...bill) }), JULY_1);
    const names = async () =>
      (await ledger.query('SELECT resource_name, spend_nano_usd FROM spend_by_day ORDER BY day'))
        .rows;
    expect(await names()).toEqual([
      ['alpha', 3_000],
      [null, 1_000],
    ]);
    await ledger.facts.append(fetched({ charges: located(named('2', 2, 'zulu')) }), JULY_1 + 1);
    expect((await names())[0]).toEqual(['zulu', 3_000]);
  });

  it('is found by its day, without reading other days', async () => {
    const { path } = await scratchLedger();
    const plan = rawDatabase(path)
      .prepare(
        `EXPLAIN QUERY PLAN SELECT sum(spend_usd) FROM spend_by_day
         WHERE day >= '2026-07-01' AND day < '2026-10-01'`,
      )
      .all() as { detail: string }[];
    expect(plan.map(({ detail }) => detail)).toContain(
      'SEARCH s USING PRIMARY KEY (day>? AND day<?)',
    );
  });

  it('that was changed by another program is a fault with both sums', async () => {
    const { ledger, path } = await scratchLedger();
    await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 1), charge('pod/b', 2)) }),
      1,
    );
    const db = rawDatabase(path);
    expect([...spendDayFaults(db)]).toEqual([]);
    db.exec(`UPDATE spend_day SET billed_nano_usd = 9000 WHERE resource_id = 'a';
      DELETE FROM spend_day WHERE resource_id = 'b';
      INSERT INTO spend_day VALUES ('2026-08-01', 0, 's', 'c', 'tax', 'spot', 0, '', 1, 2)`);
    const holds =
      'the day has $0.000009000 of 1 charge, but its charges add up to ' +
      '$0.000001000 of 1 charge';
    expect([...spendDayFaults(db)].map(withText)).toEqual([
      { table: 'spend_day', key: '2026-07-01, compute of "a" of runpod, on-demand', says: holds },
      {
        table: 'spend_day',
        key: '2026-07-01, compute of "b" of runpod, on-demand',
        says: 'the day has nothing, but its charges add up to $0.000002000 of 1 charge',
      },
      {
        table: 'spend_day',
        key: '2026-08-01, tax of "c" of s, spot',
        says: 'the day has $0.000000001 of 2 charges, but its charges add up to nothing',
      },
    ]);
  });

  it('refuses charges whose daily sum overflows the column, and stores none of them', async () => {
    const { ledger } = await scratchLedger();
    const most = { billed: nanoUsd(2n ** 63n - 1n), resourceId: 'pod' };
    const charges = located(charge('a', 0, most), charge('b', 0, most));
    await expect(ledger.facts.append(fetched({ charges }), 1)).rejects.toMatchObject({
      code: 'malformed',
      message:
        'the charges of pod of runpod on 2026-07-01 add up to more than the ledger can store',
    });
    expect(await ledger.facts.charges(EVER, NOW)).toEqual([]);
    await ledger.facts.append(fetched({ charges: located(charge('a', 0, most)) }), 2);
    expect(await ledger.facts.charges(EVER, NOW)).toMatchObject([{ billed: 2n ** 63n - 1n }]);
  });
});

describe('charges of a window', () => {
  it('are found however far they reach into it, and one by one by their end', async () => {
    const { ledger } = await scratchLedger();
    const bill = [
      charge('year', 1, { period: period(JULY_1 - 100 * DAY_MS, JULY_1 + 200 * DAY_MS) }),
      charge('second', 1, { period: span(1) }),
      charge('first', 1, { period: span(0) }),
      charge('across', 1, { period: span(20, 10) }),
      charge('before', 1, { period: span(-1) }),
      charge('after', 1, { period: span(24) }),
    ];
    await ledger.facts.append(fetched({ charges: located(...bill) }), 1);
    const keys: string[] = [];
    await ledger.facts.eachCharge(span(0, 24), NOW, ({ key }) => keys.push(key));
    expect(keys).toEqual(['first', 'second', 'across', 'year']);
  });

  it('name each billed resource once, with its tags', async () => {
    const { ledger } = await scratchLedger();
    const tags = { team: 'chat' };
    const rented = { category: 'compute', pricingClass: 'on-demand' };
    const pod = (key: string, hour: number) =>
      charge(key, 1, { resourceId: 'p', resourceName: 'chat-0', period: span(hour), tags });
    const year = charge('y', 1, { resourceId: 'q', period: span(-900, 9_000) });
    const old = charge('o', 1, { resourceId: 'old', period: span(-30) });
    await ledger.facts.append(
      fetched({ charges: located(pod('1', 0), pod('2', 1), year, old) }),
      1,
    );
    expect(await ledger.facts.billedResources(span(0, 24), NOW)).toEqual([
      { sourceId: 'runpod', resourceId: 'p', resourceName: 'chat-0', ...rented, tags },
      { sourceId: 'runpod', resourceId: 'q', ...rented },
    ]);
  });
});
