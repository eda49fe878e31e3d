/** No job is lost with its process, and a process that is stopped finishes its job first. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { LIMIT_MS } from '../support/timeouts.ts';
import { queueStage } from '../support/queueStage.ts';

const program = fileURLToPath(new URL('../support/oneJobWorker.ts', import.meta.url));

const on = queueStage();
const started: ChildProcess[] = [];

afterEach(() => {
  for (const process of started.splice(0)) process.kill('SIGKILL');
});

interface Spawned {
  readonly process: ChildProcess;
  /** Resolves with all output up to the word. */
  heard(word: string): Promise<string[]>;
  tell(word: string): void;
}

/** A worker whose job counts as lost after this much silence. */
function startProcess(lockMs: number): Spawned {
  const args = [on.place.address, on.place.prefix, String(lockMs)];
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const lines: Interface = createInterface({ input: child.stdout });
  const logged: string[] = [];
  lines.on('line', (line) => logged.push(line));
  return {
    process: child,
    async heard(word) {
      while (!logged.includes(word)) await once(lines, 'line');
      return logged;
    },
    tell: (word) => child.stdin.write(`${word}\n`),
  };
}

it('a job survives the sudden death of its worker: another worker retries it', async () => {
  const job = await on.bullQueue.add('patient', {}, { jobId: 'p' });
  const first = startProcess(2_000);
  await first.heard('begun');
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const second = startProcess(2_000);
  await second.heard('begun');
  second.tell('finish');
  await job.waitUntilFinished(on.events, LIMIT_MS);
  expect(await job.getState()).toBe('completed');
});

it('SIGTERM lets the running job finish, takes no other, and ends with exit code 0', async () => {
  const job = await on.bullQueue.add('patient', {}, { jobId: 'p' });
  const worker = startProcess(60_000);
  await worker.heard('begun');
  await on.bullQueue.add('patient', {}, { jobId: 'next' });
  worker.process.kill('SIGTERM');
  await worker.heard('stopping after the running job');
  worker.tell('finish');
  const [code] = await once(worker.process, 'exit');
  const output = await worker.heard('closed');
  expect(code).toBe(0);
  expect(output.filter((word) => word === 'begun')).toHaveLength(1);
  expect(await job.getState()).toBe('completed');
  expect(await (await on.bullQueue.getJob('next'))?.getState()).toBe('waiting');
});
