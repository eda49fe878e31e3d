/** The comparison of bills with invoices, as pages query it every few seconds. */

import { expect, test } from 'vitest';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import { exact } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { findBillStates } from '../../src/jobs/examineBills.ts';
import { openLedger } from '../../src/ledger/open.ts';
import {
  charge,
  fetched,
  JULY,
  JULY_1,
  located,
  rawDatabase,
  scratchLedger,
} from '../ledger/ledgerFixture.ts';

const NOW_MS = JULY_1 + 40 * DAY_MS;
const NONE = exact(0n);
const reconciliation = { toleranceUsd: NONE, toleranceShare: NONE, estimatedShare: NONE };
const config = { policy: { reconciliation } };

async function billed() {
  const { ledger, path, clock } = await scratchLedger();
  const statedTotal = { billedNanoUsd: 5_000_000n, window: JULY };
  const charges = located(charge('pod/a', 5_000));
  await ledger.facts.append(fetched({ charges, statedTotal }), JULY_1);
  const time = () => rawDatabase(path).prepare('SELECT * FROM ledger_time').all();
  return { ledger, path, clock, time };
}

test('reading the bills twice writes nothing', async () => {
  const { ledger, time } = await billed();
  const before = time();
  const first = await findBillStates({ config, ledger, nowMs: NOW_MS }, STORED_FORMAT);
  expect(first).not.toEqual([]);
  expect(await findBillStates({ config, ledger, nowMs: NOW_MS + DAY_MS }, STORED_FORMAT)).toEqual(
    first,
  );
  expect(time()).toEqual(before);
});

test('a worker without the writer role sees what the writer sees', async () => {
  const { ledger, path, clock } = await billed();
  const bills = await findBillStates({ config, ledger, nowMs: NOW_MS }, STORED_FORMAT);
  const fenced = await openLedger(path, { clock, fenced: true });
  expect(await findBillStates({ config, ledger: fenced, nowMs: NOW_MS }, STORED_FORMAT)).toEqual(
    bills,
  );
  await fenced.close();
});
