/** Creates the services that commands use, from the environment of a process or a test. */

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExitCode, Services } from '../cli/command.ts';
import { version } from '../platform/version.ts';
import { writeWholeFile } from '../platform/files.ts';

/** The environment of the program: everything but its arguments. */
export interface ProgramEnvironment
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
    | 'drainOutput'
  > {
  /** Output of whole messages; standard output if absent. */
  readonly writeOut?: (bytes: Uint8Array) => Promise<void>;
  /** True if no process may be started: SQL then runs in this one, without a time limit. */
  readonly sqlInProcess?: boolean;
  /** Reads all of standard input. */
  readonly standardInput: () => Promise<string>;
  /** Called when a worker has ended; its return value is the exit code of `runWorker`. */
  readonly workerEnded: (code: ExitCode) => ExitCode;
}

/**
 * Creates the services. Heavy modules are loaded on demand, so that help and usage errors do not
 * wait for them.
 */
export function createServices({
  standardInput,
  workerEnded,
  writeOut,
  sqlInProcess = false,
  ...outside
}: ProgramEnvironment): Services {
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
      (await import('./sqlSession.ts')).openSql(configPath, {
        clock,
        env,
        folder,
        sqlHere: sqlInProcess,
      }),
    files: {
      standardInput,
      exists: (path) =>
        access(resolve(folder, path)).then(
          () => true,
          () => false,
        ),
      write: (path, text) => writeWholeFile(path, text, folder),
    },
    discover: async (...args) => (await import('../sources/discover.ts')).discoverEngines(...args),
    runDoctor: async (...args) => (await import('../doctor/examine.ts')).examine(...args),
    openQueue: async (...args) => (await import('./queue.ts')).openCommandQueue(...args),
    runWorker: async (...args) =>
      workerEnded(await (await import('./worker.ts')).runWorker(...args)),
    runDemo: async (...args) => (await import('./demo.ts')).runDemo(...args),
  };
}
