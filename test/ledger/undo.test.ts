/** An import can be undone: by appending, whole or not at all, and the undo can be undone. */

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { Undone } from '../../src/ledger/imports.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { readableFacts } from '../laws/importUndo.ts';
import { startChild } from './childProcess.ts';
import { importBatch, CRASH_IMPORT as BIG } from './importedRows.ts';
import {
  charge,
  EVER,
  fetched,
  usageHour,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchFolder,
  scratchLedger,
} from './ledgerFixture.ts';

const IMPORT = { sourceId: 'import' } as const;
const line = (id: string, usd: number, overrides = {}) =>
  charge(id, usd * 1_000_000, { ...IMPORT, resourceId: 'pod-7', ...overrides });

/** A ledger in which every import and undo has its own time. */
async function stage() {
  const { ledger, path, clock } = await scratchLedger();
  const tick = () => {
    clock.set(clock.nowMs() + 1);
    return clock.nowMs();
  };
  return {
    ledger,
    path,
    clock,
    tick,
    take: async (file: string, facts: Omit<Fetched, 'fetch'>) => {
      tick();
      const start = { kind: 'import.charges', url: `file:${file}`, startedAtMs: clock.nowMs() };
      const session = await ledger.facts.beginImport({ ...IMPORT, ...start });
      const { refused } = await session.append(facts);
      return { ...(await session.finish({ digest: file, endedAtMs: clock.nowMs() })), refused };
    },
    undo: async (ref: number) => (await ledger.facts.undoImport(ref, tick())) as Undone,
  };
}

const billed = async (ledger: Ledger, asOfMs = NOW) =>
  (await ledger.facts.charges(EVER, asOfMs)).map(({ key, billed: nano }) => [
    key,
    Number(nano / 10n ** 9n),
  ]);

