/**
 * Runs all or the named benchmarks, prints a line per figure, and fails at a missed limit. With
 * `--small`, each takes seconds and no limit counts.
 */

import { BENCHMARKS, BY_HAND } from './list.ts';
import { isWithinLimit, measuredLine } from './measured.ts';

const SMALL = '--small';

const given = process.argv.slice(2);
const names = given.filter((argument) => argument !== SMALL);
const size = given.includes(SMALL) ? 'small' : 'full';
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(', ');
  process.stderr.write(`Unknown benchmark: ${unknown.join(', ')}. Use: ${known}.\n`);
  process.exit(2);
}
for (const [name, load] of Object.entries(BENCHMARKS)) {
  if (names.length === 0 ? BY_HAND.has(name) : !names.includes(name)) continue;
  const run = await load();
  for (const measured of await run(size)) {
    process.stdout.write(`${measuredLine(measured)}\n`);
    if (size === 'full' && !isWithinLimit(measured)) process.exitCode = 1;
  }
}
