import { describe, expect, test } from 'vitest';
import {
  type BilledThing,
  doubleBilling,
  doubleBillingWarnings,
} from '../../src/economics/bill/doubleBilling.ts';
import { warningSentences } from '../support/factSentences.ts';

const CENT = 10_000_000n;

interface Options extends Partial<Omit<BilledThing, 'byDay'>> {
  /** Cents by day, from the first one on. */
  readonly cents: readonly number[];
}

const thing = ({ cents, ...rest }: Options): BilledThing => ({
  sourceId: 'openai',
  resourceId: 'gpt-4o',
  category: 'hosted',
  basis: 'billed',
  tags: {},
  byDay: new Map(cents.map((each, day) => [day, BigInt(each) * CENT])),
  ...rest,
});

const USED = [1_000, 1_250, 900, 2_000];

describe('a purchase that two sources bill', () => {
  test('is found by its model and its amount, day by day', () => {
    const found = doubleBilling([
      thing({ cents: USED }),
      thing({ sourceId: 'other-key', cents: USED }),
      thing({ sourceId: 'other-key', resourceId: 'o3', cents: [70, 80] }),
    ]);
    expect(found).toEqual([
      {
        sourceIds: ['openai', 'other-key'],
        category: 'hosted',
        evidence: 'same-resources',
        things: ['gpt-4o'],
        days: 4,
        // 10.00 + 12.50 + 9.00 + 20.00
        nanoUsd: 51_500_000_000n,
      },
    ]);
    expect(warningSentences(doubleBillingWarnings(found))).toEqual([
      'Sources openai and other-key bill the same hosted purchases (gpt-4o): ' +
        '$51.50 on 4 days is counted twice. Name the source that counts under ' +
        '`billOfRecord`, or remove the other source.',
    ]);
  });

  test('is found by the tag of its model, whatever the publisher is called', () => {
    const tags = { model: 'meta-llama/Llama-3.3-70B' };
    const found = doubleBilling([
      thing({ resourceId: 'line 1', tags, cents: USED }),
      thing({ sourceId: 'export', resourceId: 'llama-3.3-70b', cents: USED.map((one) => one + 1) }),
    ]);
    expect(found).toMatchObject([
      { evidence: 'same-resources', days: 4, nanoUsd: 51_500_000_000n },
    ]);
  });

  test('is found where one states the month and the other its days', () => {
    const days = Array.from({ length: 30 }, (_, day) => 100 + day * 10);
    const month = days.map(() => 245);
    const found = doubleBilling([
      thing({ cents: days }),
      thing({ sourceId: 'export', cents: month }),
    ]);
    expect(found).toMatchObject([{ evidence: 'same-resources', days: 30 }]);
  });

  test('is found by the id of a machine even where one of them includes a discount', () => {
    const pod = { category: 'compute', resourceId: '7h9k2m4n6p' } as const;
    const found = doubleBilling([
      thing({ ...pod, sourceId: 'runpod', cents: [4_800, 4_800] }),
      thing({ ...pod, sourceId: 'focus', resourceId: 'runpod:pod:7H9K2M4N6P', cents: [4_320, 0] }),
    ]);
    expect(found).toMatchObject([{ category: 'compute', days: 1, nanoUsd: 43_200_000_000n }]);
  });

  test('is found by its sums where each calls it something else', () => {
    const [a, b] = [USED, [50, 60, 70, 80]];
    const whole = USED.map((one, day) => one + (b[day] ?? 0));
    const openai = [
      thing({ resourceId: 'gpt-4o, input', cents: a }),
      thing({ resourceId: 'gpt-4o, output', cents: b }),
    ];
    const exported = thing({
      sourceId: 'finance',
      resourceId: 'proj-1',
      tags: { ServiceName: 'OpenAI API' },
      cents: whole,
    });
    const rest = thing({
      sourceId: 'finance',
      resourceId: 'acct-9',
      tags: { ServiceName: 'Another' },
      cents: [5, 700, 30, 9],
    });
    expect(doubleBilling([...openai, exported, rest])).toMatchObject([
      { sourceIds: ['finance', 'openai'], evidence: 'equal-amounts', things: [], days: 4 },
    ]);
  });

  test('is reported for every two of three sources', () => {
    const three = ['a', 'b', 'c'].map((sourceId) => thing({ sourceId, cents: USED }));
    expect(doubleBilling(three).map(({ sourceIds }) => sourceIds.join())).toEqual([
      'a,b',
      'a,c',
      'b,c',
    ]);
  });
});

describe('no double billing is reported', () => {
  const other = (options: Options) => thing({ sourceId: 'azure', ...options });

  test('for one source alone, however often', () => {
    expect(doubleBilling([thing({ cents: USED }), thing({ cents: USED })])).toEqual([]);
  });

  test('where a model is bought from two sellers, for different amounts', () => {
    expect(
      doubleBilling([thing({ cents: USED }), other({ cents: [300, 2_000, 1_000, 40] })]),
    ).toEqual([]);
  });

  test('where load is split in halves that nearly agree', () => {
    const half = (off: number) =>
      Array.from({ length: 90 }, (_, day) => 50_000 + day + (day % 2 === 0 ? off : -off));
    expect(doubleBilling([thing({ cents: half(0) }), other({ cents: half(200) })])).toEqual([]);
  });

  test('where amounts are so small that they all look alike', () => {
    expect(doubleBilling([thing({ cents: [1, 2, 1, 2] }), other({ cents: [2, 1, 2, 3] })])).toEqual(
      [],
    );
  });

  test('on different days', () => {
    expect(
      doubleBilling([thing({ cents: [0, 0, 10, 20] }), other({ cents: [10, 20, 0, 0] })]),
    ).toEqual([]);
  });

  test('in different categories', () => {
    expect(
      doubleBilling([thing({ cents: USED }), other({ category: 'fee', cents: USED })]),
    ).toEqual([]);
  });

  test('where machines of two clouds cost the same every day', () => {
    const cents = [4_800, 4_800, 4_800, 4_800];
    const compute = { category: 'compute', cents } as const;
    expect(
      doubleBilling([
        thing({ ...compute, resourceId: 'vm-1' }),
        other({ ...compute, resourceId: 'node-a' }),
      ]),
    ).toEqual([]);
  });

  test('where it is a tax, a credit, or what the config states', () => {
    for (const options of [
      { category: 'tax' },
      { category: 'credit' },
      { basis: 'stated' },
    ] as const) {
      expect(
        doubleBilling([thing({ ...options, cents: USED }), other({ ...options, cents: USED })]),
      ).toEqual([]);
    }
  });

  test('for a negative amount', () => {
    const minus = USED.map((one) => -one);
    expect(doubleBilling([thing({ cents: minus }), other({ cents: minus })])).toEqual([]);
  });
});
