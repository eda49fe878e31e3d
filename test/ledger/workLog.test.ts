/** The worker's records only move forward, however often and late they are written. */

import { array, assert, asyncProperty, integer, nat, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { JULY, JULY_1, scratchLedger } from './ledgerFixture.ts';

const usage = { line: 'usage', subject: 'prom', dueAtMs: JULY_1 };

describe('completed work', () => {
  it('is remembered by line and subject, across a restart', async () => {
    const { ledger, path, clock } = await scratchLedger();
    expect(await ledger.work.done()).toEqual([]);
    expect(await ledger.work.markDone(usage, JULY_1 + 5)).toBe(true);
    expect(await ledger.work.markDone({ ...usage, subject: 'other' }, JULY_1 + 6)).toBe(true);
    const again = await openLedger(path, { clock, mode: 'readonly' });
    expect(await again.work.done()).toEqual([
      { ...usage, subject: 'other', doneAtMs: JULY_1 + 6 },
      { ...usage, doneAtMs: JULY_1 + 5 },
    ]);
    await again.close();
  });

  it('never moves back, and the same entry again changes nothing', async () => {
    const { ledger } = await scratchLedger();
    await ledger.work.markDone({ ...usage, dueAtMs: JULY_1 + HOUR_MS }, 10);
    expect(await ledger.work.markDone({ ...usage, dueAtMs: JULY_1 }, 20)).toBe(false);
    expect(await ledger.work.markDone({ ...usage, dueAtMs: JULY_1 + HOUR_MS }, 30)).toBe(false);
    expect(await ledger.work.done()).toEqual([
      { ...usage, dueAtMs: JULY_1 + HOUR_MS, doneAtMs: 10 },
    ]);
  });
});

const hours = (first: number, last: number) =>
  period(JULY_1 + first * HOUR_MS, JULY_1 + last * HOUR_MS);

describe('windows that were pulled', () => {
  it('are merged where they touch or overlap, separately for each source and fact', async () => {
    const { ledger } = await scratchLedger();
    const pods = { source: 'pods', facts: ['charges'] };
    const both = { source: 'pods', facts: ['charges', 'inventory'] };
    await ledger.work.markPulled({ ...both, window: hours(0, 2) }, 1);
    await ledger.work.markPulled({ ...pods, window: hours(4, 6) }, 2);
    await ledger.work.markPulled({ source: 'prom', facts: ['usage'], window: hours(2, 4) }, 3);
    await ledger.work.markPulled({ ...pods, window: hours(2, 4) }, 4);
    expect(await ledger.work.pulledWindows()).toEqual([
      { source: 'pods', fact: 'charges', window: hours(0, 6), pulledAtMs: 4 },
      { source: 'pods', fact: 'inventory', window: hours(0, 2), pulledAtMs: 1 },
      { source: 'prom', fact: 'usage', window: hours(2, 4), pulledAtMs: 3 },
    ]);
  });

  it('cover the same hours by the same rows in whatever order they come', async () => {
    const { ledger } = await scratchLedger();
    let run = 0;
    const span = tuple(nat(60), integer({ min: 1, max: 12 }));
    await assert(
      asyncProperty(array(span, { minLength: 1, maxLength: 12 }), async (spans) => {
        run += 1;
        const source = `source-${run}`;
        for (const [start, length] of spans) {
          const window = hours(start, start + length);
          await ledger.work.markPulled({ source, facts: ['usage'], window }, run);
        }
        const covered = new Set(spans.flatMap(([start, length]) => range(start, start + length)));
        const rows = (await ledger.work.pulledWindows()).filter((row) => row.source === source);
        expect(rows.map(({ window }) => window)).toEqual(runsOf(covered));
      }),
      { numRuns: 60 },
    );
  });

  it('are refused as not-writer by a ledger that waits for the role', async () => {
    const { path, clock } = await scratchLedger();
    const waiting = await openLedger(path, { clock, fenced: true });
    const refused = { code: 'not-writer', passing: true };
    const pulled = { source: 'a', facts: ['usage'], window: JULY };
    await expect(waiting.work.markPulled(pulled, 1)).rejects.toMatchObject(refused);
    await expect(waiting.work.markDone(usage, 1)).rejects.toMatchObject(refused);
    await waiting.close();
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Unbroken runs of hours, oldest first. */
function runsOf(covered: ReadonlySet<number>) {
  const starts = [...covered].filter((one) => !covered.has(one - 1)).sort((a, b) => a - b);
  return starts.map((start) => {
    let end = start;
    while (covered.has(end)) end += 1;
    return hours(start, end);
  });
}
