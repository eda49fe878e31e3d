/**
 * Knows which benchmarks there are: runs each, prints a line for each figure, fails when one is
 * out of reach.
 */

import { run as audit } from './audit.ts';
import { run as decision } from './decision.ts';
import { run as ingest } from './ingest.ts';
import { isReached, measuredLine } from './measured.ts';

// The audit first: it also tells its peak memory, which is the process's.
for (const run of [audit, ingest, decision]) {
  for (const measured of await run()) {
    process.stdout.write(`${measuredLine(measured)}\n`);
    if (!isReached(measured)) process.exitCode = 1;
  }
}
