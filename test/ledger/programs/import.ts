/** Knows how to import the rows of the crash test, telling each batch that is in. */

import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { BATCHES, batchOf, IMPORT } from '../importedRows.ts';

const ledger = await openLedger(process.argv[2] ?? '', { clock: settableClock(2) });
const session = await ledger.beginImport(IMPORT);
for (let batch = 0; batch < BATCHES; batch += 1) {
  await session.appendRaw(new TextEncoder().encode(`batch ${batch}`));
  await session.append(batchOf(batch));
  process.stdout.write(`${batch}\n`);
}
// Never finished: whoever reads along kills this process before.
process.stdin.resume();
