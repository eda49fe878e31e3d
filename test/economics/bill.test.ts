import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { charge, deployment, hour, POD, series, six, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const DAY = { startMs: hour(0), endMs: hour(24) };

test('a charge that straddles the window is divided by time', () => {
  const charges = [charge({ usd: '3', from: -2, to: 1, quantity: decimal('3'), unit: 'hours' })];
  const [chat] = weighStack(stack({ charges })).deployments;
  expect(chat?.spend.total).toBe(1_000_000_000n);
  expect(chat?.time.paidNs).toBe(3_600_000_000_000n);
});

test('a charge that straddles midnight falls on both days', () => {
  const charges = [charge({ usd: '0.000003', from: 22, to: 26 })];
  const [chat] = weighStack(stack({ charges, window: { ...DAY, endMs: hour(48) } })).deployments;
  expect(chat?.days.map(({ spend }) => spend)).toEqual([2_000n, 1_000n]);
});

test('a window that begins within a day takes its part of that day', () => {
  const charges = [charge({ usd: '24', from: 0, to: 24, quantity: decimal('24'), unit: 'h' })];
  const [chat] = weighStack(stack({ charges, window: { ...DAY, startMs: hour(18) } })).deployments;
  expect(chat?.spend.total).toBe(6_000_000_000n);
});

test('a credit lowers the spend and pays for no time', () => {
  const credit = charge({ usd: '-1', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });
  const [chat] = weighStack(stack({ charges: [POD, credit] })).deployments;
  expect(chat?.spend.total).toBe(5_000_000_000n);
  expect(chat?.time.paidNs).toBe(4n * 3_600_000_000_000n);
});

test('tax, hosted tokens and labor on the bill are not GPU spend', () => {
  const charges = [
    POD,
    charge({ usd: '1', from: 0, to: 4, category: 'tax' }),
    charge({ usd: '2', from: 0, to: 4, category: 'hosted' }),
    charge({ usd: '4', from: 0, to: 4, category: 'labor' }),
  ];
  const economics = weighStack(stack({ charges }));
  expect(economics.bill).toEqual({
    billed: 6_000_000_000n,
    spend: 6_000_000_000n,
    unattributed: 0n,
    estimated: 0n,
    unattributedShare: { num: 0n, den: 1n },
    tax: 1_000_000_000n,
    hosted: 2_000_000_000n,
    labor: 4_000_000_000n,
  });
  expect(warningSentences(economics.warnings).join()).toContain('$4.00');
});

const SHARED = charge({
  usd: '8',
  from: 0,
  to: 4,
  resourceId: 'node',
  gpuCount: 8,
  quantity: decimal('4'),
  unit: 'Hours',
});

function sharer(id: string, gpus: number, replicas: number) {
  const rows =
    replicas === 0 ? [] : [{ at: 0, hours: 4, replicaS: replicas * 14_400, output: 100 }];
  return deployment({
    id,
    gpu: { type: 'A100-80GB', count: gpus },
    resources: [{ sourceId: 'bill', id: 'node' }],
    usage: series(rows),
  });
}

test('a shared node is split by GPU-time: two replicas of two GPUs weigh as four of one', () => {
  const deployments = [sharer('big', 2, 2), sharer('small', 1, 4)];
  const [big, small] = weighStack(stack({ charges: [SHARED], deployments })).deployments;
  expect([big?.spend.total, small?.spend.total]).toEqual([4_000_000_000n, 4_000_000_000n]);
  expect(big?.time.paidNs).toBe(2n * 14_400_000_000_000n);
  expect(small?.time.paidNs).toBe(4n * 14_400_000_000_000n);
  expect(six(big?.time.coverage)).toBe('1.000000');
});

test('a shared node may be split by tokens instead', () => {
  const deployments = [sharer('big', 2, 1), sharer('small', 1, 4)];
  const shared = weighStack(stack({ charges: [SHARED], deployments, sharing: 'tokens' }));
  expect(shared.deployments.map(({ spend }) => spend.total)).toEqual([
    4_000_000_000n,
    4_000_000_000n,
  ]);
});

test('a sharer that was not seen pays nothing', () => {
  const deployments = [sharer('seen', 1, 1), sharer('unseen', 1, 0)];
  const [seen, unseen] = weighStack(stack({ charges: [SHARED], deployments })).deployments;
  expect([seen?.spend.total, unseen?.spend.total]).toEqual([8_000_000_000n, 0n]);
});

test('where no sharer was seen the parts are equal, and that is reported', () => {
  const deployments = [sharer('one', 1, 0), sharer('two', 1, 0)];
  const [one, two] = weighStack(stack({ charges: [SHARED], deployments })).deployments;
  expect([one?.spend.total, two?.spend.total]).toEqual([4_000_000_000n, 4_000_000_000n]);
  expect(warningSentences(one?.warnings).join()).toContain('split equally');
});

test("a day on which no sharer was seen is split by the window's weights", () => {
  const charges = [charge({ usd: '48', from: 0, to: 48, resourceId: 'node' })];
  const deployments = [sharer('one', 1, 3), sharer('two', 1, 1)];
  const window = { startMs: hour(0), endMs: hour(48) };
  const [one, two] = weighStack(stack({ charges, deployments, window })).deployments;
  expect(one?.days.map(({ spend }) => spend)).toEqual([18_000_000_000n, 18_000_000_000n]);
  expect(two?.days.map(({ spend }) => spend)).toEqual([6_000_000_000n, 6_000_000_000n]);
});
