/** Starts, observes, pauses and ends workers in processes of their own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { WorkerProcessOptions } from './workerProgram.ts';

const PROGRAM = fileURLToPath(new URL('./workerProgram.ts', import.meta.url));

/** A line of a worker's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface WorkerProcess {
  readonly process: ChildProcess;
  /** Every line it has logged so far. */
  readonly lines: readonly LogLine[];
  /** Waits until it has logged this, now or before. */
  waitForLog(message: string | RegExp): Promise<LogLine>;
  /** Lets a spare one begin. */
  go(): void;
  kill(signal?: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Programs that many processes load are compiled once. */
function here(): Record<string, string | undefined> {
  const { PATH, TMPDIR = tmpdir() } = process.env;
  return { PATH, TMPDIR, NODE_COMPILE_CACHE: join(TMPDIR, 'compiled') };
}

/** Complete lines only: a killed process may have stopped in the middle of a line. */
function readLines(from: Readable, take: (line: string) => void): void {
  let unread = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const whole = (unread + text).split('\n');
    unread = whole.pop() ?? '';
    for (const line of whole) take(line);
  });
}

export function startWorkerProcess(
  options: WorkerProcessOptions,
  env: Readonly<Record<string, string>> = {},
): WorkerProcess {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...here(), ...env },
  });
  const lines: LogLine[] = [];
  let isOver = false;
  readLines(child.stdout, (line) => lines.push(JSON.parse(line) as LogLine));
  // Not on its exit: its last output may still be on the way then.
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true;
    return (code ?? signal) as number | string;
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const findLine = (message: string | RegExp) =>
    lines.find(({ msg }) => (typeof message === 'string' ? msg === message : message.test(msg)));
  return {
    process: child,
    lines,
    async waitForLog(message) {
      for (;;) {
        const line = findLine(message);
        if (line !== undefined) return line;
        if (isOver) {
          throw new Error(`it ended without saying "${message}":\n${JSON.stringify(lines)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    go: () => void child.stdin.write('go\n'),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    ended,
  };
}
