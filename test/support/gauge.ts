/** Loaded before a program: told SIGUSR2, it writes down what it holds once its garbage is gone. */

import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** What a process holds. */
export interface Gauged {
  /** Of objects and of bytes outside of the heap. */
  readonly heapBytes: number;
  /** Timers, sockets, ports of threads; without what is over in this very turn. */
  readonly resources: Readonly<Record<string, number>>;
  /** Open files and sockets as the system counts them; absent where it does not tell. */
  readonly files?: number;
}

/** What is freed when an object goes may free others: some rounds, and a turn after each. */
async function withoutGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 4; round += 1) {
    collect();
    await new Promise((next) => setTimeout(next, 20));
  }
}

async function gauged(): Promise<Gauged> {
  await withoutGarbage();
  const { heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (name !== 'Immediate') resources[name] = (resources[name] ?? 0) + 1;
  }
  const files = process.platform === 'linux' ? { files: readdirSync('/proc/self/fd').length } : {};
  return { heapBytes: heapUsed + external, resources, ...files };
}

const path = process.env['GAUGE_FILE'];
if (isMainThread && path !== undefined) {
  const tell = (now: Gauged) => {
    writeFileSync(`${path}.next`, JSON.stringify(now));
    renameSync(`${path}.next`, path);
  };
  process.on('SIGUSR2', () => void gauged().then(tell));
}
