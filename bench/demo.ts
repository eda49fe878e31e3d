/** CPU and memory of the audit of the demo's four deployments, for the whole command. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_ENVIRONMENT } from '../src/demo/sources.ts';
import { type CommandCost, measureCommand } from './command.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

/** The demo is as large as it is. */
const ROUNDS: Readonly<Record<BenchmarkSize, number>> = { full: 3, small: 1 };

const REACH_SECONDS = 2;
const REACH_MEGABYTES = 250;

/** The lowest of several rounds. The demo itself is made once, which fills the compile cache. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    const place = { folder, env: DEMO_ENVIRONMENT };
    await measureCommand(['demo', '--out', folder], place);
    const config = join(folder, 'rentcheck.yaml');
    const rounds: CommandCost[] = [];
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      rounds.push(await measureCommand(['audit', '2026-Q3', '--config', config], place));
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
