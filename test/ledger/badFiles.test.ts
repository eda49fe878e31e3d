/** The errors for files that cannot be a ledger. A failed attempt to open one loses no data. */

import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import type { Located } from '../../src/domain/provenance.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { withLedgerErrors } from '../../src/ledger/sqliteFailure.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { startChild } from './childProcess.ts';
import { charge, fetched, JULY, JULY_1, located, NOW, scratchFolder } from './ledgerFixture.ts';

const clock = settableClock(JULY_1);
const many = (): Located<Charge>[] =>
  located(...Array.from({ length: 2_000 }, (_, n) => charge(`pod/${n}`, n)));

async function filledLedger(): Promise<{ folder: string; path: string }> {
  const folder = await scratchFolder();
  const path = join(folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock });
  await ledger.facts.append(fetched({ charges: many() }), JULY_1);
  await ledger.close();
  return { folder, path };
}

/** Overwrites everything after the first pages, like a bad disk or a careless tool. */
async function spoil(path: string): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(size - 16_384, 0xa5), 0, size - 16_384, 16_384);
  await file.close();
}

async function useAll(path: string): Promise<void> {
  const ledger = await openLedger(path, { clock });
  try {
    await ledger.facts.charges(JULY, NOW);
    await ledger.query('SELECT * FROM spend_by_day');
  } finally {
    await ledger.close();
  }
}

describe('a damaged ledger', () => {
  it('is reported as damaged, with its name, when a changed page is read', async () => {
    const { path } = await filledLedger();
    await spoil(path);
    await expect(useAll(path)).rejects.toMatchObject({
      name: 'Failure',
      code: 'ledger-corrupt',
      passing: false,
      message: expect.stringContaining(path),
      hint: expect.stringContaining('newest backup'),
    });
  });

  it('is detected on open after its writer died', async () => {
    const { folder, path } = await filledLedger();
    const living = await openLedger(path, { clock });
    await living.facts.append(fetched({ charges: located(charge('pod/late', 1)) }), JULY_1 + 1);
    const died = join(folder, 'died.db');
    await copyFile(path, died);
    await copyFile(`${path}-wal`, `${died}-wal`);
    await living.close();
    await spoil(died);
    await expect(openLedger(died, { clock })).rejects.toMatchObject({ code: 'ledger-corrupt' });
    await copyFile(path, died);
    const restored = await openLedger(died, { clock, mode: 'readonly' });
    expect(await restored.facts.charges(JULY, NOW)).toHaveLength(2_001);
    await restored.close();
  });

  it('is reported as damaged when it was truncated', async () => {
    const { path } = await filledLedger();
    await truncate(path, 20_000);
    await expect(useAll(path)).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });

  it('may be a file that is no database at all', async () => {
    const path = join(await scratchFolder(), 'rentcheck.yaml');
    await writeFile(path, 'ledger: ./rentcheck.db\n'.repeat(100));
    await expect(openLedger(path, { clock })).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });
});

describe('a file of another program', () => {
  it('is refused and left unchanged', async () => {
    const path = join(await scratchFolder(), 'app.db');
    const db = new Sqlite(path);
    db.exec('CREATE TABLE person (name TEXT)');
    db.close();
    const before = await readFile(path);
    for (const mode of ['readwrite', 'readonly'] as const) {
      await expect(openLedger(path, { clock, mode })).rejects.toMatchObject({
        code: 'ledger-foreign',
        message: `${path} is a database, but not a rentcheck ledger`,
      });
    }
    expect(await readFile(path)).toEqual(before);
  });
});

describe('a ledger of another version', () => {
  it('is refused when it has an unknown migration', async () => {
    const { path } = await filledLedger();
    const db = new Sqlite(path);
    db.exec(`INSERT INTO migration VALUES ('0099_future', 'x', 1)`);
    db.close();
    for (const mode of ['readwrite', 'readonly'] as const) {
      await expect(openLedger(path, { clock, mode })).rejects.toMatchObject({
        code: 'ledger-newer',
        message: expect.stringContaining('0099_future'),
      });
    }
  });

  it('is refused when its migrations have the same names but other scripts', async () => {
    const { path } = await filledLedger();
    const db = new Sqlite(path);
    db.exec(`UPDATE migration SET digest = 'other'`);
    db.close();
    await expect(openLedger(path, { clock })).rejects.toMatchObject({ code: 'ledger-foreign' });
  });
});

