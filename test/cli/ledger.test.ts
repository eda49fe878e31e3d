import { chmod, cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { startChild } from '../ledger/childProcess.ts';
import { folderWith, rentcheck, temporaryFolder } from '../support/cli.ts';
import { runBehind, spawnRentcheck } from '../support/runProgram.ts';
import { expectRefusal, WORKED_EXAMPLE_FILES, readFactsBySql, fillFolder } from './cliFixture.ts';

const shared = temporaryFolder().path;
let facts: string;

beforeAll(async () => {
  await fillFolder(shared);
  facts = await readFactsBySql(shared);
});

/** A copy of the filled folder, which a test may damage. */
async function copied(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-'));
  await cp(shared, folder, { recursive: true });
  return folder;
}

const ledgerOf = (folder: string) => join(folder, 'rentcheck.db');
const bytesOf = (folder: string) => readFile(ledgerOf(folder));

/** Commands that open the ledger in each way: to write, to write an audit, to read. */
const OPENING = [['import', 'charges', 'charges.csv'], ['audit'], ['sql', 'SELECT * FROM charge']];

describe('without a ledger', () => {
  it.each([['audit'], ['report'], ['sql', 'SELECT 1'], ['ops', 'list']])(
    '%s says how to create one, creates none, and ends with 1',
    async (...args) => {
      const folder = await folderWith(WORKED_EXAMPLE_FILES);
      const ran = await rentcheck(folder, args);
      expectRefusal(ran, 1, 'no ledger at', 'rentcheck.db', 'pull');
      expect((await readdir(folder)).sort()).toEqual(Object.keys(WORKED_EXAMPLE_FILES).sort());
    },
  );

  it('the missing folder is named, with how to create it', async () => {
    const folder = await folderWith({
      ...WORKED_EXAMPLE_FILES,
      'rentcheck.yaml': 'ledger: ./data/rentcheck.db',
    });
    const ran = await rentcheck(folder, ['import', 'charges', 'charges.csv']);
    expectRefusal(ran, 3, 'does not exist', 'mkdir -p');
  });
});

describe('a ledger that another program is writing', () => {
  it('is waited for, then reported as locked; reading continues', async () => {
    const folder = await copied();
    await writeFile(join(folder, 'ops.csv'), 'date,deployment,hours,note\n2026-07-01,,2,\n');
    const holder = startChild('hold', [ledgerOf(folder)]);
    expect(await holder.line()).toBe('locked');
    const imported = spawnRentcheck(folder, ['import', 'ops', 'ops.csv']);
    expect(await readFactsBySql(folder)).toBe(facts);
    expectRefusal(await imported, 3, 'is locked by another program', ledgerOf(folder), 'wait');
    await holder.release();
    expect(await readFactsBySql(folder)).toBe(facts);
  });
});

describe('a ledger that is read-only', () => {
  // Root may write anywhere unless its capabilities are dropped. Other users have none.
  const limiter = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all'] : ['env'];

  it('is read by commands that read, and not written by commands that write', async () => {
    const folder = await copied();
    const before = await bytesOf(folder);
    await chmod(ledgerOf(folder), 0o444);
    await chmod(folder, 0o555);
    const query = ['sql', 'SELECT count(*) AS lines FROM charge', '--format', 'csv'];
    expect(await runBehind(limiter, folder, query)).toMatchObject({
      code: 0,
      stdout: 'lines\n1\n',
    });
    for (const args of [['import', 'charges', 'charges.csv'], ['audit']]) {
      const ran = await runBehind(limiter, folder, args);
      expectRefusal(ran, 3, 'cannot be opened or written', ledgerOf(folder), 'writable');
    }
    await chmod(folder, 0o755);
    expect(await bytesOf(folder)).toEqual(before);
  });
});

describe('a ledger that is damaged', () => {
  it('is named by every command and left unchanged', async () => {
    const folder = await copied();
    const bytes = await bytesOf(folder);
    await writeFile(ledgerOf(folder), bytes.fill(0xa5, 4096));
    for (const args of OPENING) {
      const ran = await rentcheck(folder, args);
      expectRefusal(ran, 3, ledgerOf(folder), 'is damaged', 'backup');
    }
    expect(await bytesOf(folder)).toEqual(bytes);
  });

  it('is named if it is no database at all', async () => {
    const folder = await copied();
    await writeFile(ledgerOf(folder), 'Dear diary, today I bought a GPU.\n'.repeat(200));
    for (const args of OPENING) {
      expectRefusal(await rentcheck(folder, args), 3, ledgerOf(folder), 'not a database');
    }
    expect((await bytesOf(folder)).toString()).toContain('Dear diary');
  });

  it("is named if it is another program's database", async () => {
    const folder = await folderWith(WORKED_EXAMPLE_FILES);
    const foreign = new Sqlite(ledgerOf(folder));
    foreign.exec("CREATE TABLE diary (day TEXT); INSERT INTO diary VALUES ('Monday')");
    foreign.close();
    const before = await bytesOf(folder);
    for (const args of OPENING) {
      expectRefusal(await rentcheck(folder, args), 3, 'not a rentcheck ledger', 'point "ledger"');
    }
    expect(await bytesOf(folder)).toEqual(before);
  });

  it('is refused, not guessed at, if a newer version has written it', async () => {
    const folder = await copied();
    const db = new Sqlite(ledgerOf(folder));
    db.exec("INSERT INTO migration VALUES ('0099_future', 'digest', 1)");
    db.close();
    const before = await bytesOf(folder);
    for (const args of OPENING) {
      expectRefusal(await rentcheck(folder, args), 3, ledgerOf(folder), '0099_future', 'upgrade');
    }
    expect(await bytesOf(folder)).toEqual(before);
  });
});

describe('a disk that is full', () => {
  const rows = Array.from({ length: 6_000 }, (_, n) => `line-${n + 2},pod-${n},compute,`);
  const many = [
    'id,resource_id,category,start,end,billed_cost,currency',
    ...rows.map((row) => `${row}2026-07-01T00:00:00Z,2026-07-01T01:00:00Z,1.50,USD`),
  ].join('\n');

  it('ends an import with what to do; stored data stays, and the import can continue', async () => {
    const folder = await copied();
    await writeFile(join(folder, 'many.csv'), many);
    // No file may grow beyond 300 KiB. To a program this is a full disk.
    const limit = ['bash', '-c', 'trap "" XFSZ; ulimit -f 300; exec "$@"', 'bash'];
    const ran = await runBehind(limit, folder, ['import', 'charges', 'many.csv']);
    expectRefusal(ran, 3, 'the disk is full', 'free some disk space');
    expect(await rentcheck(folder, ['sql', 'PRAGMA integrity_check', '--format', 'csv'])).toEqual({
      code: 0,
      stdout: 'integrity_check\nok\n',
      stderr: '',
    });
    const again = await rentcheck(folder, ['import', 'charges', 'many.csv']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const query = 'SELECT count(*) AS lines, sum(billed_nano_usd) / 1000000000 AS usd FROM charge';
    const sum = await rentcheck(folder, ['sql', query, '--format', 'csv']);
    expect(sum.stdout).toBe('lines,usd\n6001,9006\n');
  });
});
