import { expect, test } from 'vitest';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { charge, fetched, located, scratchLedger } from './ledgerFixture.ts';

const utc = (month: number, day = 1) => Date.UTC(2026, month - 1, day);
const THIRD_QUARTER = period(utc(7), utc(10));

test('the billing period of a source is read from charges, around the window too', async () => {
  const { ledger } = await scratchLedger();
  const invoice = (from: number, to: number) =>
    charge(`acme/${from}`, 100, { sourceId: 'acme', period: period(utc(from), utc(to)) });
  const tax = charge('acme/tax', 5, {
    sourceId: 'acme',
    category: 'tax',
    period: period(utc(7), utc(7, 2)),
  });
  const hourly = charge('pod/1', 1, { period: period(utc(7), utc(7, 2)) });
  const refund = charge('pod/2', -1, { period: period(utc(6), utc(6, 2)) });
  const long = [invoice(1, 2), invoice(6, 7), invoice(7, 8), invoice(11, 12), tax];
  await ledger.facts.append(fetched({ charges: located(...long, hourly, refund) }), utc(10, 5));
  const known = await ledger.facts.sourceBilling(THIRD_QUARTER, utc(10, 6));
  expect(known).toEqual([
    // January is more than a quarter earlier. A tax charge of one day does not show how the source
    // bills.
    { sourceId: 'acme', shortestMs: 30 * DAY_MS, firstMs: utc(6), lastMs: utc(12) },
    // runpod bills by the day at most, so it is not listed.
  ]);
  expect(await ledger.facts.sourceBilling(THIRD_QUARTER, utc(10, 4))).toEqual([]);
  const restated = { ...hourly, period: period(utc(7), utc(7, 3)) };
  await ledger.facts.append(fetched({ charges: located(restated) }), utc(10, 7));
  const [, pods] = await ledger.facts.sourceBilling(THIRD_QUARTER, utc(10, 8));
  expect(pods).toMatchObject({ shortestMs: 2 * DAY_MS, lastMs: utc(7, 3) });
});

test('a month before the window and an hour after it do not make a monthly bill', async () => {
  const { ledger } = await scratchLedger();
  const month = charge('m', 9, { period: period(utc(6), utc(7)) });
  const hour = charge('h', 1, { period: period(utc(10), utc(10) + 3_600_000) });
  await ledger.facts.append(fetched({ charges: located(month, hour) }), utc(10, 5));
  expect(await ledger.facts.sourceBilling(THIRD_QUARTER, utc(10, 6))).toEqual([
    { sourceId: 'runpod', shortestMs: 3_600_000, firstMs: utc(6), lastMs: utc(7) },
  ]);
});
