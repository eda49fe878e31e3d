/** A bill in parts withdraws what a whole bill does, and nothing if a part is missing. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import type { CompleteScope, Fetched } from '../../src/domain/provenance.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  charge,
  EVER,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  scratchLedger,
} from './ledgerFixture.ts';

const COMPLETE: CompleteScope = { keyPrefix: 'pod/', window: JULY };
const CONFIRMED = { confirmWithdrawal: true };

interface Line {
  readonly pod: number;
  readonly cents: number;
}

const chargesOf = (lines: readonly Line[]) =>
  located(
    ...lines.map(({ pod, cents }) =>
      charge(`pod/${pod}`, 1, { billed: nanoUsd(BigInt(cents) * 10_000_000n) }),
    ),
  );

/**
 * The charges split into parts at these positions. Without a position, one answer that is no part.
 */
function bill(lines: readonly Line[], cuts: readonly number[] = [], complete = COMPLETE) {
  const ends = [...cuts, lines.length].sort((a, b) => a - b);
  return ends.map((end, index): Fetched => {
    const charges = chargesOf(lines.slice(ends[index - 1] ?? 0, end));
    const isLast = index === ends.length - 1;
    return fetched({
      charges,
      ...(ends.length === 1 ? {} : { partOf: { whole: 'pods', index } }),
      ...(isLast ? { completeFor: complete } : {}),
    });
  });
}

const byKey = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) =>
  a < b ? -1 : 1;

const inForce = async (ledger: Ledger) =>
  (await ledger.facts.charges(EVER, NOW))
    .map(({ key, billed }) => [key, billed] as const)
    .sort(byKey);

async function append(ledger: Ledger, all: readonly Fetched[], options = {}) {
  const outcomes = [];
  for (const one of all) outcomes.push(await ledger.facts.append(one, JULY_1, options));
  return outcomes;
}

const lines = (max: number) =>
  fc.uniqueArray(fc.record({ pod: fc.nat(12), cents: fc.integer({ min: -500, max: 500 }) }), {
    maxLength: max,
    selector: ({ pod }) => pod,
  });

it('any split of a bill into parts withdraws what the whole bill does', async () => {
  const cuts = fc.array(fc.nat(12), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(lines(12), { minLength: 2, maxLength: 3 }), cuts, async (all, at) => {
      const [{ ledger: whole }, { ledger: cut }] = [await scratchLedger(), await scratchLedger()];
      for (const each of all) {
        await append(whole, bill(each), CONFIRMED);
        const within = at.map((place) => Math.min(place, each.length));
        await append(cut, bill(each, within), CONFIRMED);
      }
      expect(await inForce(cut)).toEqual(await inForce(whole));
    }),
    { numRuns: 25 },
  );
});

const THREE = [1, 2, 3].map((pod) => ({ pod, cents: 100 }));

describe('a bill in parts', () => {
  it('keeps what its earlier parts reported, known or not, and withdraws the rest', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(THREE));
    const next = [
      { pod: 1, cents: 100 },
      { pod: 2, cents: 150 },
      { pod: 4, cents: 100 },
      { pod: 5, cents: 100 },
    ];
    const outcomes = await append(ledger, bill(next, [1, 2, 3]));
    expect(outcomes.map(({ added, restated, unchanged }) => [added, restated, unchanged])).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
      [1, 1, 0],
    ]);
    expect((await inForce(ledger)).map(([key]) => key)).toEqual([
      'pod/1',
      'pod/2',
      'pod/4',
      'pod/5',
    ]);
  });

  it('withdraws by its earlier parts when the last one is empty', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(THREE));
    const [, last] = await append(ledger, bill(THREE.slice(0, 2), [2]));
    expect(last).toMatchObject({ restated: 1, warnings: [] });
    expect(await inForce(ledger)).toHaveLength(2);
  });

  it('that is empty withdraws nothing, in however many parts', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(THREE));
    const outcomes = await append(ledger, bill([], [0, 0]));
    expect(outcomes.at(-1)?.warnings).toEqual([
      { code: 'nothing-withdrawn', keyPrefix: 'pod/', knownCharges: 3 },
    ]);
    expect(await inForce(ledger)).toHaveLength(3);
  });

  it.each([
    ['first', [1, 2]],
    ['second', [0, 2]],
  ])('withdraws nothing if its %s part never came, and says so', async (_, came) => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(THREE));
    const parts = bill([{ pod: 9, cents: 1 }], [1, 1]);
    const outcomes = await append(
      ledger,
      parts.filter((_part, at) => came.includes(at)),
    );
    expect(outcomes.at(-1)?.warnings).toEqual([{ code: 'response-incomplete' }]);
    expect((await inForce(ledger)).length).toBeGreaterThanOrEqual(3);
  });

  it('does not count parts of a pull that died', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(THREE));
    // This pull reported pod 3 and was cut off. The next one shows that it is gone.
    await append(ledger, bill(THREE.slice(2), [1]).slice(0, 1));
    await append(ledger, bill(THREE.slice(0, 2), [1]));
    expect((await inForce(ledger)).map(([key]) => key)).toEqual(['pod/1', 'pod/2']);
  });

  it('needs confirmation if all parts together report much less; its parts stay', async () => {
    const { ledger } = await scratchLedger();
    const many = Array.from({ length: 40 }, (_, pod) => ({ pod, cents: 100 }));
    await append(ledger, bill(many));
    const less = bill(many.slice(0, 20), [10]);
    const [, last] = await append(ledger, less);
    expect(last?.failure?.message).toContain(
      '20 of 40 known charges ($20.00 of $40.00); nothing was withdrawn, and the last part ' +
        'of the response was not stored. Ask the provider',
    );
    expect(await inForce(ledger)).toHaveLength(40);
    await append(ledger, less, CONFIRMED);
    expect(await inForce(ledger)).toHaveLength(20);
  });
});

describe('a bill that replaces known charges', () => {
  const estimates = Array.from({ length: 30 }, (_, pod) => ({ pod, cents: 100 }));
  const invoice = (cents: number) => [{ pod: 100, cents }];

  it('is accepted if its own rows sum to about as much', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(estimates));
    const replaces: CompleteScope = { ...COMPLETE, replaces: true };
    await append(ledger, bill(invoice(2_950), [0], replaces));
    expect(await inForce(ledger)).toEqual([['pod/100', 29_500_000_000n]]);
  });

  it('needs confirmation if dollars disappear', async () => {
    const { ledger } = await scratchLedger();
    await append(ledger, bill(estimates));
    const replaces: CompleteScope = { ...COMPLETE, replaces: true };
    const [outcome] = await append(ledger, bill(invoice(1_000), [], replaces));
    expect(outcome?.failure?.message).toContain('lacks $20.00 of $30.00 in known charges');
    expect(await inForce(ledger)).toHaveLength(30);
  });
});

it('a partition is identified by its prefix, wherever its charges lie in time', async () => {
  const { ledger } = await scratchLedger();
  const window = { startMs: Date.UTC(2000, 0, 1), endMs: Date.UTC(2100, 0, 1) };
  const complete: CompleteScope = { keyPrefix: 'pod/2', window };
  await append(ledger, bill([1, 2, 20, 21, 3].map((pod) => ({ pod, cents: 100 }))));
  await append(ledger, bill([{ pod: 20, cents: 100 }], [], complete));
  expect((await inForce(ledger)).map(([key]) => key)).toEqual(['pod/1', 'pod/20', 'pod/3']);
});
