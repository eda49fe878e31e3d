/** Runs a part of the ledger in another process that a test can kill or limit. */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  /** The next line of its output, parsed. `undefined` after the end of the output. */
  line(): Promise<unknown>;
  kill(): Promise<void>;
  /** Closes its input, so that it ends by itself. */
  release(): Promise<void>;
}

export interface ChildOptions {
  /**
   * Runs it as the user nobody. Has an effect only as root; any other user is already restricted.
   */
  readonly asNobody?: boolean;
  /** The largest file that it may write, in blocks of 512 bytes. */
  readonly maxFileBlocks?: number;
  /** Its folder for temporary files. Other users cannot enter the test run's own folder. */
  readonly temporary?: string;
}

const NOBODY = { uid: 65_534, gid: 65_534 };

const PROGRAMS = {
  hold: new URL('./programs/hold.ts', import.meta.url),
  import: new URL('./programs/import.ts', import.meta.url),
  undo: new URL('./programs/undo.ts', import.meta.url),
  use: new URL('./programs/use.ts', import.meta.url),
};

/** Starts a program with arguments. It is killed when the test ends. */
export function startChild(
  name: keyof typeof PROGRAMS,
  args: readonly string[],
  options: ChildOptions = {},
): Child {
  const script = fileURLToPath(PROGRAMS[name]);
  const root = process.getuid?.() === 0;
  const child = spawned([process.execPath, script, ...args], {
    blocks: options.maxFileBlocks,
    env: { ...process.env, TMPDIR: options.temporary ?? tmpdir() },
    user: options.asNobody === true && root ? NOBODY : {},
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    async line() {
      const { done, value } = await lines.next();
      return done === true ? undefined : JSON.parse(value);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async release() {
      child.stdin.end();
      await ended;
    },
  };
}

interface Limits {
  readonly blocks: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly user: { uid?: number; gid?: number };
}

function spawned(command: readonly string[], { blocks, env, user }: Limits) {
  const options = { stdio: ['pipe', 'pipe', 'inherit'], env, ...user } satisfies SpawnOptions;
  const [program = '', ...args] = command;
  if (blocks === undefined) return piped(spawn(program, args, options));
  // A write beyond the limit then fails as on a full disk, instead of killing the process.
  const limit = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`;
  return piped(spawn('sh', ['-c', limit, 'sh', ...command], options));
}

function piped(child: ChildProcess) {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a child without pipes');
  return Object.assign(child, { stdin, stdout });
}
