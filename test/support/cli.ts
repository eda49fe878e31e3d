/** Knows how a test runs the real program: a child process in a folder of its own. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, as the command line of Node takes it. */
export const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));

/** Compiled once for all tests, and outside the folders whose contents they look at. */
export const COMPILED = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL('../../node_modules/.cache/rentcheck-tests', import.meta.url),
  ),
};

/** Runs `rentcheck ARGS` in the folder; the environment is bare but for what is given. */
export function rentcheck(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [START, ...args],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, ...COMPILED, ...env },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 3;
        done({ code, stdout, stderr });
      },
    );
  });
}

/** Writes files into a folder. */
export async function filesIn(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** A temporary folder with the given files, removed when the test ends. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await filesIn(folder, files);
  return folder;
}

/** A temporary folder for a whole file of tests. */
export function temporaryFolder(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'rentcheck-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path };
}
