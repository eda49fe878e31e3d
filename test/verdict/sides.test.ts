import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { backtestIfCompared } from '../../src/verdict/backtest/backtest.ts';
import { findComparedSides } from '../../src/verdict/comparedSides.ts';
import {
  charge,
  deployment,
  hour,
  POD,
  series,
  stack,
  WORKED_ROWS,
} from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

/** One pod of two GPUs for four hours on the bill; the config sets the GPUs of a replica. */
function onTwoGpus(gpus: number, replicaS = 3600) {
  const usage = series(WORKED_ROWS.map((row) => ({ ...row, replicaS })));
  const own = { ...POD, quantity: decimal('8'), unit: 'GPU-Hours', gpuCount: 2 };
  const gpu = { type: 'A100-80GB', count: gpus };
  return computeVerdict({ stack: { charges: [own], deployments: [deployment({ gpu, usage })] } });
}

test('eight GPUs a replica in the config and two on the bill: both numbers, and no verdict', () => {
  const { first, audit } = onTwoGpus(8);
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toBe(
    'Usage shows 4 replica-hours, but the bill lists 1 for the same time. The config sets ' +
      '`gpu.count` to 8, but the bill covers 2 GPUs per replica. Check `gpu.count` and ' +
      '`resources` of chat. The two figures differ by more than a factor of two, so no verdict ' +
      'is possible.',
  );
  expect(audit.stack.missing.join()).toContain('the bill covers 2 GPUs per replica');
  expect(audit.deployments[0]?.warnings[0]).toContain('Usage shows 4 replica-hours');
});

test('one GPU a replica in the config and two on the bill is as far apart the other way', () => {
  // 8 replica-hours paid, 3.6 seen.
  const { first } = onTwoGpus(1, 3240);
  expect(first.missing[0]).toContain(
    'shows 3.6 replica-hours, but the bill lists 8 for the same time. The config sets ' +
      '`gpu.count` to 1, but the bill covers 2.22 GPUs',
  );
});

test('at twice apart it is a finding, and the verdict remains', () => {
  const { first, audit } = onTwoGpus(4);
  expect(first.verdict).toBe('delete');
  expect(audit.deployments[0]?.warnings[0]).toContain('Usage shows 4 replica-hours, but the bill');
});

test('a tenth more or less is start-ups and edges, and is not reported', () => {
  const said = (replicaS: number) => onTwoGpus(2, replicaS).audit.deployments[0]?.warnings.join();
  expect(said(3960)).not.toContain('replica-hours, but the bill');
  expect(said(3961)).toContain('Usage shows 4.4 replica-hours');
});

test('a gap in usage is no contradiction between what was seen and what was paid', () => {
  const usage = series(WORKED_ROWS.slice(0, 1));
  const { first } = computeVerdict({ stack: { deployments: [deployment({ usage })] } });
  expect(first.missing).toHaveLength(1);
  expect(first.missing[0]).toContain('Usage covers 25% of the paid replica time of chat');
});

test('sharers of one GPU are each seen all the time, and that is no finding', () => {
  const resources = [{ sourceId: 'bill', id: 'pod-1' }];
  const three = ['a', 'b', 'c'].map((id) => deployment({ id, resources }));
  const { audit } = computeVerdict({ stack: { deployments: three } });
  expect(audit.deployments.flatMap(({ warnings }) => warnings).join()).not.toContain(
    'replica-hours, but the bill',
  );
});

const HOURS = { fixedHours: range('120'), hoursPerDeployment: range('15') };

function range(hours: string) {
  return { low: decimal(hours), base: decimal(hours), high: decimal(hours) };
}

function blank(parts: Parameters<typeof stack>[0]) {
  const labor = { ...stack().labor, loadedUsdPerHour: decimal('100'), selfHosted: HOURS };
  return computeVerdict({ stack: { labor, ...parts } }).audit;
}

const UNUSED = [deployment({ usage: series([]) })];

