/** `rentcheck report --open` passes the page to the opener of the operating system. */

import { chmod, mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { spawnRentcheck } from '../support/runProgram.ts';
import { fillFolder, expectSuccess } from './cliFixture.ts';

/** The name of the opener on each system. */
const OPENERS = ['xdg-open', 'open', 'explorer'];

it('opens the page once it is written, and says so if nothing can open it', async () => {
  const folder = await fillFolder(await folderWith({}));
  expectSuccess(await rentcheck(folder, ['audit']));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh\ntest -s "$1" && printf %s "$1" > ${join(folder, 'opened')}\n`;
  await filesIn(bin, Object.fromEntries(OPENERS.map((name) => [name, script])));
  for (const name of OPENERS) await chmod(join(bin, name), 0o755);
  const path = process.env['PATH'] ?? '';
  const opened = { PATH: `${bin}${delimiter}${path}` };
  expectSuccess(await spawnRentcheck(folder, ['report', '--open', '--out', 'page'], opened));
  const page = () => readFile(join(folder, 'opened'), 'utf8');
  await expect.poll(page).toBe(join(folder, 'page', 'report.html'));
  const none = await spawnRentcheck(folder, ['report', '--open', '--out', 'page'], {
    PATH: folder,
  });
  expect(none.code).toBe(0);
  expect(none.stderr).toContain(`Cannot open ${join(folder, 'page', 'report.html')}`);
});
