/**
 * Several programs share a ledger: readers never wait, and writers wait for a while and then fail.
 */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMigrations } from '../../src/ledger/migration.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { startChild } from './childProcess.ts';
import {
  charge,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchFolder,
} from './ledgerFixture.ts';

const clock = settableClock(JULY_1);

describe('a ledger that another program is writing', () => {
  it('can be read, and fails as locked after the timeout when written', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const ledger = await openLedger(path, { clock, busyTimeoutMs: 150 });
    const pull = fetched({ charges: located(charge('pod/a', 5)) });
    await ledger.facts.append(pull, JULY_1);
    const holder = startChild('hold', [path]);
    expect(await holder.line()).toBe('locked');
    const beganMs = performance.now();
    await expect(ledger.facts.append(pull, JULY_1 + 1)).rejects.toMatchObject({
      name: 'Failure',
      code: 'ledger-locked',
      passing: true,
      message: expect.stringContaining(path),
    });
    expect(performance.now() - beganMs).toBeGreaterThan(100);
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(1);
    const reader = await openLedger(path, { clock, mode: 'readonly' });
    expect(await reader.facts.charges(JULY, NOW)).toHaveLength(1);
    await reader.close();
    await holder.release();
    expect(await ledger.facts.append(pull, JULY_1 + 2)).toMatchObject({ unchanged: 1 });
    await ledger.close();
  });

  it('is waited for', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    await (await openLedger(path, { clock })).close();
    const holder = startChild('hold', [path]);
    expect(await holder.line()).toBe('locked');
    const writer = startChild('use', [path, 'append', '10']);
    const wrote = writer.line();
    await holder.release();
    expect(await wrote).toEqual({ charges: 0 });
  });
});

describe('a new ledger', () => {
  it('is created once when several programs open it at the same time', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const children = Array.from({ length: 4 }, () => startChild('use', [path, 'append', '10']));
    const answers = await Promise.all(children.map((child) => child.line()));
    expect(answers).toEqual(children.map(() => ({ charges: 0 })));
    const db = rawDatabase(path);
    expect(db.prepare('SELECT count(*) FROM migration').pluck().get()).toBe(
      readMigrations().length,
    );
    expect(db.prepare('SELECT count(*) FROM fetch').pluck().get()).toBe(4);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
