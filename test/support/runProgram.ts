/** Runs the real program as a child process in its own folder, for what only a process shows. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './cli.ts';

/** The program, as the command line of Node takes it. */
export const START_ARGUMENTS = fileURLToPath(new URL('../../src/start.js', import.meta.url));

/** Compiled once for all tests, and outside the folders whose contents they check. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL('../../node_modules/.cache/rentcheck-tests', import.meta.url),
  ),
};

/** Like `rentcheck()` of cli.ts, in a process: for exit codes, streams, signals and startup. */
export function spawnRentcheck(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return runBehind([], folder, args, env);
}

/** Runs the program through another one that limits it, such as `['setpriv', …]`. */
export function runBehind(
  limiter: readonly string[],
  folder: string,
  ...[args, env = {}]: [args: readonly string[], env?: Readonly<Record<string, string>>]
): Promise<CliResult> {
  const [first = '', ...rest] = [...limiter, process.execPath, START_ARGUMENTS, ...args];
  const options = {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...COMPILE_CACHE, ...env },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((done) => {
    execFile(first, rest, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ code, stdout, stderr });
    });
  });
}
