/** A durable commit is synced to disk before its caller continues. */

import { describe, expect, it } from 'vitest';
import { runDurably } from '../../src/ledger/transactions.ts';
import { rawDatabase, scratchLedger } from './ledgerFixture.ts';

const FULL = 2;

describe('a durable commit', () => {
  it('syncs during the transaction and restores the setting, even when it fails', async () => {
    const { path } = await scratchLedger();
    const db = rawDatabase(path);
    db.pragma('synchronous = NORMAL');
    const setting = () => db.pragma('synchronous', { simple: true });
    const before = setting();
    expect(before).not.toBe(FULL);
    expect(runDurably(db, () => db.transaction(setting).immediate())).toBe(FULL);
    expect(setting()).toBe(before);
    const failing = () =>
      runDurably(db, () => {
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(setting()).toBe(before);
  });
});
