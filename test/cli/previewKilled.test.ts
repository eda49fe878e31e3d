/** A preview that is stopped with Ctrl-C leaves nothing behind. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPILE_CACHE, START_ARGUMENTS } from '../support/runProgram.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { readFactsBySql, fillFolder, expectSuccess } from './cliFixture.ts';

const COLUMNS = 'host,model,quantization,valid_from,input_usd_per_mtok,output_usd_per_mtok';
/** More than a pipe buffers. Once all of it is written, the file is being read. */
const ROWS = Array.from({ length: 20_000 }, (_, at) => `h${at},m/m,fp8,2020-01-01,0.10,0.20`);

it('while the file is read: no fact, no file, nothing in the temporary folder', async () => {
  const folder = await fillFolder(await folderWith({}));
  expectSuccess(await rentcheck(folder, ['audit']));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const before = [await readFactsBySql(folder), await readdir(folder)];
  const args = [START_ARGUMENTS, 'import', 'prices', '-', '--preview'];
  const env = { ...COMPILE_CACHE, PATH: process.env['PATH'], HOME: folder, TMPDIR: temporary };
  const program = spawn(process.execPath, args, { cwd: folder, env, stdio: 'pipe' });
  const ended = once(program, 'exit');
  await new Promise<void>((done, fail) => {
    program.stdin.on('error', fail);
    program.stdin.write(`${[COLUMNS, ...ROWS].join('\n')}\n`, () => done());
  });
  program.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
  expect(await readdir(temporary)).toEqual([]);
  expect([await readFactsBySql(folder), await readdir(folder)]).toEqual(before);
});
