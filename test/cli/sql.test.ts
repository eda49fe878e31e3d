/** SQL queries in the real program: limited in time and memory, with a note on what was cut. */

import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { runBehind, spawnRentcheck } from '../support/runProgram.ts';
import { expectRefusal, fillFolder } from './cliFixture.ts';

const folder = temporaryFolder().path;
const ENDLESS = 'WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)';

beforeAll(async () => {
  await fillFolder(folder);
});

describe('a statement that does not end', () => {
  it.each([
    ['inside SQLite', `${ENDLESS} SELECT count(*) FROM n`],
    ['a cross join', `${ENDLESS} SELECT max(a.i + b.i) FROM n a, n b, n c`],
  ])('is ended in time: %s', async (_name, sql) => {
    const ran = await spawnRentcheck(folder, ['sql', sql, '--timeout', '1']);
    expectRefusal(ran, 3, 'the statement took longer than 1 second and was stopped');
    expect(ran.stderr).toContain('--timeout 600');
    expect(ran.stdout).toBe('');
  });

  it('prints its first rows, says that there are more, and how to get them', async () => {
    const ran = await spawnRentcheck(folder, [
      'sql',
      `${ENDLESS} SELECT i FROM n`,
      '--max-rows',
      '3',
    ]);
    expect(ran.stdout).toBe('i\n-\n1\n2\n3\n');
    expect(ran).toMatchObject({
      code: 1,
      stderr: 'incomplete: Only the first 3 rows are printed. To print all, use --max-rows 0.\n',
    });
  });

  it('has a default limit', async () => {
    const ran = await spawnRentcheck(folder, ['sql', `${ENDLESS} SELECT i FROM n`]);
    expect(ran.stdout.split('\n')).toHaveLength(10_003);
    expect(ran.stderr).toContain('Only the first 10,000 rows are printed');
  });

  it('stops when its output is closed', async () => {
    const head = ['bash', '-c', 'set -o pipefail; "$@" | head -2', 'bash'];
    const endless = ['sql', `${ENDLESS} SELECT i FROM n`, '--format', 'ndjson'];
    const ran = await runBehind(head, folder, [...endless, '--max-rows', '0', '--timeout', '0']);
    expect(ran).toEqual({ code: 0, stdout: '{"i":1}\n{"i":2}\n', stderr: '' });
  });
});

describe('a statement of any size', () => {
  it('streams its rows, each format the same as in one piece', async () => {
    const sql = `${ENDLESS} SELECT i, 'line ' || char(10) || i AS text FROM n LIMIT 1201`;
    const rows = Array.from({ length: 1_201 }, (_, at) => ({
      i: at + 1,
      text: `line \n${at + 1}`,
    }));
    const json = await spawnRentcheck(folder, ['sql', sql, '--json']);
    expect(json).toEqual({ code: 0, stdout: `${JSON.stringify(rows, null, 2)}\n`, stderr: '' });
    const csv = await spawnRentcheck(folder, ['sql', sql, '--format', 'csv']);
    expect(csv.stdout).toBe(`i,text\n${rows.map(({ i }) => `${i},"line \n${i}"\n`).join('')}`);
    const none = await spawnRentcheck(folder, ['sql', 'SELECT 1 AS a WHERE 0', '--json']);
    expect(none).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('is no formula in CSV, and unchanged in JSON', async () => {
    const names = ['=HYPERLINK("http://x")', '@a', 'ok\n=1', '-2.50', 'a-b'];
    const sql = names.map((name) => `SELECT '${name}' AS n, -5 AS i`).join(' UNION ALL ');
    const csv = await spawnRentcheck(folder, ['sql', sql, '-f', 'csv']);
    expect(csv.stdout).toBe(
      `n,i\n"'=HYPERLINK(""http://x"")",-5\n'@a,-5\n"ok\n'=1",-5\n-2.50,-5\na-b,-5\n`,
    );
    const json = await spawnRentcheck(folder, ['sql', sql, '-f', 'json']);
    expect(JSON.parse(json.stdout)).toEqual(names.map((n) => ({ n, i: -5 })));
  });

  it.each([
    ['zeroblob(2000000000)', 'a value in the result is too long'],
    ['zeroblob(300000000)', 'a value in the result is too long'],
    ["replace(hex(zeroblob(250000000)), '0', 'xxxx')", 'too long'],
  ])('is refused if a value is too long: %s', async (value, message) => {
    expectRefusal(await spawnRentcheck(folder, ['sql', `SELECT ${value}`]), 3, message);
  });

  it('is ended if it takes too much memory', async () => {
    const long = [0, 1, 2, 3, 4].map((more) => `hex(zeroblob(${200_000_000 + more}))`);
    const ran = await spawnRentcheck(folder, ['sql', `SELECT length(max(${long.join(', ')}))`]);
    expectRefusal(ran, 3, 'the statement used more than 1 GB of memory and was stopped');
  });

  it.each(['SELECT :x', 'SELECT ?', 'SELECT * FROM charge WHERE charge_key = @key'])(
    'is refused if it has a parameter: %s',
    async (sql) => {
      const ran = await spawnRentcheck(folder, ['sql', sql]);
      expectRefusal(ran, 2, 'the statement has parameters');
      expect(ran.stderr).toContain('write each value in its place');
    },
  );

  it.each([
    ['--timeout', 'soon'],
    ['--timeout', '-1'],
    ['--max-rows', '1.5'],
    ['--timeout', '3000000'],
  ])('is refused with %s %s', async (option, value) => {
    const ran = await spawnRentcheck(folder, ['sql', 'SELECT 1', `${option}=${value}`]);
    expectRefusal(ran, 2, `Invalid value "${value}" for ${option}`);
  });
});

it('errors of the ledger and of the statement are passed on unchanged', async () => {
  const wrong = await spawnRentcheck(folder, ['sql', 'SELEC 1']);
  expectRefusal(wrong, 2, 'near "SELEC": syntax error at line 1, column 1');
  const none = await spawnRentcheck(folder, ['sql', 'SELECT 1', '--config', 'nowhere.yaml']);
  expect(none.code).toBe(2);
  const views = await spawnRentcheck(folder, ['sql']);
  expect(views).toMatchObject({ code: 0, stderr: '' });
  expect(views.stdout).toContain('spend_by_day');
});
