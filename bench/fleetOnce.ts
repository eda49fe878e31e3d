/** One audit or one bare scan of its rows, in a process of its own: prints CPU and peak memory. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openApp } from '../src/app.ts';
import { quarterPeriod } from '../src/domain/period.ts';
import { auditJob } from '../src/jobs/audit.ts';
import { settableClock } from '../src/platform/clock.ts';
import { FLEET_ENV } from './fleetWorld.ts';

/** All that an audit reads of a row: what it says, and which version of which fact it is. */
const SCANS = [
  `SELECT source_id, charge_key, version, resource_id, resource_name, category, pricing_class,
     start_ms, end_ms, billed_nano_usd, list_nano_usd, effective_nano_usd, quantity_num,
     quantity_den, unit, gpu_type, gpu_count, basis, tags_json, withdrawn, recorded_at_ms
   FROM charge WHERE end_ms > ? AND end_ms <= ?`,
  'SELECT day_ms, charge_ref, billed_nano_usd FROM charge_day WHERE day_ms >= ? AND day_ms < ?',
  `SELECT start_ms, end_ms, uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests,
     busy_ms, replica_ms, estimated, withdrawn, recorded_at_ms, version
   FROM usage WHERE start_ms >= ? AND start_ms < ?`,
];

const [what = '', configPath = '', nowMs = ''] = process.argv.slice(2);
const WINDOW = quarterPeriod({ year: 2026, number: 3 });

const cpu = what === 'scan' ? scanned() : await audited();
process.stdout.write(
  JSON.stringify({ cpuSeconds: cpu / 1e6, peakMegabytes: peakKilobytes() / 1024 }),
);

/** Of the audit alone: the start of a program has a benchmark of its own. */
async function audited(): Promise<number> {
  const clock = settableClock(Number(nowMs));
  const surroundings = { clock, env: FLEET_ENV, readonly: false, progress: () => undefined };
  const app = await openApp(configPath, surroundings);
  const before = cpuMicroseconds();
  await auditJob.run(app.context, { quarter: '2026-Q3' });
  const spent = cpuMicroseconds() - before;
  await app.close();
  return spent;
}

/** Every row of charge, charge_day and usage of the quarter, read and added up, nothing else. */
function scanned(): number {
  const db = new Database(join(dirname(configPath), 'rentcheck.db'), { readonly: true });
  const before = cpuMicroseconds();
  const { startMs, endMs } = WINDOW;
  let sum = 0;
  for (const query of SCANS) {
    for (const row of db.prepare(query).raw().iterate(startMs, endMs)) {
      for (const value of row as unknown[]) sum += typeof value === 'number' ? value : 1;
    }
  }
  const spent = cpuMicroseconds() - before;
  if (sum === 0) throw new Error('the scan read nothing');
  db.close();
  return spent;
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** On Linux the kernel's own mark: `maxRSS` also counts what the parent held before. */
function peakKilobytes(): number {
  const status = '/proc/self/status';
  const mark = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return mark === null ? process.resourceUsage().maxRSS : Number(mark[1]);
}
