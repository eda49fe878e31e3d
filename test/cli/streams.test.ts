/** How the program reads and writes its standard streams, as a separate process. */

import { beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { runBehind } from '../support/runProgram.ts';
import { expectRefusal, fillFolder } from './cliFixture.ts';

const folder = temporaryFolder().path;

beforeAll(async () => {
  await fillFolder(folder);
});

it('an import reads standard input if the file is -', async () => {
  const piped = ['sh', '-c', 'exec "$@" < charges.csv', 'sh'];
  const ran = await runBehind(piped, folder, ['import', 'charges', '-']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('1 row, 0 new, 0 restated, 1 unchanged');
});

it('a query is read from standard input if it is -', async () => {
  const piped = ['sh', '-c', 'echo "SELECT count(*) AS lines FROM charge" | "$@"', 'sh'];
  const ran = await runBehind(piped, folder, ['sql', '-', '--format', 'csv']);
  expect(ran).toEqual({ code: 0, stdout: 'lines\n1\n', stderr: '' });
});

it('the output may be closed early by its reader', async () => {
  const numbers = 'VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300000';
  const many = `WITH RECURSIVE n (i) AS (${numbers}) SELECT i, hex(i) FROM n`;
  const head = ['bash', '-c', 'set -o pipefail; "$@" | head -1', 'bash'];
  const ran = await runBehind(head, folder, ['sql', many, '--format', 'csv']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout.split('\n')).toHaveLength(2);
});

it('an output that cannot be written is reported', async () => {
  const full = ['bash', '-c', 'exec "$@" > /dev/full', 'bash'];
  const ran = await runBehind(full, folder, ['sql', 'SELECT * FROM charge']);
  expectRefusal(ran, 3, 'cannot write to standard output');
});
