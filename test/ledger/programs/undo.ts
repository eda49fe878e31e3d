/** Undoes the first import of a ledger, and says when it begins and when it is done. */

import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';

const ledger = await openLedger(process.argv[2] ?? '', { clock: settableClock(9) });
process.stdout.write('"begins"\n');
await ledger.undoImport(1, 9);
process.stdout.write('"done"\n');
process.stdin.resume();
