/**
 * Scenario: a pod that was moved as advised, from $4.00 an hour to another provider's $2.40. The
 * hosted API is expensive throughout.
 */

import { expect, test } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { auditQuarters, runQuarters } from './podQuarters.ts';

const EXPENSIVE = [9, 9, 9];

function resultOf({ deployments: [first], stack }: Audit) {
  return [first?.verdict, stack.verdict];
}

test('a pod that moved as advised is to stay, rather than having no verdict', async () => {
  const office = await runQuarters({
    usdPerMtok: EXPENSIVE,
    usdPerHour: [4, 2.4, 2.4],
    rateElsewhere: '2.40',
  });
  const results = await auditQuarters(office, 3);
  expect(results.map(({ audit }) => resultOf(audit))).toEqual([
    ['move', 'move'],
    ['keep', 'keep'],
    ['keep', 'keep'],
  ]);
});

test('a pod that did not move is to move again', async () => {
  const office = await runQuarters({ usdPerMtok: EXPENSIVE, rateElsewhere: '2.40' });
  const results = await auditQuarters(office, 3);
  expect(results.map(({ audit }) => resultOf(audit))).toEqual([
    ['move', 'move'],
    ['move', 'move'],
    ['move', 'move'],
  ]);
});

test('the move is shown beside the forecast: 2,160 h × $1.60', async () => {
  const office = await runQuarters({
    usdPerMtok: EXPENSIVE,
    usdPerHour: [4, 2.4, 2.4],
    rateElsewhere: '2.40',
  });
  const [, second] = await auditQuarters(office, 2);
  expect(second?.audit.stack.lookBack).toMatchObject({
    quarter: '2026-Q1',
    forecastUsd: { base: '3456.000000' },
    advice: [{ deployment: 'chat', verdict: 'move', taken: true }],
  });
});
