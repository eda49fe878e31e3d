/** Time and memory for a realistic fleet: 400 pods billed by the hour, stored and audited. */

import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApp } from '../src/main/app.ts';
import { DAY_MS, type Period, period } from '../src/domain/period.ts';
import { quarterPeriod } from '../src/calendar/quarter.ts';
import { settableClock } from '../src/platform/clock.ts';
import { type CommandCost, measureCommand } from './command.ts';
import { type IngestSize, ingestOfCharges } from './fleetIngest.ts';
import { countRows, fillFleet, type Fleet, FLEET_ENV, writeFleetConfig } from './fleetWorld.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const WINDOW = quarterPeriod({ year: 2026, number: 3 });
const AFTER_MS = WINDOW.endMs + 5 * DAY_MS;

/** The fixed cost of the program, whatever it audits. It has its own benchmark. */
const SINGLE: Fleet = { deployments: 1, replicas: 1, hosts: 1 };

interface FleetSize {
  readonly fleet: Fleet;
  /** A smaller fleet, since many quarters of it are written. */
  readonly kept: { readonly fleet: Fleet; readonly quarters: number };
  readonly ingest: IngestSize;
  readonly rounds: number;
}

/** Fifty deployments of eight pods: 883,200 charges and 1,324,800 usage rows a quarter. */
const REAL_FLEET: Fleet = { deployments: 50, replicas: 8, hosts: 6 };
const FEW_PODS: Fleet = { deployments: 2, replicas: 2, hosts: 1 };

const SIZES: Readonly<Record<BenchmarkSize, FleetSize>> = {
  full: {
    fleet: REAL_FLEET,
    kept: { fleet: { deployments: 4, replicas: 4, hosts: 3 }, quarters: 20 },
    ingest: { fleet: REAL_FLEET, days: 20, rounds: 3 },
    rounds: 3,
  },
  small: {
    fleet: FEW_PODS,
    kept: { fleet: SINGLE, quarters: 2 },
    ingest: { fleet: FEW_PODS, days: 2, rounds: 1 },
    rounds: 1,
  },
};

const REACH = { audit: 3, megabytes: 300, years: 1.1 };

export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const { fleet, kept, ingest, rounds } = SIZES[size];
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    const real = await ledgerOf(join(folder, 'real'), fleet, [WINDOW]);
    const single = await ledgerOf(join(folder, 'single'), SINGLE, [WINDOW]);
    const audits = await leastOf(rounds, real, single);
    await rm(join(folder, 'real'), { recursive: true, force: true });
    return [
      {
        name: `what a fleet adds to an audit (${spent(fleet, audits)}), of a bare scan of its rows`,
        value: (audits.auditSeconds - audits.singleSeconds) / audits.scanSeconds,
        reach: REACH.audit,
        better: 'lower',
      },
      {
        name: 'peak memory of a process that audits them once, MB',
        value: audits.peakMegabytes,
        reach: REACH.megabytes,
        better: 'lower',
      },
      {
        name: `audit of the last of ${kept.quarters} quarters in a ledger, of that quarter alone`,
        value: await amongQuarters(folder, kept, rounds),
        reach: REACH.years,
        better: 'lower',
      },
      await ingestOfCharges(folder, ingest),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function spent(
  fleet: Fleet,
  { auditSeconds, singleSeconds }: Record<'auditSeconds' | 'singleSeconds', number>,
): string {
  const { charges, usage } = countRows(fleet, WINDOW);
  const [bill, served] = [charges, usage].map((count) => count.toLocaleString('en-US'));
  const rows = `${bill} charges and ${served} usage rows`;
  return `${rows}: ${auditSeconds.toFixed(1)} s; a single pod: ${singleSeconds.toFixed(1)} s`;
}

async function ledgerOf(folder: string, fleet: Fleet, windows: readonly Period[]) {
  const path = await writeFleetConfig(folder, fleet);
  const clock = settableClock(AFTER_MS);
  const surroundings = { clock, env: FLEET_ENV, readonly: false, progress: () => undefined };
  const app = await openApp(path, surroundings);
  for (const window of windows) await fillFleet(app.context.ledger, fleet, window);
  await app.close();
  return path;
}

/** CPU of auditing the last of several quarters, as a multiple of auditing it alone. */
async function amongQuarters(
  folder: string,
  { fleet, quarters }: FleetSize['kept'],
  rounds: number,
): Promise<number> {
  const one = await ledgerOf(join(folder, 'one'), fleet, [WINDOW]);
  const windows = Array.from({ length: quarters }, (_, at) => {
    const months = 3 * (at + 1 - quarters);
    return period(Date.UTC(2026, 6 + months, 1), Date.UTC(2026, 9 + months, 1));
  });
  const many = await ledgerOf(join(folder, 'many'), fleet, windows);
  let [alone, among] = [NEVER, NEVER];
  for (let round = 0; round < rounds; round += 1) {
    alone = Math.min(alone, (await audit(one)).cpuSeconds);
    among = Math.min(among, (await audit(many)).cpuSeconds);
  }
  return among / alone;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The lowest of several rounds, alternating, each in a process of its own. */
async function leastOf(rounds: number, configPath: string, singlePath: string) {
  let [auditSeconds, singleSeconds, scanSeconds, peakMegabytes] = [NEVER, NEVER, NEVER, NEVER];
  for (let round = 0; round < rounds; round += 1) {
    scanSeconds = Math.min(scanSeconds, scan(configPath));
    const taken = await audit(configPath);
    auditSeconds = Math.min(auditSeconds, taken.cpuSeconds);
    singleSeconds = Math.min(singleSeconds, (await audit(singlePath)).cpuSeconds);
    peakMegabytes = Math.min(peakMegabytes, taken.peakMegabytes);
  }
  return { auditSeconds, singleSeconds, scanSeconds, peakMegabytes };
}

/** On a copy, since an audit that is stored already would be found. */
async function audit(configPath: string): Promise<CommandCost> {
  const folder = dirname(configPath);
  const database = join(folder, 'rentcheck.db');
  await copyFile(database, `${database}.kept`);
  const taken = await measureCommand(['audit', '2026-Q3', '--config', configPath], {
    folder,
    env: FLEET_ENV,
  });
  await copyFile(`${database}.kept`, database);
  return taken;
}

/** Seconds of CPU. */
function scan(configPath: string): number {
  const program = fileURLToPath(new URL('./fleetScan.ts', import.meta.url));
  const database = join(dirname(configPath), 'rentcheck.db');
  const printed = execFileSync(process.execPath, [program, database], { encoding: 'utf8' });
  return (JSON.parse(printed) as Pick<CommandCost, 'cpuSeconds'>).cpuSeconds;
}
