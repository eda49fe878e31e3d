/** A killed writer loses no committed data, and importing the file again completes it. */

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineLedger } from '../../src/ledger/examine.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { startChild } from './childProcess.ts';
import { BATCHES, importBatch, CRASH_IMPORT } from './importedRows.ts';
import { EVER, NOW, scratchFolder } from './ledgerFixture.ts';

const CONTENTS = [
  'SELECT * FROM charge_day ORDER BY day_ms, charge_ref',
  'SELECT * FROM spend_day ORDER BY day, source_id, resource_id, category',
  `SELECT charge_key, version, billed_nano_usd, position FROM charge ORDER BY charge_key, version`,
  `SELECT deployment, start_ms, version, end_ms, output_tokens, position, withdrawn
   FROM usage JOIN usage_series USING (series_ref) ORDER BY deployment, start_ms, version`,
];

async function contentsOf(ledger: Ledger): Promise<unknown[]> {
  const tables = [];
  for (const sql of CONTENTS) tables.push((await ledger.query(sql)).rows);
  return tables;
}

async function importWhole(ledger: Ledger) {
  const session = await ledger.facts.beginImport(CRASH_IMPORT);
  for (let batch = 0; batch < BATCHES; batch += 1) await session.append(importBatch(batch));
  return session.finish({ digest: '00', endedAtMs: 1 });
}

describe('an import whose process is killed', () => {
  it('keeps the batches that were committed, and completes when it is run again', async () => {
    const folder = await scratchFolder();
    const clock = settableClock(3);
    const whole = await openLedger(join(folder, 'whole.db'), { clock });
    await importWhole(whole);
    const expected = await contentsOf(whole);
    await whole.close();
    for (const killedAfter of [0, 7, 29]) {
      const path = join(folder, `killed-${killedAfter}.db`);
      const child = startChild('import', [path]);
      while ((await child.line()) !== killedAfter);
      await child.kill();
      expect(examineLedger(path).faults).toEqual([]);
      const ledger = await openLedger(path, { clock });
      const [, , , usage] = (await contentsOf(ledger)) as unknown[][];
      expect(usage?.length).toBeGreaterThanOrEqual((killedAfter + 1) * 400);
      expect(await ledger.facts.troubles(EVER, NOW)).toMatchObject([
        { what: 'unfinished', count: 1 },
      ]);
      expect(examineLedger(path).faults).toEqual([]);
      const again = await importWhole(ledger);
      expect(again).toMatchObject({ restated: 0, rejected: 0 });
      expect(await contentsOf(ledger)).toEqual(expected);
      expect(await ledger.facts.troubles(EVER, NOW)).toEqual([]);
      await ledger.close();
      expect(examineLedger(path).faults).toEqual([]);
    }
  });

  it('is found on the next start, undone, and reported until the file was imported', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const child = startChild('import', [path]);
    while ((await child.line()) !== 3);
    const ledger = await openLedger(path, { clock: settableClock(3) });
    expect(await ledger.facts.interruptedImports()).toEqual([]);
    expect(await ledger.facts.closeInterruptedImports()).toEqual([]);
    await child.kill();
    const [cut] = await ledger.facts.interruptedImports();
    expect(cut?.rows).toBeGreaterThanOrEqual(4 * 400);
    expect(await ledger.facts.closeInterruptedImports()).toEqual([cut]);
    expect(await ledger.facts.interruptedImports()).toEqual([]);
    expect(await ledger.facts.charges(EVER, NOW)).toEqual([]);
    expect(await ledger.facts.usage('d0', EVER, NOW)).toEqual(new Map());
    const { rows } = await ledger.query('SELECT count(*) FROM fetch WHERE finished = 0');
    expect(rows).toEqual([[0]]);
    expect(await ledger.facts.troubles(EVER, NOW)).toMatchObject([
      { what: 'failed', count: 1, example: expect.stringContaining('none of them count') },
    ]);
    await importWhole(ledger);
    expect(await ledger.facts.troubles(EVER, NOW)).toEqual([]);
    expect((await ledger.facts.usage('d0', EVER, NOW)).get('import')?.length).toBeGreaterThan(0);
    await ledger.close();
    expect((await readdir(dirname(path))).filter((name) => name.includes('import'))).toEqual([]);
  });

  it('leaves a file that is readable at once', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const child = startChild('import', [path]);
    while ((await child.line()) !== 3);
    await child.kill();
    const ledger = await openLedger(path, { clock: settableClock(3), mode: 'readonly' });
    const series = (await ledger.facts.usage('d0', EVER, NOW)).get('import');
    await ledger.close();
    expect(series?.length).toBeGreaterThanOrEqual(Math.floor((4 * 400) / 3));
  });
});
