/** The peak memory of this process, for programs that a benchmark starts. */

import { existsSync, readFileSync } from 'node:fs';

/** In MB. On Linux the kernel's own mark: `maxRSS` also counts what the parent held before. */
export function peakMegabytes() {
  const status = '/proc/self/status';
  const mark = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8')) : null;
  return (mark === null ? process.resourceUsage().maxRSS : Number(mark[1])) / 1024;
}
