import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exact } from '../../../src/domain/exact.ts';
import { sumNano } from '../../../src/domain/money.ts';
import { parseLossless } from '../../../src/platform/json.ts';
import { openJsonList } from '../../../src/platform/jsonList.ts';
import { type BillContext, readRunpodBill } from '../../../src/sources/runpod/billing.ts';
import { RUNPOD_FAMILIES } from '../../../src/sources/runpod/wire.ts';
import type { RunpodDetails } from '../../../src/sources/runpod/inventory.ts';
import { billReply, JUNE, POD_RECORD, WORKER_RECORD } from './account.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

function read(body: object | string, changes: Partial<BillContext> & { name?: string } = {}) {
  const { name = 'pods', ...context } = changes;
  const family = RUNPOD_FAMILIES.find((candidate) => candidate.name === name);
  if (family === undefined) throw new Error(`no family ${name}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const options = { path: ['records'], where: 'h', parse: parseLossless };
  return readRunpodBill(openJsonList(new TextEncoder().encode(text), options), {
    sourceId: 'main',
    family,
    asked: JUNE,
    where: 'h',
    detailsById: new Map(),
    ...context,
  });
}

const factsOf = (result: ReturnType<typeof read>) => (result.charges ?? []).map(({ fact }) => fact);
const holding = (rate: string | undefined, more: RunpodDetails = {}) => ({
  detailsById: new Map([['pod1', { ...more, ...(rate === undefined ? {} : hourly(rate)) }]]),
});
const hourly = (cents: string): RunpodDetails => ({
  rate: { part: 'gpu', usdPerHour: exact(BigInt(cents), 100n) },
});

describe('charges', () => {
  test('each part that is not zero is a separate charge with its own key', () => {
    expect(factsOf(read(billReply([POD_RECORD])))).toEqual([
      {
        sourceId: 'main',
        key: 'pods/pod1/gpu/2026-06-01T00:00:00Z',
        resourceId: 'pod1',
        category: 'compute',
        pricingClass: 'on-demand',
        isClassPresumed: true,
        period: { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 1, 1) },
        billed: 440_000_000n,
        basis: 'billed',
      },
      expect.objectContaining({
        key: 'pods/pod1/disk/2026-06-01T00:00:00Z',
        category: 'storage',
        billed: 60_000_000n,
      }),
    ]);
  });

  test('serverless has fees, and its class', () => {
    const facts = factsOf(read(billReply([WORKER_RECORD]), { name: 'serverless' }));
    expect(
      facts.map(({ category, pricingClass, billed }) => [category, pricingClass, billed]),
    ).toEqual([
      ['compute', 'serverless', 7_500_000_000n],
      ['storage', 'serverless', 400_000_000n],
      ['fee', 'serverless', 1_000_000_000n],
    ]);
  });

  test('amounts are read from their text, not from the nearest double', () => {
    const body = JSON.stringify(billReply([POD_RECORD]))
      .replace('"totalAmount":0.5,"gpu', '"totalAmount":1234567.123456789,"gpu')
      .replace('"gpuAmount":0.44', '"gpuAmount":1234567.063456789');
    expect(factsOf(read(body))[0]?.billed).toBe(1_234_567_063_456_789n);
  });

  test('a nano-dollar lost in rounding goes to the largest part', () => {
    const record = { ...POD_RECORD, totalAmount: 1.000000002, gpuAmount: 0.7000000006 };
    const facts = factsOf(read(billReply([{ ...record, cpuAmount: 0, diskAmount: 0.3 }])));
    expect(facts.map(({ billed }) => billed)).toEqual([700_000_002n, 300_000_000n]);
  });

  test('a larger difference is a separate charge, with a warning', () => {
    const result = read(billReply([{ ...POD_RECORD, totalAmount: 0.6 }]));
    expect(factsOf(result).at(-1)).toMatchObject({
      key: 'pods/pod1/unexplained/2026-06-01T00:00:00Z',
      category: 'fee',
      billed: 100_000_000n,
    });
    expect(pullWarningSentences(result.warnings)).toEqual([
      'In 1 record, the items of the RunPod pods bill differ from the total by $0.10 in all. ' +
        'The difference is stored as unexplained charges.',
    ]);
  });

  test('an unknown part is named, and its money kept', () => {
    const result = read(
      billReply([{ ...POD_RECORD, totalAmount: 0.75, networkAmount: 0.25, note: 'x' }]),
    );
    expect(sumNano(factsOf(result).map(({ billed }) => billed))).toBe(750_000_000n);
    expect(pullWarningSentences(result.warnings)[0]).toBe(
      'The RunPod pods bill has unknown items: networkAmount.',
    );
  });

  test('a missing part is unknown, and the total still counts', () => {
    const { gpuAmount: _, ...without } = POD_RECORD;
    const facts = factsOf(read(billReply([without])));
    expect(facts.map(({ key, billed }) => [key.split('/')[2], billed])).toEqual([
      ['disk', 60_000_000n],
      ['unexplained', 440_000_000n],
    ]);
  });

  test('a credit stays negative', () => {
    const record = { ...POD_RECORD, totalAmount: -0.5, gpuAmount: -0.44, diskAmount: -0.06 };
    expect(factsOf(read(billReply([record]))).map(({ billed }) => billed)).toEqual([
      -440_000_000n,
      -60_000_000n,
    ]);
  });

  test('a record of zeros is no charge and no fault', () => {
    const zero = { ...POD_RECORD, totalAmount: 0, gpuAmount: 0, diskAmount: 0 };
    expect(read(billReply([zero]))).toMatchObject({ charges: [], rejects: [], warnings: [] });
  });

  test('a part of the other sign is a discount where the parts sum to the total', () => {
    const result = read(billReply([{ ...POD_RECORD, totalAmount: 0.4, diskAmount: -0.04 }]));
    expect(factsOf(result).map(({ billed }) => billed)).toEqual([440_000_000n, -40_000_000n]);
  });

  test('a part of the other sign that leaves a gap to the total is rejected', () => {
    const result = read(billReply([{ ...POD_RECORD, gpuAmount: -0.44 }]));
    expect(factsOf(result)).toEqual([]);
    expect(result.rejects?.[0]?.reason).toBe(
      'record 0: gpuAmount: expected an amount with the sign of totalAmount, or parts that ' +
        'sum to it',
    );
  });

  test('parts always sum to the total, whatever the amounts', () => {
    const amount = fc.integer({ min: 0, max: 1e9 }).map((nano) => nano / 1e9);
    const amounts = fc
      .tuple(fc.constantFrom(1, -1), amount, amount, amount, amount)
      .map(([sign, ...all]) => all.map((one) => sign * one));
    fc.assert(
      fc.property(amounts, ([total = 0, gpu, cpu, disk]) => {
        const amounts = { totalAmount: total, gpuAmount: gpu, cpuAmount: cpu, diskAmount: disk };
        const result = read(billReply([{ ...POD_RECORD, ...amounts }]));
        const nano = BigInt(Math.round(total * 1e9));
        expect(sumNano(factsOf(result).map(({ billed }) => billed))).toBe(nano);
      }),
    );
  });
});

describe('hours and names from the inventory', () => {
  test('a name, GPU and hours are set where the inventory has them', () => {
    const known = holding('88', { name: 'chat', gpuType: 'H100', gpuCount: 2 });
    const [gpu, disk] = factsOf(read(billReply([POD_RECORD]), known));
    expect(gpu).toMatchObject({
      resourceName: 'chat',
      gpuType: 'H100',
      gpuCount: 2,
      quantity: exact(1n, 2n),
      unit: 'Hours',
    });
    expect(disk).toMatchObject({ resourceName: 'chat' });
    expect(disk).not.toHaveProperty('quantity');
    expect(disk).not.toHaveProperty('gpuCount');
  });

  test('without a rate there are no hours', () => {
    const [gpu] = factsOf(read(billReply([POD_RECORD]), holding(undefined, { name: 'chat' })));
    expect(gpu).not.toHaveProperty('quantity');
  });

  test('a bill above the present rate gives no hours, and says why once', () => {
    const later = {
      ...POD_RECORD,
      startTime: '2026-06-01T01:00:00Z',
      endTime: '2026-06-01T02:00:00Z',
    };
    const result = read(billReply([POD_RECORD, later]), holding('40', { name: 'chat' }));
    expect(factsOf(result).every((fact) => fact.quantity === undefined)).toBe(true);
    expect(pullWarningSentences(result.warnings)).toEqual([
      '"chat" is billed above its current rate in 2 buckets. The rate has changed, so its ' +
        'hours there are unknown.',
    ]);
  });

  test('a thousandth above the bucket is rounding, and stays within the bucket', () => {
    const record = { ...POD_RECORD, totalAmount: 0.5001, gpuAmount: 0.4401 };
    expect(factsOf(read(billReply([record]), holding('44')))[0]?.quantity).toEqual(exact(1n));
  });

  test('many workers may run more hours than the bucket is long', () => {
    const result = read(billReply([WORKER_RECORD]), {
      name: 'serverless',
      detailsById: new Map([['ep1', { worker: { low: exact(11n, 10n), high: exact(11n, 10n) } }]]),
    });
    expect(factsOf(result)[0]?.quantity).toEqual(exact(75n, 11n));
    expect(pullWarningSentences(result.warnings)).toEqual([
      'The hours of the serverless endpoint "ep1" are its GPU cost ' +
        "divided by today's list " +
        'price. They are wrong if you pay ' +
        'another price or the price has changed.',
    ]);
  });
});

describe('a pod that ran without a break', () => {
  const since = (startMs: number): RunpodDetails => ({
    ...hourly('88'),
    name: 'chat',
    ran: { startMs, endMs: JUNE.endMs },
  });

  test('was paid for all of the time, even where the bill is below its rate', () => {
    const result = read(billReply([POD_RECORD]), {
      detailsById: new Map([['pod1', since(JUNE.startMs)]]),
    });
    expect(factsOf(result)[0]?.quantity).toEqual(exact(1n));
    expect(pullWarningSentences(result.warnings)).toEqual([
      '"chat" ran for all of 1 bucket and is billed below its rate ' +
        'there. If a savings ' +
        'plan covers it, add the plan under ' +
        'commitments in rentcheck.yaml, with usdUpfront, ' +
        'from, ' +
        'until and covers.',
    ]);
  });

  test('and is billed nothing for its GPU is reported too', () => {
    const free = { ...POD_RECORD, totalAmount: 0.06, gpuAmount: 0 };
    const result = read(billReply([free]), {
      detailsById: new Map([['pod1', since(JUNE.startMs)]]),
    });
    expect(pullWarningSentences(result.warnings).join()).toContain('billed below its rate');
  });

  test('is not assumed where it started within the bucket', () => {
    const result = read(billReply([POD_RECORD]), {
      detailsById: new Map([['pod1', since(JUNE.startMs + 1)]]),
    });
    expect(factsOf(result)[0]?.quantity).toEqual(exact(1n, 2n));
    expect(result.warnings).toEqual([]);
  });
});

describe('bad records', () => {
  const broken: readonly (readonly [string, object, string])[] = [
    [
      'a string as amount',
      { totalAmount: '0.5' },
      'totalAmount: found a string, expected a number',
    ],
    ['a part in quotes', { gpuAmount: '0.44' }, 'gpuAmount: found a string, expected a number'],
    ['no id', { podId: undefined }, 'podId: found nothing, expected an id'],
    ['an empty id', { podId: '' }, 'podId: expected an id of 1 to 200 visible characters'],
    ['a line break in an id', { podId: 'a\nb' }, 'podId: expected an id of 1 to 200 visible'],
    ['no total', { totalAmount: null }, 'totalAmount: found null, expected a number'],
    ['a wrong time', { startTime: 'yesterday' }, 'startTime: "yesterday" is not a time'],
    ['an end before the start', { endTime: '2026-05-31T00:00:00Z' }, 'a time before endTime'],
    ['another month', { endTime: '2026-07-01T00:00:00Z' }, 'expected a bucket inside 2026-06-01'],
    ['a billion', { totalAmount: 1e9 }, 'totalAmount: expected an amount below a billion dollars'],
  ];
  test.each(broken)('%s affects only that record', (...row) => {
    const [, change, reason] = row;
    const good = { ...POD_RECORD, podId: 'pod2' };
    const result = read(billReply([{ ...POD_RECORD, ...change }, good]));
    expect(result.rejects).toHaveLength(1);
    expect(result.rejects?.[0]?.position).toBe(0);
    expect(result.rejects?.[0]?.reason).toContain(`record 0: `);
    expect(result.rejects?.[0]?.reason).toContain(reason);
    expect(factsOf(result).every(({ resourceId }) => resourceId === 'pod2')).toBe(true);
    expect(factsOf(result)).toHaveLength(2);
  });

  test('while there are rejects, the answer withdraws nothing', () => {
    expect(read(billReply([POD_RECORD])).completeFor).toEqual({ keyPrefix: 'pods/', window: JUNE });
    expect(read(billReply([{ ...POD_RECORD, podId: '' }])).completeFor).toBeUndefined();
  });

  test('a duplicate bucket of the same pod counts once', () => {
    const result = read(billReply([POD_RECORD, { ...POD_RECORD, gpuAmount: 0.4 }]));
    expect(factsOf(result)).toHaveLength(2);
    expect(result.rejects?.[0]?.reason).toContain('duplicate resource and bucket');
  });

  test('an excerpt is one line of at most five hundred characters', () => {
    const result = read(billReply([{ ...POD_RECORD, podId: 'x'.repeat(900) }]));
    expect(result.rejects?.[0]?.excerpt.length).toBeLessThanOrEqual(500);
  });
});

describe('the envelope of the answer', () => {
  test('has a total and a window for reconciling', () => {
    expect(read(billReply([POD_RECORD])).statedTotal).toEqual({
      billedNanoUsd: 500_000_000n,
      window: JUNE,
    });
  });

  test('a count of buckets times resources affects no record where the total agrees', () => {
    const result = read(billReply([POD_RECORD], { recordCount: 24 }));
    expect(factsOf(result)).toHaveLength(2);
    expect([result.warnings, result.completeFor?.keyPrefix]).toEqual([[], 'pods/']);
  });

  test.each([{ totalAmount: 1 }, null])(
    'fewer records than are counted and no total that agrees (%j) refuse the whole answer',
    (totals) => {
      expect(() => read(billReply([POD_RECORD], { recordCount: 2, totals }))).toThrow(
        'it states 2 records but has 1, and no total shows that they are complete',
      );
    },
  );

  test('a record that cannot be read affects only itself, whatever is counted', () => {
    const result = read(billReply([POD_RECORD, { ...POD_RECORD, podId: 7 }], { recordCount: 24 }));
    expect(factsOf(result)).toHaveLength(2);
    expect(result.rejects).toHaveLength(1);
    expect(result.completeFor).toBeUndefined();
  });

  test('another window than the requested one is used, with a warning', () => {
    const query = { startTime: '2026-06-01T00:00:00Z', endTime: '2026-06-01T12:00:00Z' };
    const result = read(billReply([POD_RECORD], { query }));
    expect(result.window.endMs).toBe(Date.UTC(2026, 5, 1, 12));
    expect(result.completeFor?.window).toEqual(result.window);
    expect(pullWarningSentences(result.warnings)[0]).toContain(
      'returned the pods bill for 2026-06-01T00:00:00Z to 2026-06-01T12:00:00Z',
    );
  });

  test('a stated total that the records do not reach is reported', () => {
    const result = read(billReply([POD_RECORD], { totals: { totalAmount: 0.9 } }));
    expect(pullWarningSentences(result.warnings)).toEqual([
      'RunPod states a total of $0.90, but its records add up to $0.50.',
    ]);
  });

  test.each([undefined, null, {}, { totalAmount: '0.5' }, { totalAmount: 1e12 }])(
    'a stated total of %j rejects no record',
    (totals) => {
      const result = read(billReply([POD_RECORD], { totals }));
      expect(factsOf(result)).toHaveLength(2);
      expect(result.statedTotal).toBeUndefined();
      expect(result.warnings).toEqual([{ code: 'no-total-stated' }]);
    },
  );

  test.each([
    [{}, 'records'],
    [{ records: {} }, 'records'],
    [{ records: [] }, 'metadata'],
    [
      billReply([], { query: { startTime: '2026-06-02', endTime: '2026-06-01' } }),
      'period ends before',
    ],
    [billReply([], { query: {} }), 'metadata.query.startTime: found nothing, expected a time'],
  ])('%j is refused', (body, reason) => {
    expect(() => read(body)).toThrow(reason);
  });
});
