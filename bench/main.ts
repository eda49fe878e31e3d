/** Knows which benchmarks there are: runs each, prints a line for it, fails when one is out of reach. */

import { run as ingest } from './ingest.ts';
import { isReached, resultLine } from './result.ts';

for (const run of [ingest]) {
  const result = await run();
  process.stdout.write(`${resultLine(result)}\n`);
  if (!isReached(result)) process.exitCode = 1;
}
