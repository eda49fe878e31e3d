/** A bare scan of the rows that an audit reads, in a process of its own that prints its CPU. */

import Database from 'better-sqlite3';
import { quarterPeriod } from '../src/calendar/quarter.ts';

/** The columns that an audit reads: the values, and the version of each fact. */
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

const [path = ''] = process.argv.slice(2);
const WINDOW = quarterPeriod({ year: 2026, number: 3 });

process.stdout.write(JSON.stringify({ cpuSeconds: scanned() / 1e6 }));

/** Reads and sums every row of charge, charge_day and usage of the quarter, and nothing else. */
function scanned(): number {
  const db = new Database(path, { readonly: true });
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
