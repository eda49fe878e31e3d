/** The last worker to take the writer role writes, and commands always may. */

import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/open.ts';
import { auditRecord } from './auditFixture.ts';
import { charge, EVER, fetched, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const pull = fetched({ charges: located(charge('pod/a', 5)) });
const REFUSED = { name: 'Failure', code: 'not-writer', passing: true };

async function twoWorkers() {
  const { ledger, path, clock } = await scratchLedger();
  const one = await openLedger(path, { clock, fenced: true });
  const two = await openLedger(path, { clock, fenced: true });
  const close = () => Promise.all([one.close(), two.close()]);
  return { command: ledger, one, two, path, close };
}

describe('the writer role', () => {
  it('is free at first: a worker writes nothing before it takes the role', async () => {
    const { one, path, close } = await twoWorkers();
    expect(await one.work.writeLockHolder()).toEqual({ token: 0, holder: '', takenAtMs: 0 });
    await expect(one.facts.append(pull, JULY_1)).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining(path),
    });
    expect(await one.facts.charges(EVER, NOW)).toEqual([]);
    await close();
  });

  it('moves to whoever takes it, and every write of the previous worker fails', async () => {
    const { one, two, close } = await twoWorkers();
    expect(await one.work.takeWriteLock('host-a/1', JULY_1)).toBe(1);
    expect(await one.facts.append(pull, JULY_1)).toMatchObject({ added: 1 });
    const session = await one.facts.beginImport({
      sourceId: 's',
      kind: 'k',
      url: 'u',
      startedAtMs: 1,
    });
    expect(await two.work.takeWriteLock('host-b/2', JULY_1 + 1)).toBe(2);
    await expect(one.facts.append(pull, JULY_1)).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('host-b/2'),
    });
    await expect(one.audits.save(auditRecord())).rejects.toMatchObject(REFUSED);
    await expect(session.appendRaw(new Uint8Array([1]))).rejects.toMatchObject(REFUSED);
    expect(await two.facts.append(pull, JULY_1)).toMatchObject({ unchanged: 1 });
    expect(await one.work.writeLockHolder()).toEqual({
      token: 2,
      holder: 'host-b/2',
      takenAtMs: JULY_1 + 1,
    });
    await close();
  });

  it('can be released, and taken again under a newer token', async () => {
    const { one, close } = await twoWorkers();
    await one.work.takeWriteLock('a', 1);
    await one.work.releaseWriteLock();
    await expect(one.facts.append(pull, JULY_1)).rejects.toMatchObject(REFUSED);
    expect(await one.work.takeWriteLock('a', 2)).toBe(2);
    expect(await one.facts.append(pull, JULY_1)).toMatchObject({ added: 1 });
    await close();
  });

  it('does not affect a command, which writes between two writes of the worker', async () => {
    const { command, one, close } = await twoWorkers();
    await one.work.takeWriteLock('a', 1);
    expect(await command.facts.append(pull, JULY_1)).toMatchObject({ added: 1 });
    expect(await one.facts.append(pull, JULY_1)).toMatchObject({ unchanged: 1 });
    await close();
  });
});

describe('the id of a ledger', () => {
  it('is the same for every program that opens it, and differs between ledgers', async () => {
    const { command, one, close } = await twoWorkers();
    const id = await command.work.ledgerId();
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await one.work.ledgerId()).toBe(id);
    const other = await scratchLedger();
    expect(await other.ledger.work.ledgerId()).not.toBe(id);
    await close();
  });
});
