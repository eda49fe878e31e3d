import { expect, test } from 'vitest';
import { type Charge, parseTimeUnit, type Resource } from '../../src/domain/charge.ts';
import { decimal, exact, toDecimal } from '../../src/domain/exact.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, money, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const POD_SEEN: Resource = {
  sourceId: 'bill',
  resourceId: 'pod-1',
  kind: 'pod',
  name: 'chat',
  seenAtMs: hour(0),
};

function paid(charges: readonly Charge[], more: Partial<Resource> = {}, gpus = 1) {
  const own = deployment({ gpu: { type: 'A100-80GB', count: gpus } });
  const resources = Object.keys(more).length === 0 ? [] : [{ ...POD_SEEN, ...more }];
  const [chat] = weighStack(stack({ charges, resources, deployments: [own] })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  const hours = toDecimal(exact(chat.time.paidNs, 3_600_000_000_000n), 4);
  return {
    hours,
    most: chat.time.mostReplicas,
    warnings: warningSentences(chat.warnings).join(' '),
  };
}

test.each([
  ['Hours', 'resource', 3_600_000n],
  ['hr', 'resource', 3_600_000n],
  ['seconds', 'resource', 1_000n],
  ['Sec', 'resource', 1_000n],
  ['minute', 'resource', 60_000n],
  ['days', 'resource', 86_400_000n],
  ['GPU-Hours', 'gpu', 3_600_000n],
  ['gpu hours', 'gpu', 3_600_000n],
  ['Instance-Hours', 'resource', 3_600_000n],
  ['worker seconds', 'resource', 1_000n],
])('%s is time of the %s', (unit, of, ms) => {
  expect(parseTimeUnit(unit)).toEqual({ of, ms });
});

test.each(['GB-Months', 'ms', 'tokens', 'vCPU-Hours', 'constructor', ''])(
  '%s is no time',
  (unit) => {
    expect(parseTimeUnit(unit)).toBeUndefined();
  },
);

test('GPU-hours are divided by the GPUs of a replica', () => {
  const line = charge({ usd: '8', from: 0, to: 4, quantity: decimal('8'), unit: 'GPU-Hours' });
  expect(paid([line], {}, 2).hours).toBe('4.0000');
});

test('more hours than a hundred thousand resources have are not time: all is estimated', () => {
  const line = charge({ usd: '8', from: 0, to: 4, quantity: decimal('4e50'), unit: 'Hours' });
  expect(paid([line]).hours).toBe('4.0000');
  const most = { ...line, quantity: decimal('400000') };
  expect(paid([most]).hours).toBe('400000.0000');
});

test('a refund with a negative quantity lowers the spend and buys no time', () => {
  const line = charge({ usd: '6', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });
  const refund = charge({ usd: '-1.5', from: 0, to: 4, quantity: decimal('-1'), unit: 'Hours' });
  const [chat] = weighStack(stack({ charges: [line, refund] })).deployments;
  expect(chat?.spend.total).toBe(4_500_000_000n);
  expect(paid([line, refund]).hours).toBe('4.0000');
});

test('a negative quantity is no time whatever the dollars: a rate or the period is used', () => {
  const back = { from: 0, to: 4, quantity: decimal('-4'), unit: 'Hours' };
  expect(paid([charge({ usd: '3', ...back })], { usdPerHour: money('1.5') }).hours).toBe('2.0000');
  const guessed = paid([charge({ usd: '3', ...back })]);
  expect([guessed.hours, guessed.warnings]).toEqual(['4.0000', expect.stringContaining('pod-1')]);
  expect(paid([charge({ usd: '0', ...back })]).hours).toBe('0.0000');
});

test("a resource's hours count once for each replica that its GPUs hold", () => {
  const line = charge({ usd: '8', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });
  expect(paid([{ ...line, gpuCount: 8 }], {}, 2)).toMatchObject({ hours: '16.0000', most: 4 });
  expect(paid([line], { gpuCount: 4 }, 2).hours).toBe('8.0000');
  expect(paid([line], {}, 2).hours).toBe('4.0000');
});

test('without a quantity the newest rate above zero gives the time', () => {
  const line = charge({ usd: '3', from: 0, to: 4 });
  expect(paid([line], { usdPerHour: money('1.50') }).hours).toBe('2.0000');
});

test('a rate never gives more time than the charge is long', () => {
  const line = charge({ usd: '30', from: 0, to: 4 });
  expect(paid([line], { usdPerHour: money('1.50') }).hours).toBe('4.0000');
});

test('a serverless endpoint may have run many workers at once', () => {
  const line = charge({ usd: '30', from: 0, to: 4, pricingClass: 'serverless' });
  expect(paid([line], { usdPerHour: money('1.50') })).toMatchObject({ hours: '20.0000', most: 5 });
});

test('without a rate the largest of equal buckets counts as fully paid, and is reported', () => {
  const lines = [
    charge({ usd: '2', from: 0, to: 1 }),
    charge({ usd: '1', from: 1, to: 2 }),
    charge({ usd: '0', from: 2, to: 3 }),
  ];
  const { hours, warnings } = paid(lines);
  expect(hours).toBe('1.5000');
  expect(warnings).toContain(
    'Nothing was billed for 1,200,000 of 15,600,000 tokens (7.7%). They are left out on both ' +
      'sides. The first such period is 2026-07-01T02:00:00Z to 2026-07-01T04:00:00Z. Import or ' +
      'pull the charges of bill for that period. Usage shows 2 replica-hours, but the bill lists ' +
      '1.5 for the same time. The config sets `gpu.count` to 1, but the bill covers 0.75 GPUs ' +
      'per replica. Check `gpu.count` and `resources`. Usage shows more busy hours than were ' +
      'paid for. The busy fraction is shown as 100%. The bill lists neither hours nor a rate. ' +
      'Paid hours are estimated from the most expensive bucket of each resource: pod-1.',
  );
});

test('a single charge without quantity or rate counts as a whole, and that is reported', () => {
  const { hours, warnings } = paid([charge({ usd: '2', from: 0, to: 3 })]);
  expect(hours).toBe('3.0000');
  expect(warnings).toContain('whole period');
});

test('a GPU part and a CPU part of the same time are that time once', () => {
  const part = { from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' };
  const cpu = charge({ usd: '1', ...part });
  expect(paid([charge({ usd: '5', ...part }), cpu]).hours).toBe('4.0000');
  expect(paid([charge({ usd: '5', ...part, gpuCount: 2 }), cpu], {}, 2).hours).toBe('4.0000');
  expect(paid([{ ...cpu, gpuType: 'A100' }, charge({ usd: '5', ...part })]).hours).toBe('4.0000');
});

test('parts of a period on GPUs add up until they are longer than the period itself', () => {
  const part = { from: 0, to: 4, unit: 'Hours', gpuType: 'A100' };
  const spot = charge({ usd: '1', ...part, quantity: decimal('1') });
  const demand = charge({ usd: '5', ...part, quantity: decimal('3') });
  expect(paid([spot, demand]).hours).toBe('4.0000');
  expect(paid([demand, { ...demand, key: 'again' }]).hours).toBe('3.0000');
});

test('storage and fees pay for no time', () => {
  const lines = [
    charge({
      usd: '1',
      from: 0,
      to: 4,
      category: 'storage',
      quantity: decimal('4'),
      unit: 'Hours',
    }),
    charge({ usd: '1', from: 0, to: 4, category: 'fee' }),
  ];
  expect(paid(lines).hours).toBe('0.0000');
});

test('pods billed for the same time run at once, one after the other they do not', () => {
  const pod = (resourceId: string, from: number) =>
    charge({ usd: '3', from, to: from + 2, resourceId, quantity: decimal('2'), unit: 'Hours' });
  const match = [{ sourceId: 'bill', id: 'pod-*' }];
  const most = (charges: readonly Charge[]) =>
    weighStack(stack({ charges, deployments: [deployment({ resources: match })] })).deployments[0]
      ?.time.mostReplicas;
  expect(most([pod('pod-1', 0), pod('pod-2', 1)])).toBe(2);
  expect(most([pod('pod-1', 0), pod('pod-2', 2)])).toBe(1);
});
