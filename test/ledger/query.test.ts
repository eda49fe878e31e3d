/** SQL access to the ledger: a user can read everything and change nothing. */

import { describe, expect, it } from 'vitest';
import { charge, readAllFacts, fetched, JULY_1, located, scratchLedger } from './ledgerFixture.ts';

describe('SQL on the ledger', () => {
  it('returns rows in the order of the columns, with long integers whole', async () => {
    const { ledger } = await scratchLedger();
    expect(
      await ledger.query(`SELECT 9007199254740993 AS long, 7 AS short, 0.5 AS half, NULL AS none,
        'text' AS text, x'00ff' AS bytes`),
    ).toEqual({
      columns: ['long', 'short', 'half', 'none', 'text', 'bytes'],
      rows: [[9_007_199_254_740_993n, 7, 0.5, null, 'text', '00ff']],
    });
  });

  it.each([
    'SELECT 1',
    '-- a comment\n  /* and another */ WITH a(x) AS (VALUES (1)) SELECT x FROM a',
    'VALUES (1)',
    'EXPLAIN QUERY PLAN SELECT * FROM charge',
    'PRAGMA table_info(charge)',
  ])('allows %j', async (sql) => {
    const { ledger } = await scratchLedger();
    expect((await ledger.query(sql)).rows.length).toBeGreaterThan(0);
  });

  it.each([
    'DELETE FROM charge',
    "INSERT INTO charge_day VALUES (1, 1, 1) RETURNING 'sneaky'",
    'WITH a AS (SELECT 1) DELETE FROM charge RETURNING 1',
    "ATTACH 'other.db' AS other",
    "VACUUM INTO 'copy.db'",
    'PRAGMA user_version = 9',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA busy_timeout(1)',
    'PRAGMA locking_mode = EXCLUSIVE',
    'BEGIN EXCLUSIVE',
    'EXPLAIN DELETE FROM charge',
  ])('refuses %j and changes nothing', async (sql) => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    const before = await readAllFacts(ledger);
    await expect(ledger.query(sql)).rejects.toMatchObject({ name: 'Failure', code: 'usage' });
    expect(await readAllFacts(ledger)).toBe(before);
  });

  it('refuses a second statement', async () => {
    const { ledger } = await scratchLedger();
    await expect(ledger.query('SELECT 1; DELETE FROM charge')).rejects.toMatchObject({
      code: 'usage',
      message: 'SQLite: The supplied SQL string contains more than one statement',
    });
  });

  it('reports errors in the words of SQLite, with the position', async () => {
    const { ledger } = await scratchLedger();
    await expect(ledger.query('SELECT day\nFORM spend_by_day')).rejects.toMatchObject({
      code: 'usage',
      message: 'SQLite: near "spend_by_day": syntax error at line 2, column 6',
    });
    await expect(ledger.query('SELECT cost FROM spend_by_day')).rejects.toMatchObject({
      message: 'SQLite: no such column: cost at line 1, column 8',
    });
    await expect(ledger.query('')).rejects.toMatchObject({ code: 'usage' });
  });

  it('sees what was appended since the last query', async () => {
    const { ledger } = await scratchLedger();
    const count = async () => (await ledger.query('SELECT count(*) FROM charge')).rows;
    expect(await count()).toEqual([[0]]);
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    expect(await count()).toEqual([[1]]);
  });
});