describe('an import that is undone', () => {
  it('leaves the earlier facts, and the past as it was', async () => {
    const { ledger, path, clock, take, undo } = await stage();
    await take('july.csv', { charges: located(line('1', 5)) });
    await take('wrong.csv', { charges: located(line('1', 50), line('2', 7)) });
    const beforeMs = clock.nowMs();
    const outcome = await undo(2);
    expect(outcome).toMatchObject({
      undoRef: 3,
      isRevived: false,
      withdrawn: 1,
      restored: 1,
      kept: 0,
    });
    expect(outcome.changedCharges).toEqual({
      wasNanoUsd: 57_000_000_000n,
      nowNanoUsd: 5_000_000_000n,
    });
    expect(outcome.changes.map(({ name, changes }) => [name['id'], changes])).toEqual([
      ['1', [{ column: 'billed_cost', was: '50.00', now: '5.00' }]],
      ['2', [{ column: 'billed_cost', was: '7.00', now: null }]],
    ]);
    expect(await billed(ledger)).toEqual([['1', 5]]);
    expect(await billed(ledger, beforeMs)).toEqual([
      ['1', 50],
      ['2', 7],
    ]);
    const spend = rawDatabase(path).prepare('SELECT sum(spend_usd) FROM spend_by_day').pluck();
    expect(spend.get()).toBe(5);
  });

  it('leads, where an earlier row applies again, to that row and to the undo', async () => {
    const { ledger, path, take, undo } = await stage();
    await take('july.csv', { charges: located(line('0', 1), line('1', 5)) });
    await take('wrong.csv', { charges: located(line('1', 50)) });
    await undo(2);
    const rows = rawDatabase(path)
      .prepare(
        `SELECT version, billed_nano_usd / 1000000000 AS usd, fetch_ref, position, undo_ref
         FROM charge WHERE charge_key = '1' ORDER BY version`,
      )
      .raw()
      .all();
    expect(rows).toEqual([
      [1, 5, 1, 1, null],
      [2, 50, 2, 0, null],
      [3, 5, 1, 1, 3],
    ]);
    expect((await ledger.facts.charges(EVER, NOW)).map(({ fetchRef }) => fetchRef)).toEqual([1, 1]);
  });

  it('keeps what a later import restated, and names the file that now provides it', async () => {
    const { ledger, take, undo } = await stage();
    await take('a.csv', { charges: located(line('1', 5), line('2', 6)) });
    await take('b.csv', { charges: located(line('1', 50)) });
    const outcome = await undo(1);
    expect(outcome).toMatchObject({ withdrawn: 1, restored: 0, kept: 1 });
    expect(outcome.keptBy).toMatchObject([{ fetchRef: 2, url: 'file:b.csv' }]);
    expect(await billed(ledger)).toEqual([['1', 50]]);
  });

  it('keeps what another file contains too, and that file is then its evidence', async () => {
    const { ledger, take, undo } = await stage();
    await take('a.csv', { charges: located(line('1', 5), line('2', 6)) });
    await take('b.csv', { charges: located(line('2', 6)) });
    expect(await undo(1)).toMatchObject({ withdrawn: 1, kept: 1 });
    expect(await ledger.facts.charges(EVER, NOW)).toMatchObject([{ key: '2', fetchRef: 2 }]);
  });

  it('keeps what a pull reported too, even if the pull added nothing', async () => {
    const { ledger, tick, take, undo } = await stage();
    await take('a.csv', { charges: located(line('1', 5), line('2', 6)) });
    for (let times = 0; times < 3; times += 1) {
      await ledger.facts.append(fetched({ charges: located(line('1', 5)) }, IMPORT), tick());
    }
    await undo(1);
    expect(await billed(ledger)).toEqual([['1', 5]]);
    expect((await ledger.query('SELECT count(*) FROM repeated_fact')).rows).toEqual([[1]]);
  });

  it('removes the names that later rows omitted and took over from it', async () => {
    const { ledger, take, undo } = await stage();
    await take('a.csv', { charges: located(line('1', 5, { resourceName: 'wrong' })) });
    await take('b.csv', { charges: located(line('1', 6)) });
    expect(await ledger.facts.charges(EVER, NOW)).toMatchObject([{ resourceName: 'wrong' }]);
    await undo(1);
    const [left] = await ledger.facts.charges(EVER, NOW);
    expect(left).toMatchObject({ key: '1', billed: 6_000_000_000n });
    expect(left).not.toHaveProperty('resourceName');
  });

  it('frees its ids and its time: rows it kept out come in when imported again', async () => {
    const { ledger, take, undo } = await stage();
    const august = { period: period(JULY_1 + DAY_MS, JULY_1 + 2 * DAY_MS) };
    const half = { period: period(JULY_1, JULY_1 + HOUR_MS / 2), ...IMPORT };
    const second = { charges: located(line('1', 7, august)), usage: located(usageHour(0, half)) };
    await take('july.csv', {
      charges: located(line('1', 5)),
      usage: located(usageHour(0, IMPORT)),
    });
    expect(await take('august.csv', second)).toMatchObject({ added: 0, rejected: 2 });
    expect(await undo(1)).toMatchObject({ withdrawn: 2, refusedSince: [{ fetchRef: 2 }] });
    expect(await take('august.csv', second)).toMatchObject({ added: 2, restated: 0, rejected: 0 });
    expect(await billed(ledger)).toEqual([['1', 7]]);
  });

  it('is no longer a trouble, and names no deployment', async () => {
    const { ledger, take, undo } = await stage();
    const rejects = [{ position: 3, reason: 'bad', excerpt: '' }];
    await take('a.csv', {
      usage: located(usageHour(0, { ...IMPORT, deployment: 'typo' })),
      rejects,
    });
    expect(await ledger.facts.servedDeployments(EVER, NOW)).toEqual(['typo']);
    await undo(1);
    expect(await ledger.facts.troubles(EVER, NOW)).toEqual([]);
    expect(await ledger.facts.servedDeployments(EVER, NOW)).toEqual([]);
  });
});

