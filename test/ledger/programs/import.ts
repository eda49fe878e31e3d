/** Imports the rows of the crash test and prints a line for each committed batch. */

import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { BATCHES, importBatch, CRASH_IMPORT } from '../importedRows.ts';

const ledger = await openLedger(process.argv[2] ?? '', { clock: settableClock(2) });
const session = await ledger.facts.beginImport(CRASH_IMPORT);
for (let batch = 0; batch < BATCHES; batch += 1) {
  await session.appendRaw(new TextEncoder().encode(`batch ${batch}`));
  await session.append(importBatch(batch));
  process.stdout.write(`${batch}\n`);
}
// Never ends by itself: the test that reads the output kills this process first.
process.stdin.resume();
