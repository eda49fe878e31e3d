/**
 * Knows what one audit holds in memory at most: a process of its own that prints its peak in MB.
 */

import { existsSync, readFileSync } from 'node:fs';
import { openApp } from '../src/app.ts';
import { auditJob } from '../src/jobs/audit.ts';
import { settableClock } from '../src/platform/clock.ts';

const [configPath = '', nowMs = ''] = process.argv.slice(2);
const clock = settableClock(Number(nowMs));
const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
const app = await openApp(configPath, surroundings);
await auditJob.run(app.context, { quarter: '2026-Q3' });
await app.close();
process.stdout.write(String(peakKilobytes() / 1024));

/** On Linux the kernel's own mark: `maxRSS` also counts what the parent held before. */
function peakKilobytes(): number {
  const status = '/proc/self/status';
  const mark = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return mark === null ? process.resourceUsage().maxRSS : Number(mark[1]);
}
