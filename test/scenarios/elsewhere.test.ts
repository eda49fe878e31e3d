/**
 * Scenario: a pod that could run elsewhere or on demand. $2.00 an hour (2,208 h, $4,416), one hour
 * of full load a day (3.6 Mtok, 331.2 in all) or half load around the clock.
 */

import { expect, test } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import type { DeploymentInput, StackInput } from '../../src/economics/input.ts';
import { rate } from '../economics/marketFixture.ts';
import { six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  MTOK,
  optionOf,
  engineeringHours,
  picksOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

const GPU = { gpuType: 'H100-80GB' };
const STEADY = usageByHour(() => ({ uncached: 1.8 * MTOK }));
const SPIKY = usageByHour(({ hour: at }) => (at === 9 ? { uncached: 3.6 * MTOK } : { busyS: 0 }));

function elsewhere(rates: StackInput['rates'], own: Partial<DeploymentInput> = {}) {
  return quarterVerdict({
    charges: [podCharge(2)],
    prices: [flatPrice('3')],
    rates,
    deployments: [chatDeployment({ usage: STEADY, ...own })],
  });
}

const CHEAPER = rate({ provider: 'verda', usd: '1.2', ...GPU });
const SPOT = rate({ provider: 'verda', usd: '0.6', pricingClass: 'spot', ...GPU });

test('a cheaper rate of the same GPU and class: move, for 2,208 h × $0.80', () => {
  const { first, audit } = elsewhere([CHEAPER]);
  expect(first.verdict).toBe('move');
  expect(six(first.savingUsd)).toBe('1766.400000');
  expect(optionOf(audit, 'move').detail).toEqual({
    provider: 'verda',
    usdPerGpuHour: '1.200000',
    ownUsdPerGpuHour: '2.000000',
  });
});

test('spot is cheaper still and is priced, and is never advised', () => {
  const { first, verdict, audit, costs } = elsewhere([CHEAPER, SPOT]);
  // 2,208 h × $0.60 × 1.1 for what evictions waste.
  expect(costs()).toMatchObject({ spot: '1457.280000', move: '2649.600000' });
  expect(optionOf(audit, 'spot').probability).toBe('1.000000');
  expect(first.verdict).toBe('move');
  expect(picksOf(audit)).toEqual(['move']);
  expect(verdict.stack.verdict).toBe('move');
  expect(elsewhere([SPOT]).first.verdict).toBe('keep');
});

test('a rate that fell midway counts from then on', () => {
  const fall = rate({ provider: 'verda', usd: '1', at: 46 * 24, ...GPU });
  // 1,104 h × $1.20 + 1,104 h × $1.00.
  expect(elsewhere([CHEAPER, fall]).costs()['move']).toBe('2428.800000');
});

test('a different configuration is no move: other memory, other class, other tier', () => {
  const other = rate({ provider: 'verda', usd: '0.5', gpuType: 'A100-80GB' });
  expect(elsewhere([other, SPOT]).costs()['move']).toBeNull();
  const { audit } = elsewhere([other]);
  expect(optionOf(audit, 'move').detail.reason).toContain('no rate of the GPU H100');
});

const SERVERLESS = {
  usdPerSecond: exact(1n, 1000n),
  coldStartMs: 60_000,
  idleTimeoutMs: 300_000,
  minWorkers: 0,
};

test('one busy hour a day is served serverless: 92 × (3,600 + 360) s × $0.001', () => {
  const { first, audit, costs } = elsewhere([], { usage: SPIKY, serverless: SERVERLESS });
  expect(costs()).toMatchObject({ serverless: '364.320000', delete: '993.600000' });
  expect(first.verdict).toBe('serverless');
  // $2.00 / $3.60 an hour, beside 3,960 of 86,400 seconds.
  expect(optionOf(audit, 'serverless').detail).toMatchObject({
    starts: 92,
    workerHours: '101.200000',
    breakEvenShare: '0.555556',
    workerShare: '0.045833',
  });
});

test('above its u* serverless costs more than the pod, and the pod is kept', () => {
  const usage = usageByHour(({ hour: at }) => (at < 14 ? { uncached: 3.6 * MTOK } : { busyS: 0 }));
  const { first, audit, costs } = elsewhere([], { usage, serverless: SERVERLESS });
  // 92 × (14 × 3,600 + 360) s × $0.001; 50,760 of 86,400 seconds are 0.5875.
  expect(costs()['serverless']).toBe('4669.920000');
  expect(optionOf(audit, 'serverless').detail.workerShare).toBe('0.587500');
  expect(first.verdict).toBe('keep');
});

test('a minimum of one worker is a more expensive pod', () => {
  const serverless = { ...SERVERLESS, minWorkers: 1 };
  const { costs } = elsewhere([], { usage: SPIKY, serverless });
  // 2,208 h × $3.60, and 360 s more in the 92 hours with a start.
  expect(costs()['serverless']).toBe('7981.920000');
});

test('serverless takes six tenths of the engineering hours of pods', () => {
  const { audit } = quarterVerdict({
    charges: [podCharge(2)],
    prices: [flatPrice('3')],
    deployments: [chatDeployment({ usage: SPIKY, serverless: SERVERLESS })],
    labor: engineeringHours({ own: [20, 20, 20], hostedOwn: 5 }),
  });
  expect(optionOf(audit, 'serverless').laborUsd).toBe('1200.000000');
  expect(optionOf(audit, 'delete').laborUsd).toBe('500.000000');
  // $364.32 + $1,200 against $993.60 + $500.
  expect(audit.deployments[0]?.verdict).toBe('delete');
});
