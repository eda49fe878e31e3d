/** Runs the command line in this process, in its own folder. `program.ts` starts a real process. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, onTestFinished } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createServices } from '../../src/main/commandServices.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `rentcheck ARGS` as if started in the folder: relative paths begin there, its `.env` is
 * read, and the environment has only the given variables. Its standard input is empty.
 */
export async function rentcheck(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const output = { stdout: '', stderr: '' };
  const services = createServices({
    clock: systemClock,
    env: { ...secretsIn(folder), PATH: process.env['PATH'], HOME: folder, ...env },
    folder,
    terminal: false,
    terminalOut: false,
    stdout: (text) => void (output.stdout += text),
    stderr: (text) => void (output.stderr += text),
    drainOutput: async () => true,
    // Files that start a process test the real mechanism: test/cli/sql.test.ts.
    sqlInProcess: true,
    writeOut: async (bytes) => void (output.stdout += Buffer.from(bytes).toString()),
    standardInput: async () => '',
    workerEnded: (code) => code,
  });
  const code = await runProgram(args, services);
  return { code, ...output };
}

function secretsIn(folder: string): NodeJS.Dict<string> {
  const file = join(folder, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
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

/** A temporary folder for a whole test file. */
export function temporaryFolder(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'rentcheck-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path };
}
