/**
 * Loaded before a program by `--import`: when the process ends it writes its CPU, in seconds, and
 * its peak memory, in MB, as JSON into the file that `BENCH_AT_EXIT` names.
 */

import { writeFileSync } from 'node:fs';
import { peakMegabytes } from './peakMemory.js';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const measured = { cpuSeconds: (user + system) / 1e6, peakMegabytes: peakMegabytes() };
  writeFileSync(process.env['BENCH_AT_EXIT'] ?? '', JSON.stringify(measured));
});
