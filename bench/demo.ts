/** What the audit of the demo's four deployments takes: CPU and memory of the whole command. */

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEMO_ENVIRONMENT } from '../src/demo/scenario.ts';
import type { Measured } from './measured.ts';

const ROUNDS = 3;
const START = fileURLToPath(new URL('../src/start.js', import.meta.url));
const AT_EXIT = new URL('./atExit.js', import.meta.url).href;

const REACH_SECONDS = 2;
const REACH_MEGABYTES = 250;

interface AtExit {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** The least of several rounds; the demo itself is made once, and fills the compile cache. */
export async function run(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    rentcheck(folder, [START, 'demo', '--out', folder]);
    const rounds: AtExit[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const config = join(folder, 'rentcheck.yaml');
      rentcheck(folder, ['--import', AT_EXIT, START, 'audit', '2026-Q3', '--config', config]);
      rounds.push(JSON.parse(await readFile(join(folder, 'at-exit.json'), 'utf8')) as AtExit);
    }
    return [
      {
        name: "rentcheck audit of the demo's quarter, seconds of CPU",
        value: Math.min(...rounds.map(({ cpuSeconds }) => cpuSeconds)),
        reach: REACH_SECONDS,
        better: 'lower',
      },
      {
        name: "peak memory of rentcheck audit of the demo's quarter, MB",
        value: Math.min(...rounds.map(({ peakMegabytes }) => peakMegabytes)),
        reach: REACH_MEGABYTES,
        better: 'lower',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rentcheck(folder: string, args: readonly string[]): void {
  execFileSync(process.execPath, args, {
    cwd: folder,
    env: {
      ...DEMO_ENVIRONMENT,
      PATH: process.env['PATH'],
      HOME: folder,
      BENCH_AT_EXIT: join(folder, 'at-exit.json'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
