/** Opens a ledger, appends or reads once, and prints the outcome in one line. */

import { Failure } from '../../../src/domain/failure.ts';
import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';

const [path = '', mode = 'readonly', bytes = '0'] = process.argv.slice(2);

/** Bytes that do not compress, so that the disk fills quickly. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  });
}

async function use() {
  const ledger = await openLedger(path, {
    clock: settableClock(1),
    mode: mode === 'readonly' ? 'readonly' : 'readwrite',
  });
  const ask = { sourceId: 's', kind: 'k', url: 'u', startedAtMs: 1, endedAtMs: 2 };
  if (mode === 'append')
    await ledger.facts.append({ fetch: { ...ask, body: noise(Number(bytes)) } }, 1);
  const charges = await ledger.facts.charges({ startMs: 0, endMs: 1e14 }, 1e14);
  await ledger.close();
  return { charges: charges.length };
}

try {
  process.stdout.write(`${JSON.stringify(await use())}\n`);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  const { code, message, hint } = error;
  process.stdout.write(`${JSON.stringify({ code, message, hint })}\n`);
}
