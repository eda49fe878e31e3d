/** Runs all or the named benchmarks, prints a line per figure, and fails at a missed limit. */

import { run as audit } from './audit.ts';
import { run as decision } from './decision.ts';
import { run as demo } from './demo.ts';
import { run as fleet } from './fleet.ts';
import { run as growth } from './growth.ts';
import { run as ingest } from './ingest.ts';
import { run as mail } from './mail.ts';
import { isWithinLimit, measuredLine } from './measured.ts';
import { run as metrics } from './metrics.ts';
import { run as pull, runQuarter as quarter } from './pull.ts';
import { run as standby } from './standby.ts';
import { run as start } from './start.ts';
import { run as views } from './views.ts';

const BENCHMARKS = {
  audit,
  demo,
  fleet,
  growth,
  ingest,
  decision,
  mail,
  metrics,
  pull,
  quarter,
  standby,
  start,
  views,
};

/** They take minutes, and run only when they are named. */
const BY_HAND = new Set(['quarter', 'standby']);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(', ');
  process.stderr.write(`Unknown benchmark: ${unknown.join(', ')}. Use: ${known}.\n`);
  process.exit(2);
}
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (names.length === 0 ? BY_HAND.has(name) : !names.includes(name)) continue;
  for (const measured of await run()) {
    process.stdout.write(`${measuredLine(measured)}\n`);
    if (!isWithinLimit(measured)) process.exitCode = 1;
  }
}
