/**
 * Knows the pod that moved because it was told to: $4.00 an hour, then the $2.40 that another
 * provider asks; the host is dear throughout.
 */

import { expect, test } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { auditAll, livedThrough } from './podYears.ts';

const DEAR = [9, 9, 9];

function told({ deployments: [first], stack }: Audit) {
  return [first?.verdict, stack.verdict];
}

test('who moved as advised is told to stay, not that it cannot be told', async () => {
  const office = await livedThrough({
    usdPerMtok: DEAR,
    usdPerHour: [4, 2.4, 2.4],
    rateElsewhere: '2.40',
  });
  const results = await auditAll(office, 3);
  expect(results.map(({ audit }) => told(audit))).toEqual([
    ['move', 'move'],
    ['keep', 'keep'],
    ['keep', 'keep'],
  ]);
});

test('who did not move is told to again', async () => {
  const office = await livedThrough({ usdPerMtok: DEAR, rateElsewhere: '2.40' });
  const results = await auditAll(office, 3);
  expect(results.map(({ audit }) => told(audit))).toEqual([
    ['move', 'move'],
    ['move', 'move'],
    ['move', 'move'],
  ]);
});

test('that it moved is told beside what was forecast: 2,160 h × $1.60', async () => {
  const office = await livedThrough({
    usdPerMtok: DEAR,
    usdPerHour: [4, 2.4, 2.4],
    rateElsewhere: '2.40',
  });
  const [, second] = await auditAll(office, 2);
  expect(second?.audit.stack.lookBack).toMatchObject({
    quarter: '2026-Q1',
    forecastUsd: { base: '3456.000000' },
    advice: [{ deployment: 'chat', verdict: 'move', taken: true }],
  });
});
