import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { findCapacity, observedCapacity } from '../../src/economics/usage/capacity.ts';
import { deployment, type UsageInterval, series, six, stack } from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

function hundred(): UsageInterval[] {
  return Array.from({ length: 100 }, (_, at) => ({
    at,
    output: (at + 1) * 3600,
    busyS: 3600,
    replicaS: 3600,
  }));
}

function observing(rows: readonly UsageInterval[], window: readonly UsageInterval[] = []) {
  const { capacity: _stated, ...rest } = deployment({ trailingUsage: series(rows) });
  return findCapacity(rest, series(window)).capacity;
}

test('observed capacity is the 99th percentile by nearest rank', () => {
  expect(six(observedCapacity(series(hundred())))).toBe('99.000000');
  expect(six(observedCapacity(series(hundred().slice(0, 10))))).toBe('10.000000');
});

test('throughput is that of one replica, exactly', () => {
  const rows = [{ at: 0, output: 1_000_000, busyS: 1, replicaS: 7 * 3600 }];
  expect(observedCapacity(series(rows))).toEqual({ num: 2500n, den: 63n });
});

test('estimated, idle and blind intervals are not observed', () => {
  const rows = [
    { at: 0, output: 3600, busyS: 10 },
    { at: 1, output: 7200, busyS: 10, estimated: true },
    { at: 2, output: 7200, busyS: 0 },
    { at: 3, output: 7200, busyS: 10, replicaS: null },
  ];
  expect(six(observedCapacity(series(rows)))).toBe('1.000000');
});

test('an interval with tokens is busy where the busy time is unknown', () => {
  const rows = [
    { at: 0, output: 3600, busyS: null },
    { at: 1, busyS: null },
  ];
  expect(six(observedCapacity(series(rows)))).toBe('1.000000');
});

test('without any busy interval capacity is unknown', () => {
  expect(observing([{ at: 0 }])).toBeUndefined();
  expect(observing([])).toBeUndefined();
});

test('where the trailing days were idle, the busy ones of the window are observed', () => {
  const capacity = observing([{ at: 200 }], hundred().slice(0, 10));
  expect(six(capacity?.tokensPerSecond)).toBe('10.000000');
  expect(capacity).toMatchObject({ basis: 'observed' });
});

test('an observed capacity is marked as a lower bound', () => {
  const observed = observing(hundred());
  expect(observed?.basis).toBe('observed');
  expect(observed).not.toHaveProperty('isRaised');
});

test('an interval of the window above the observed capacity raises it', () => {
  const raised = observing(hundred(), hundred());
  expect(six(raised?.tokensPerSecond)).toBe('100.000000');
  expect(raised).toMatchObject({ basis: 'observed', isRaised: true });
});

test('an interval above the stated capacity raises it, and the report says so', () => {
  const usage = series([{ at: 0, output: 3600 * 4000, busyS: 3600 }]);
  const [chat] = weighStack(stack({ deployments: [deployment({ usage })] })).deployments;
  expect(six(chat?.capacity?.tokensPerSecond)).toBe('4000.000000');
  expect(chat?.capacity).toMatchObject({ basis: 'measured', isRaised: true });
  expect(warningSentences(chat?.warnings).join()).toContain(
    'Some intervals were faster than the stated capacity. The capacity was ' +
      'raised to the measured value.',
  );
  expect(six(chat?.utilization)).toBe('1.000000');
});

test('an estimated interval does not raise the capacity', () => {
  const usage = series([{ at: 0, output: 3600 * 4000, busyS: 3600, estimated: true }]);
  const stated = { tokensPerSecond: decimal('3000') };
  const { capacity } = findCapacity(deployment({ capacity: stated }), usage);
  expect(capacity).toEqual({ ...stated, basis: 'measured' });
});

test('utilization above what was paid for is shown as 1, and that is reported', () => {
  const usage = series([{ at: 0, output: 3600 * 4000, busyS: null, estimated: true }]);
  const [chat] = weighStack(stack({ deployments: [deployment({ usage })] })).deployments;
  expect(six(chat?.utilization)).toBe('1.000000');
  expect(warningSentences(chat?.warnings).join()).toContain(
    'Usage shows more tokens than the paid hours allow at this capacity. ' +
      'Utilization is shown as 100%.',
  );
});

test('a utilization above the busy fraction leaves no under-filled time', () => {
  const usage = series([
    { at: 0, output: 3600 * 3000, busyS: 1800 },
    { at: 1 },
    { at: 2 },
    { at: 3 },
  ]);
  const [chat] = weighStack(stack({ deployments: [deployment({ usage })] })).deployments;
  expect(six(chat?.waterfall.fullUsd)).toBe('1.500000');
  expect(six(chat?.waterfall.idleUsd)).toBe('4.500000');
  expect(six(chat?.waterfall.underfilledUsd)).toBe('0.000000');
});
