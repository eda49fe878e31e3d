/** Tests that charges merged into one row use little memory and lose none of their content. */

import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import { period } from '../../src/domain/period.ts';
import { toChargeBook, chargeBooking } from '../../src/economics/bill/booking.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, stack } from './stackFixture.ts';

const LONG = period(hour(0), hour(48));
const PODS = [0, 1, 2, 3, 4, 5, 6, 7];
const HOUR = { quantity: decimal('1'), unit: 'Hours', gpuCount: 2 };

/** Eight pods of two GPUs, each billed $3.00 an hour for three hours. */
const fleet = PODS.flatMap((pod) =>
  [0, 1, 2].map((from) =>
    charge({ usd: '3', from, to: from + 1, resourceId: `pod-${pod}`, ...HOUR }),
  ),
);

const deployments = [
  deployment({ resources: [{ sourceId: 'bill', id: 'pod-*' }], gpu: { type: 'H100', count: 2 } }),
];

test('the pods of a deployment are one row an hour, and pay for all their time', () => {
  const input = stack({ charges: fleet, deployments });
  const book = toChargeBook(input);
  expect([...book.time].map(({ ns, of }) => [ns, of])).toEqual(
    Array.from({ length: 3 }, () => [8n * 2n * 3_600_000_000_000n, 'gpu']),
  );
  const [chat] = weighStack({ ...input, charges: book }).deployments;
  expect(chat?.time).toMatchObject({ paidNs: 24n * 3_600_000_000_000n, mostReplicas: 8 });
  expect(chat?.spend.total).toBe(72_000_000_000n);
});

test('time that is not a whole number of nanoseconds per millisecond stays a separate row', () => {
  const odd = { ...HOUR, quantity: exact(1n, 7n) };
  const charges = [
    ...fleet.slice(0, 4),
    charge({ usd: '1', from: 0, to: 1, resourceId: 'pod-8', ...odd }),
  ];
  expect(toChargeBook(stack({ charges, deployments })).time.length).toBe(4);
});

test('a million hours of one pod are as many sums as it has days and kinds of charges', () => {
  const charges = [0, 1, 2].flatMap((from) => [
    charge({ usd: '1', from, to: from + 1, ...HOUR }),
    charge({ usd: '0.1', from, to: from + 1, category: 'storage' }),
  ]);
  const { accounts } = toChargeBook(stack({ charges }));
  expect(accounts.map(({ category, nanoUsd, byDay }) => [category, nanoUsd, [...byDay]])).toEqual([
    ['compute', 3_000_000_000n, [[0, 3_000_000_000n]]],
    ['storage', 300_000_000n, [[0, 300_000_000n]]],
  ]);
});

test('a book of one stack is refused for another', () => {
  const input = stack({ charges: fleet, deployments });
  const charges = toChargeBook(input);
  const others = [
    { window: period(hour(0), hour(5)) },
    { deployments: [deployment({ id: 'other' })] },
    { deployments: [...deployments, deployment({ id: 'other' })] },
    { deployments: deployments.map((each) => ({ ...each, gpu: { type: 'H100', count: 4 } })) },
  ];
  for (const other of others) {
    expect(() => weighStack({ ...input, charges, ...other })).toThrow('fits only its own period');
  }
});

test('charges that are not in order of their end are refused', () => {
  const booking = chargeBooking(stack({ deployments }));
  const [first, second] = fleet;
  if (first === undefined || second === undefined) throw new Error('the fleet has charges');
  booking.add(second);
  expect(() => booking.add(first)).toThrow('charges come by their end');
});

test('an hour that was paid in part changes nothing in the hours around it', () => {
  const part = { ...HOUR, quantity: exact(1n, 7n) };
  const result = [HOUR, HOUR, part, HOUR, { ...HOUR, gpuCount: 1 }, part];
  const charges = result.map((said, from) => charge({ usd: '3', from, to: from + 1, ...said }));
  const hourNs = 3_600_000_000_000n;
  const partNs = (2n * hourNs * 2n + 7n) / 14n;
  expect([...toChargeBook(stack({ charges, window: LONG })).time].map(({ ns }) => ns)).toEqual([
    2n * hourNs,
    2n * hourNs,
    partNs,
    2n * hourNs,
    hourNs,
    partNs,
  ]);
});

test('a credit lowers a day and adds to the size of what was billed', () => {
  const charges = [
    charge({ usd: '5', from: 1, to: 2 }),
    charge({ usd: '-2', from: 1, to: 2 }),
    charge({ usd: '-4', from: 23, to: 25 }),
  ];
  const [account] = toChargeBook(stack({ charges, window: LONG })).accounts;
  expect(account?.byDay).toEqual(
    new Map([
      [0, 1_000_000_000n],
      [1, -2_000_000_000n],
    ]),
  );
  expect(account).toMatchObject({ nanoUsd: -1_000_000_000n, size: 11_000_000_000n });
});
