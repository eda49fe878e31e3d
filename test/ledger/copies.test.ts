/** A ledger opened as a copy: it has all the data, accepts writes, and is deleted at the end. */

import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { sha256Hex } from '../../src/platform/digest.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  charge,
  readAllFacts,
  fetched,
  usageHour,
  JULY_1,
  located,
  price,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';

const clock = settableClock(JULY_1);

async function stocked() {
  const { ledger, path } = await scratchLedger();
  const facts = { charges: located(charge('a', 1)), usage: located(usageHour(0), usageHour(1)) };
  await ledger.facts.append(fetched({ ...facts, prices: located(price('host', 5)) }), JULY_1);
  return { ledger, path };
}

it('holds every row of every table and every view', async () => {
  const { ledger, path } = await stocked();
  const copy = await openLedger(path, { clock, mode: 'copy' });
  expect(await readAllFacts(copy)).toBe(await readAllFacts(ledger));
  const tables = rawDatabase(path)
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const sql = `SELECT * FROM "${table}"`;
    expect([table, (await copy.query(sql)).rows]).toEqual([table, (await ledger.query(sql)).rows]);
  }
  expect(await copy.views()).toEqual(await ledger.views());
  await copy.close();
});

it('takes facts that never reach the ledger', async () => {
  const { ledger, path } = await stocked();
  const digest = async () => sha256Hex(await readFile(path, 'latin1'));
  const [before, bytes, beside] = [
    await readAllFacts(ledger),
    await digest(),
    await readdir(dirname(path)),
  ];
  const copy = await openLedger(path, { clock, mode: 'copy' });
  await copy.facts.append(fetched({ prices: located(price('other', 7)) }), JULY_1);
  const session = await copy.facts.beginImport({
    sourceId: 'import',
    kind: 'import.prices',
    url: 'file:p.csv',
    startedAtMs: JULY_1,
  });
  await session.append({ prices: located(price('third', 9)) });
  expect(await readdir(dirname(path))).toEqual(beside);
  await session.finish({ digest: 'd', endedAtMs: JULY_1 });
  const hosts = await copy.query('SELECT DISTINCT host FROM hosted_price ORDER BY host');
  expect(hosts.rows).toEqual([['host'], ['other'], ['third']]);
  await copy.close();
  expect(await readAllFacts(ledger)).toBe(before);
  expect(await digest()).toBe(bytes);
  expect(await readdir(dirname(path))).toEqual(beside);
});

it('may be empty, whatever the ledger holds', async () => {
  const { path } = await stocked();
  const nothing = await openLedger(path, { clock, mode: 'empty' });
  expect((await nothing.query('SELECT * FROM hosted_price')).rows).toEqual([]);
  await nothing.close();
});

it('is refused for a file that is no ledger', async () => {
  const { path } = await scratchLedger();
  rawDatabase(path).pragma('application_id = 7');
  await expect(openLedger(path, { clock, mode: 'copy' })).rejects.toThrow(Failure);
});
