/**
 * Knows how a test runs a part of the ledger in another process: one that can be killed or
 * limited.
 */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  /** The next line of its output, parsed; `undefined` when it has ended. */
  line(): Promise<unknown>;
  kill(): Promise<void>;
  /** Lets it end by itself. */
  release(): Promise<void>;
}

export interface ChildOptions {
  /** Runs it as a user who owns nothing; needs root, and anybody else is such a user already. */
  readonly asNobody?: boolean;
  /** The longest file that it may write, in blocks of 512 bytes. */
  readonly maxFileBlocks?: number;
  /** Where it puts its temporary files; the test run's own folder is shut to others. */
  readonly temporary?: string;
}

const NOBODY = { uid: 65_534, gid: 65_534 };

const PROGRAMS = {
  hold: new URL('./programs/hold.ts', import.meta.url),
  import: new URL('./programs/import.ts', import.meta.url),
  undo: new URL('./programs/undo.ts', import.meta.url),
  use: new URL('./programs/use.ts', import.meta.url),
};

/** Starts a program with arguments; it is killed when the test ends. */
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
  // A write beyond the limit then fails like one on a full disk, and does not kill the process.
  const limit = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`;
  return piped(spawn('sh', ['-c', limit, 'sh', ...command], options));
}

function piped(child: ChildProcess) {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a child without pipes');
  return Object.assign(child, { stdin, stdout });
}