test.each([
  ['neither a bill nor usage', { charges: [], deployments: UNUSED }, 'none'],
  ['a bill alone', { deployments: UNUSED }, 'one'],
  ['usage alone', { charges: [] }, 'one'],
] as const)('of %s there is no saving, no plan and no forecast', (_, parts, sides) => {
  const audit = blank(parts);
  expect(findComparedSides(audit)).toBe(sides);
  expect(audit.stack).toMatchObject({
    verdict: 'not enough evidence',
    probability: null,
    savingUsd: { base: null, low: null, high: null },
    withoutLabor: { savingUsd: null, probability: null },
    keepUsd: null,
    bestPlan: [],
    bestPlanUsd: null,
    options: [],
    flips: [],
    outlook: null,
  });
  expect(audit.sensitivity).toEqual([]);
  const [chat] = audit.deployments;
  expect(chat?.options.map(({ costUsd, savingUsd }) => costUsd ?? savingUsd)).toEqual(
    Array.from({ length: 7 }, () => null),
  );
  expect(chat).toMatchObject({ hosted: null, withoutLabor: null, savingUsd: { base: null } });
});

test('a row of SQL has no saving either where a side is missing', () => {
  const { rows } = computeVerdict({ stack: { charges: [] } });
  expect(rows.stack).not.toHaveProperty('savingNanoUsd');
  expect(rows.stack).not.toHaveProperty('keepNanoUsd');
  expect(rows.deployments[0]).not.toHaveProperty('savingNanoUsd');
  expect(rows.deployments[0]).not.toHaveProperty('hostedNanoUsd');
  expect(rows.options.filter((row) => 'costNanoUsd' in row)).toEqual([]);
});

test('a deployment without a side changes nothing in the saving of the others', () => {
  const blind = deployment({ id: 'blind', resources: [{ sourceId: 'other' }], usage: series([]) });
  const { audit } = computeVerdict({ stack: { deployments: [deployment(), blind] } });
  expect(audit.stack.savingUsd.base).toBe('6.374175');
  expect(audit.stack.bestPlan).toEqual([
    { deployment: 'chat', option: 'delete' },
    { deployment: 'blind', option: 'keep' },
  ]);
});

test('what lacks one of its sides is never scored', () => {
  const whole = computeVerdict();
  const empty = computeVerdict({ stack: { charges: [], deployments: UNUSED } });
  expect(backtestIfCompared(whole.audit, whole.economics)?.measuredUsd).toBe('6.374175');
  expect(backtestIfCompared(empty.audit, whole.economics)).toBeUndefined();
  expect(backtestIfCompared(whole.audit, empty.economics)).toBeUndefined();
});

test('an audit of an older version with a saving from labor alone is not scored', () => {
  const { audit, economics } = computeVerdict();
  const old = {
    ...audit,
    totals: { ...audit.totals, spendUsd: '0.000000', tokens: 0 },
    deployments: audit.deployments.map((each) => ({
      ...each,
      effectiveUsdPerMtok: null,
      coverage: null,
    })),
  };
  expect(findComparedSides(old)).toBe('none');
  expect(backtestIfCompared(old, economics)).toBeUndefined();
});

test('a missing invoice does not count as advice taken', () => {
  const { audit } = computeVerdict();
  const usage = series(WORKED_ROWS);
  const first = charge({ usd: '0.1', from: 0, to: 0.5, quantity: decimal('0.5'), unit: 'Hours' });
  const window = { startMs: hour(0), endMs: hour(4) };
  const { economics } = computeVerdict({
    stack: { charges: [first], window, deployments: [deployment({ usage })] },
  });
  const [advice] = backtestIfCompared(audit, economics)?.advice ?? [];
  expect(advice).toMatchObject({ taken: null, measuredUsd: null });
  expect(advice?.notes[0]).toEqual({ code: 'much-unbilled', unbilledShare: '0.769231' });
});
