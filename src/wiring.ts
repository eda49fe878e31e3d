/** Hands commands what they work with, made from what a process or a test has outside. */

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExitCode, Services } from './cli/command.ts';
import { version } from './platform/version.ts';
import { writeInFolder } from './platform/writing.ts';

/** The street outside: arguments come separately, everything else is here. */
export interface Outside
  extends Pick<
    Services,
    | 'clock'
    | 'env'
    | 'folder'
    | 'terminal'
    | 'terminalOut'
    | 'screen'
    | 'stdout'
    | 'stderr'
    | 'isTaken'
  > {
  /** Where whole messages go; the process's own standard output where absent. */
  readonly writeOut?: (bytes: Uint8Array) => Promise<void>;
  /** Set where no process may be started: SQL then runs in this one, without a limit of time. */
  readonly sqlHere?: boolean;
  /** All of standard input. */
  readonly standardInput: () => Promise<string>;
  /** Called when a worker has ended; what it says is what `runWorker` answers. */
  readonly workerEnded: (code: ExitCode) => ExitCode;
}

/**
 * What is heavy is loaded when asked for: help and refusals must not wait for the queue or the
 * ledger.
 */
export function servicesIn({
  standardInput,
  workerEnded,
  writeOut,
  sqlHere = false,
  ...outside
}: Outside): Services {
  const { clock, env, folder } = outside;
  const surroundings = { clock, env, folder, ...(writeOut === undefined ? {} : { writeOut }) };
  return {
    ...outside,
    version,
    open: async (configPath, options) => {
      const { openApp } = await import('./app.ts');
      return openApp(configPath, { ...surroundings, ...options });
    },
    openSql: async (configPath) =>
      (await import('./sqlSession.ts')).openSql(configPath, { clock, env, folder, sqlHere }),
    files: {
      standardInput,
      exists: (path) =>
        access(resolve(folder, path)).then(
          () => true,
          () => false,
        ),
      write: (path, text) => writeInFolder(path, text, folder),
    },
    look: async (...args) => (await import('./lookAround.ts')).lookAround(...args),
    examine: async (...args) => (await import('./doctor.ts')).examine(...args),
    openQueue: async (...args) => (await import('./adHoc.ts')).openAdHoc(...args),
    runWorker: async (...args) => workerEnded(await (await import('./work.ts')).runWorker(...args)),
    runDemo: async (...args) => (await import('./demo.ts')).runDemo(...args),
  };
}
