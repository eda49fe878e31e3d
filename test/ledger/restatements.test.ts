/** The view of restatements: every amount that changed, in every kind of fact, and its source. */

import { expect, it } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { charge, usageHour, JULY_1, located, price, scratchLedger } from './ledgerFixture.ts';

const IMPORT = { sourceId: 'import' } as const;

function facts(amount: number): Omit<Fetched, 'fetch'> {
  const rate = { provider: 'p', gpuType: 'H100', pricingClass: 'spot' as const };
  return {
    charges: located(charge('1', amount * 1_000_000, IMPORT)),
    usage: located(usageHour(0, { ...IMPORT, uncachedPromptTokens: amount, outputTokens: 0 })),
    prices: located({ ...price('host', amount * 1_000_000), ...IMPORT }),
    rates: located({
      ...IMPORT,
      ...rate,
      validFromMs: JULY_1,
      usdPerGpuHour: nanoUsd(BigInt(amount) * 1_000_000_000n),
    }),
    ops: located({ ...IMPORT, key: 'k', dayMs: JULY_1, workedMs: amount * HOUR_MS }),
  };
}

it('restatement_history has the old and the new amount, undone or not', async () => {
  const { ledger } = await scratchLedger();
  for (const [at, amount] of [2, 3].entries()) {
    const start = { kind: 'import.charges', url: `file:${at}.csv`, startedAtMs: JULY_1 };
    const session = await ledger.facts.beginImport({ ...IMPORT, ...start });
    await session.append(facts(amount));
    await session.finish({ digest: String(at), endedAtMs: JULY_1 });
  }
  const changes = `SELECT fetch_ref, undo_ref, fact, name, subject, unit, was, now
    FROM restatement_history ORDER BY undo_ref, fact`;
  const rows = [
    ['charge', '1', '1', 'usd'],
    ['hours', 'k', '(whole stack)', 'hours'],
    ['input price', 'host fp8', 'llama', 'usd_per_mtok'],
    ['rate', 'p spot', 'H100', 'usd_per_gpu_hour'],
  ];
  const usage = ['usage', 'chat-70b', 'chat-70b', 'tokens'];
  const restated = [...rows.map((row) => [2, null, ...row, 2, 3]), [2, null, ...usage, 102, 103]];
  expect((await ledger.query(changes)).rows).toEqual(restated);
  await ledger.facts.undoImport(2, JULY_1 + 1);
  expect((await ledger.query(changes)).rows).toEqual([
    ...restated,
    ...rows.map((row) => [1, 3, ...row, 3, 2]),
    [1, 3, ...usage, 103, 102],
  ]);
  await ledger.facts.undoImport(1, JULY_1 + 2);
  const gone = 'SELECT was, now FROM restatement_history WHERE undo_ref = 4 AND fact = ';
  expect((await ledger.query(`${gone}'charge'`)).rows).toEqual([[2, null]]);
  expect((await ledger.query(`${gone}'output price'`)).rows).toEqual([[0.3, null]]);
});
