/**
 * Preloaded into a program. On SIGUSR2 it writes down the resources that remain after garbage
 * collection.
 */

import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Resources of a process. */
export interface ProcessResources {
  /** Bytes of objects and of memory outside the heap. */
  readonly heapBytes: number;
  /** Timers, sockets and thread ports, without those that ended in this turn of the event loop. */
  readonly resources: Readonly<Record<string, number>>;
  /** Open files and sockets as the system counts them. Absent if it does not report them. */
  readonly files?: number;
}

/**
 * A freed object may free others, so this runs several rounds, with a turn of the event loop after
 * each.
 */
async function withoutGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 4; round += 1) {
    collect();
    await new Promise((next) => setTimeout(next, 20));
  }
}

async function gauged(): Promise<ProcessResources> {
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
  const tell = (now: ProcessResources) => {
    writeFileSync(`${path}.next`, JSON.stringify(now));
    renameSync(`${path}.next`, path);
  };
  process.on('SIGUSR2', () => void gauged().then(tell));
}
