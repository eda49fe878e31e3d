/** Undoes the first import of a ledger, and prints a line at the start and at the end. */

import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';

const ledger = await openLedger(process.argv[2] ?? '', { clock: settableClock(9) });
process.stdout.write('"begins"\n');
await ledger.facts.undoImport(1, 9);
process.stdout.write('"done"\n');
process.stdin.resume();
