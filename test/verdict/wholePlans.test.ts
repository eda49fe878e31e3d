import { expect, test } from 'vitest';
import { decimal, type Exact, sum } from '../../src/domain/exact.ts';
import { deployment, LABOR, POD } from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

const FIXED = {
  ...LABOR,
  selfHosted: { ...LABOR.selfHosted, fixedHours: always('2') },
  hosted: { ...LABOR.hosted, fixedHours: always('1') },
};

function always(hours: string) {
  return { low: decimal(hours), base: decimal(hours), high: decimal(hours) };
}

const TWO_PODS = [POD, { ...POD, key: 'other', resourceId: 'pod-2' }];
const WAIVER = { reason: 'residency', owner: 'legal' };

/** Two deployments like the worked example, the second of which must stay. */
function mixed() {
  const second = deployment({
    id: 'second',
    resources: [{ sourceId: 'bill', id: 'pod-2' }],
    waiver: WAIVER,
  });
  const parts = { charges: TWO_PODS, deployments: [deployment(), second], labor: FIXED };
  return computeVerdict({ stack: parts }).audit.stack;
}

test('everything deleted is everything hosted, with only the fixed labor of hosting', () => {
  const { audit } = computeVerdict({ stack: { labor: FIXED } });
  const result = audit.stack.options.map(({ option, costUsd, savingUsd }) => [
    option,
    costUsd,
    savingUsd,
  ]);
  // Keep: 6 + 3 + 2; delete: 2.125825 + 0.5 + 1; hybrid: 6 + 3.5 + 2 + 1; the plan is to delete.
  expect(result).toEqual([
    ['keep', '11.000000', '0.000000'],
    ['right-size', '11.000000', '0.000000'],
    ['hybrid', '12.500000', '-1.500000'],
    ['delete', '3.625825', '7.374175'],
    ['best plan', '3.625825', '7.374175'],
  ]);
});

test('what must stay is kept in each of them, and marked as such', () => {
  const { options } = mixed();
  const all = options.find(({ option }) => option === 'delete');
  expect(all?.keeps).toEqual(['second']);
  // 2.125825 + 0.5 and 6 + 3, and both fixed parts, 2 + 1.
  expect(all?.costUsd).toBe('14.625825');
  expect(options.find(({ option }) => option === 'keep')?.keeps).toEqual(['chat', 'second']);
});

test('the parts of each sum to its cost, and all but keeping have a probability', () => {
  for (const figures of mixed().options) {
    const { gpuUsd, storageUsd, otherUsd, laborUsd, hostedUsd, strandedUsd } = figures;
    const parts = [gpuUsd, storageUsd, otherUsd, laborUsd, hostedUsd, strandedUsd];
    const whole: Exact = sum([...parts, figures.migrationUsd].map(decimal));
    expect(whole).toEqual(decimal(figures.costUsd));
    expect(figures.probability === null).toBe(figures.option === 'keep');
  }
});

test('the plan is the last of them, at the cost and the saving that the verdict names', () => {
  const { options, bestPlanUsd, savingUsd, probability } = mixed();
  expect(options.at(-1)).toMatchObject({
    option: 'best plan',
    costUsd: bestPlanUsd,
    savingUsd: savingUsd.base,
    low: savingUsd.low,
    probability,
  });
});

test('a deployment states its costs without labor', () => {
  const { audit } = computeVerdict();
  expect(audit.deployments[0]?.withoutLabor).toEqual({
    verdict: 'delete',
    savingUsd: '3.874175',
    probability: '1.000000',
  });
});