describe('an undo', () => {
  it('changes nothing the second time; if it is undone itself, the facts count again', async () => {
    const { ledger, take, undo, tick } = await stage();
    await take('a.csv', { charges: located(line('1', 5)), usage: located(usageHour(0, IMPORT)) });
    const before = await readableFacts(ledger, NOW);
    await undo(1);
    const after = await readableFacts(ledger, NOW);
    expect(await ledger.facts.undoImport(1, tick())).toMatchObject({
      kind: 'already',
      by: { fetchRef: 2 },
    });
    expect(await readableFacts(ledger, NOW)).toBe(after);
    expect(await undo(2)).toMatchObject({ isRevived: true, restored: 2, file: { fetchRef: 1 } });
    expect(await readableFacts(ledger, NOW)).toBe(before);
    expect(await undo(1)).toMatchObject({ kind: 'undone', withdrawn: 2 });
    expect(await readableFacts(ledger, NOW)).toBe(after);
    const counts = 'SELECT fetch_ref, undoes, undone_by FROM pull_history ORDER BY fetch_ref';
    expect((await ledger.query(counts)).rows).toEqual([
      [1, null, 4],
      [2, 1, 3],
      [3, 2, null],
      [4, 1, null],
    ]);
  });

  it('of a file includes its repeats; an undo of a repeat changes nothing', async () => {
    const { ledger, take, undo, tick } = await stage();
    const file = { charges: located(line('1', 5)) };
    await take('a.csv', file);
    await take('a.csv', file);
    expect(await ledger.facts.undoImport(2, tick())).toMatchObject({
      kind: 'nothing',
      sameAs: { fetchRef: 1 },
    });
    expect(await undo(1)).toMatchObject({ withdrawn: 1 });
    expect(await billed(ledger)).toEqual([]);
    expect(await take('a.csv', file)).toMatchObject({ added: 1, restated: 0 });
  });

  it('of an undo is refused if something else has been imported since', async () => {
    const { ledger, take, undo } = await stage();
    await take('a.csv', { usage: located(usageHour(0, IMPORT)) });
    await undo(1);
    const later = { period: period(JULY_1 + HOUR_MS / 2, JULY_1 + 2 * HOUR_MS), ...IMPORT };
    await take('b.csv', { usage: located(usageHour(0, later)) });
    const before = await readableFacts(ledger, NOW);
    await expect(undo(2)).rejects.toMatchObject({
      code: 'refused',
      message: 'fetch 1 cannot count again: line 0 of a.csv conflicts with b.csv (fetch 3)',
      hint: 'undo that import first: rentcheck import --undo 3',
    });
    expect(await readableFacts(ledger, NOW)).toBe(before);
    expect((await ledger.query('SELECT count(*) FROM import_undo')).rows).toEqual([[1]]);
  });

  it('of a pull, or of an unknown import, is refused with what to do', async () => {
    const { ledger, tick, take } = await stage();
    await take('a.csv', { charges: located(line('1', 5)) });
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), tick());
    await expect(ledger.facts.undoImport(2, tick())).rejects.toMatchObject({
      code: 'usage',
      message: 'fetch 2 is a pull (runpod.billing.pods of runpod); only imports can be undone',
    });
    await expect(ledger.facts.undoImport(9, tick())).rejects.toMatchObject({
      code: 'usage',
      expected: 'the number of an import; the latest are 1 (charges a.csv)',
    });
  });

  it('of hours that were added by hand works like that of a file', async () => {
    const { ledger, tick, undo } = await stage();
    const ops = located({ ...IMPORT, key: 'added/1', dayMs: JULY_1, workedMs: HOUR_MS });
    await ledger.facts.append(fetched({ ops }, { ...IMPORT, kind: 'ops.add' }), tick());
    expect(await undo(1)).toMatchObject({ withdrawn: 1 });
    expect(await ledger.facts.opsEntries(EVER, NOW)).toEqual([]);
  });

  it('during the import ends it: no later part of the file counts', async () => {
    const { ledger, tick } = await stage();
    const start = { ...IMPORT, kind: 'import.charges', url: 'file:a.csv', startedAtMs: JULY_1 };
    const session = await ledger.facts.beginImport(start);
    await session.append({ charges: located(line('1', 5)) });
    await ledger.facts.undoImport(1, tick());
    await expect(session.append({ charges: located(line('2', 5)) })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(await billed(ledger)).toEqual([]);
    expect(await ledger.facts.troubles(EVER, NOW)).toEqual([]);
  });

  it('whose process is killed has undone all or nothing', async () => {
    const folder = await scratchFolder();
    const clock = settableClock(3);
    const full = join(folder, 'full.db');
    const ledger = await openLedger(full, { clock });
    const session = await ledger.facts.beginImport(BIG);
    for (let batch = 0; batch < 15; batch += 1) await session.append(importBatch(batch));
    await session.finish({ digest: '00', endedAtMs: 3 });
    const all = await ledger.query('SELECT count(*), 0 FROM usage');
    await ledger.close();
    const counts =
      'SELECT count(*), (SELECT count(*) FROM import_undo) FROM usage WHERE withdrawn = 0';
    for (const pauseMs of [0, 40, 120]) {
      const path = join(folder, `killed-${pauseMs}.db`);
      copyFileSync(full, path);
      const child = startChild('undo', [path]);
      expect(await child.line()).toBe('begins');
      await new Promise((over) => setTimeout(over, pauseMs));
      await child.kill();
      const left = await openLedger(path, { clock });
      const { rows } = await left.query(counts);
      const undone = rows[0]?.[1] === 1;
      const stored = (await left.facts.usage('d0', EVER, NOW)).size;
      expect({ stored, rows }).toEqual(
        undone ? { stored: 0, rows } : { stored: 1, rows: all.rows },
      );
      expect(examineLedger(path).faults).toEqual([]);
      const again = await left.facts.undoImport(1, 10);
      expect(again.kind).toBe(undone ? 'already' : 'undone');
      expect((await left.facts.usage('d0', EVER, NOW)).size).toBe(0);
      expect(await left.facts.charges(EVER, NOW)).toEqual([]);
      expect((await left.query('SELECT * FROM usage_by_day')).rows).toEqual([]);
      await left.close();
    }
  });
});
