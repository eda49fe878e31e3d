/**
 * A file that does not fit on the disk is reported and leaves no partial file, in the real program.
 */

import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { rentcheck, temporaryFolder } from '../support/cli.ts';
import { runBehind } from '../support/runProgram.ts';
import { expectRefusal, fillFolder, expectSuccess } from './cliFixture.ts';

const folder = temporaryFolder().path;
const EML = 'out/report.eml';

beforeAll(async () => {
  await fillFolder(folder);
  expectSuccess(await rentcheck(folder, ['audit']));
  expectSuccess(await rentcheck(folder, ['report', '--out', 'out']));
});

it('the previous message stays whole if a new one does not fit', async () => {
  const before = await readFile(join(folder, EML));
  const sizes = await Promise.all(
    (await readdir(join(folder, 'out'), { recursive: true })).map(async (name) => {
      const { size } = await stat(join(folder, 'out', name));
      return { name, size };
    }),
  );
  expect(sizes.toSorted((a, b) => b.size - a.size)[0]?.name).toBe('report.eml');
  // In blocks of 1,024 bytes: the message does not fit, all other files do.
  const blocks = Math.floor(before.length / 1024) - 1;
  const limited = ['bash', '-c', `ulimit -f ${blocks}; exec "$@"`, 'bash'];
  const ran = await runBehind(limited, folder, ['report', '--out', 'out']);
  expectRefusal(ran, 3, 'the file would be larger than this file system allows');
  expect(ran.stderr).toContain(`(${before.length.toLocaleString('en-US')} bytes needed)`);
  expect(ran.stderr).toContain(join(folder, EML));
  expect((await readFile(join(folder, EML))).equals(before)).toBe(true);
  const names = await readdir(join(folder, 'out'), { recursive: true });
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
});
