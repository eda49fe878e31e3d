/**
 * Loaded before a program by `--import`: when the process ends it writes its CPU, in seconds, and
 * its peak memory, in MB, as JSON into the file that `BENCH_AT_EXIT` names.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const measured = { cpuSeconds: (user + system) / 1e6, peakMegabytes: peakKilobytes() / 1024 };
  writeFileSync(process.env['BENCH_AT_EXIT'] ?? '', JSON.stringify(measured));
});

/** On Linux the kernel's own mark: `maxRSS` also counts what the parent held before. */
function peakKilobytes() {
  const status = '/proc/self/status';
  const mark = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return mark === null ? process.resourceUsage().maxRSS : Number(mark[1]);
}
