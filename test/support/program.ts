/** Runs the real program as a child process in its own folder, for what only a process shows. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ran } from './cli.ts';

/** The program, as the command line of Node takes it. */
export const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));

/** Compiled once for all tests, and outside the folders whose contents they check. */
export const COMPILED = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL('../../node_modules/.cache/rentcheck-tests', import.meta.url),
  ),
};

/** Like `rentcheck()` of cli.ts, in a process: for exit codes, streams, signals and startup. */
export function program(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return behind([], folder, args, env);
}

/** Runs the program through another one that limits it, such as `['setpriv', …]`. */
export function behind(
  limiter: readonly string[],
  folder: string,
  ...[args, env = {}]: [args: readonly string[], env?: Readonly<Record<string, string>>]
): Promise<Ran> {
  const [first = '', ...rest] = [...limiter, process.execPath, START, ...args];
  const options = {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...COMPILED, ...env },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((done) => {
    execFile(first, rest, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ code, stdout, stderr });
    });
  });
}
