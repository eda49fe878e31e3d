/**
 * Growth of CPU, memory and file size with the fleet: the same quarter with 1, 4 and 16 times the
 * pods.
 */

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '../src/domain/period.ts';
import { quarterPeriod } from '../src/calendar/quarter.ts';
import { openLedger } from '../src/ledger/open.ts';
import { settableClock } from '../src/platform/clock.ts';
import { measureCommand } from './command.ts';
import { countRows, type Fleet, FLEET_ENV, fillFleet, writeFleetConfig } from './fleetWorld.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const WINDOW = quarterPeriod({ year: 2026, number: 3 });
const AFTER_MS = WINDOW.endMs + 5 * DAY_MS;

interface GrowthSize {
  readonly base: Fleet;
  readonly times: readonly number[];
}

const SIZES: Readonly<Record<BenchmarkSize, GrowthSize>> = {
  full: { base: { deployments: 3, replicas: 4, hosts: 6 }, times: [1, 4, 16] },
  small: { base: { deployments: 1, replicas: 1, hosts: 1 }, times: [1, 2] },
};

/** Growth by 4 may take 4 times the CPU and the file size, plus a third. */
const REACH_SHARE = 1.34;
/** Sixteen times the fleet in at most four times the memory. */
const REACH_MEMORY = 4;

interface FleetCost {
  readonly pods: number;
  readonly rows: string;
  /** CPU of one audit, user and system. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly fileMegabytes: number;
}

/** CPU and file size per pod, and total memory, each relative to a smaller fleet. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const costs: FleetCost[] = [];
  const { base: fleet, times } = SIZES[size];
  for (const factor of times) {
    costs.push(await costOf({ ...fleet, deployments: fleet.deployments * factor }));
  }
  const [base, ...larger] = costs;
  if (base === undefined) return [];
  return larger.flatMap((cost, at) => growth(cost, costs[at] ?? base, base));
}

function growth(size: FleetCost, before: FleetCost, base: FleetCost): Measured[] {
  const each = (of: (cost: FleetCost) => number) =>
    of(size) / size.pods / (of(before) / before.pods);
  const cpu = ({ cpuSeconds }: FleetCost) => `${cpuSeconds.toFixed(1)} s of CPU`;
  const file = ({ fileMegabytes }: FleetCost) => `${fileMegabytes.toFixed(0)} MB`;
  const peak = ({ peakMegabytes }: FleetCost) => `${peakMegabytes.toFixed(0)} MB`;
  const fleet = `${size.pods} pods (${size.rows})`;
  return [
    measured(
      `audit of ${fleet}: ${cpu(size)}; a pod, of that with ${before.pods} (${cpu(before)})`,
      { value: each(({ cpuSeconds }) => cpuSeconds), reach: REACH_SHARE },
    ),
    measured(
      `ledger of ${fleet}: ${file(size)}; a pod, of that with ${before.pods} (${file(before)})`,
      { value: each(({ fileMegabytes }) => fileMegabytes), reach: REACH_SHARE },
    ),
    measured(`memory of ${fleet}: ${peak(size)}, of that with ${base.pods} (${peak(base)})`, {
      value: size.peakMegabytes / base.peakMegabytes,
      reach: REACH_MEMORY,
    }),
  ];
}

function measured(name: string, figure: Pick<Measured, 'value' | 'reach'>): Measured {
  return { name, ...figure, better: 'lower' };
}

async function costOf(fleet: Fleet): Promise<FleetCost> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    const config = await writeFleetConfig(folder, fleet);
    const path = join(folder, 'rentcheck.db');
    const ledger = await openLedger(path, { clock: settableClock(AFTER_MS) });
    await fillFleet(ledger, fleet, WINDOW);
    await ledger.close();
    const args = ['audit', '2026-Q3', '--config', config];
    const { cpuSeconds, peakMegabytes } = await measureCommand(args, { folder, env: FLEET_ENV });
    const { charges, usage } = countRows(fleet, WINDOW);
    return {
      pods: fleet.deployments * fleet.replicas,
      rows: `${million(charges)} charges; ${million(usage)} usage rows`,
      cpuSeconds,
      peakMegabytes,
      fileMegabytes: (await stat(path)).size / 1e6,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function million(count: number): string {
  return `${(count / 1e6).toFixed(2)}M`;
}