describe('a path', () => {
  it('in a missing folder fails and names the folder to create', async () => {
    const path = join(await scratchFolder(), 'data', 'rentcheck.db');
    await expect(openLedger(path, { clock })).rejects.toMatchObject({
      code: 'ledger-readonly',
      message: expect.stringContaining('the folder'),
      hint: expect.stringMatching(/^create it: mkdir -p .*data$/),
    });
  });

  it('that is a folder fails and says so', async () => {
    const path = await scratchFolder();
    await expect(openLedger(path, { clock })).rejects.toMatchObject({
      code: 'ledger-readonly',
      message: expect.stringContaining('it is a folder'),
    });
  });

  it('without a ledger cannot be opened for reading, and no file is created', async () => {
    const path = join(await scratchFolder(), 'rentcheck.db');
    const reading = openLedger(path, { clock, mode: 'readonly' });
    await expect(reading).rejects.toMatchObject({ code: 'no-data' });
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});

describe('a ledger that this user may not write', () => {
  /**
   * A ledger with one recent commit in a closed folder, and the output of a child process that
   * opens it.
   */
  async function asOthersSee(mode: string, { withLog }: { withLog: boolean }): Promise<unknown> {
    const { path } = await filledLedger();
    const living = await openLedger(path, { clock });
    await living.facts.append(fetched({ charges: located(charge('pod/late', 1)) }), JULY_1 + 1);
    if (!withLog) await living.close();
    // Other users cannot enter the test run's own temporary folder, so this one is a sibling.
    const open = await mkdtemp('/tmp/rentcheck-readonly-');
    onTestFinished(() => rm(open, { recursive: true, force: true }));
    const [shut, temporary] = [join(open, 'shut'), join(open, 'temporary')];
    for (const folder of [shut, temporary]) await mkdir(folder);
    const seen = join(shut, 'rentcheck.db');
    await copyFile(path, seen);
    if (withLog) await copyFile(`${path}-wal`, `${seen}-wal`);
    if (withLog) await living.close();
    await chmod(temporary, 0o777);
    await chmod(seen, 0o444);
    await chmod(shut, 0o555);
    await chmod(open, 0o755);
    const found = await startChild('use', [seen, mode], { asNobody: true, temporary }).line();
    expect(await readdir(temporary)).toEqual([]);
    return found;
  }

  it('refuses writes and gives the reason', async () => {
    expect(await asOthersSee('append', { withLog: false })).toMatchObject({
      code: 'ledger-readonly',
      message: expect.stringContaining('cannot be opened or written'),
    });
  });

  it('can still be read', async () => {
    expect(await asOthersSee('readonly', { withLog: false })).toEqual({ charges: 2_001 });
  });

  it('is read with the commits that are still in its write-ahead log', async () => {
    expect(await asOthersSee('readonly', { withLog: true })).toEqual({ charges: 2_001 });
  });

  it('refuses writes when opened for reading', async () => {
    const { path } = await filledLedger();
    const ledger = await openLedger(path, { clock, mode: 'readonly' });
    await expect(ledger.facts.append(fetched({}), JULY_1)).rejects.toMatchObject({
      code: 'ledger-readonly',
    });
    await ledger.close();
  });
});

describe('a full disk', () => {
  it('fails only the write that did not fit, and loses no stored data', async () => {
    const { path } = await filledLedger();
    const { size } = await stat(path);
    const maxFileBlocks = Math.ceil(size / 512) + 200;
    const child = startChild('use', [path, 'append', '1000000'], { maxFileBlocks });
    expect(await child.line()).toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('free some disk space'),
    });
    const ledger = await openLedger(path, { clock });
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(2_000);
    expect((await ledger.query(`SELECT count(*) FROM fetch`)).rows).toEqual([[1]]);
    await ledger.close();
  });

  it('is reported in the same words when SQLite itself runs out of pages', async () => {
    const path = join(await scratchFolder(), 'small.db');
    const db = new Sqlite(path);
    db.exec('PRAGMA max_page_count = 3; CREATE TABLE t (x BLOB)');
    const fill = () =>
      withLedgerErrors(path, () => db.exec('INSERT INTO t VALUES (zeroblob(100000))'));
    expect(fill).toThrow(`the ledger ${path} cannot be written: the disk is full`);
    db.close();
  });
});
