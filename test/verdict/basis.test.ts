/** Tests that an audit states its basis: logged hours, rebuilt charges, a load test. */

import { expect, test } from 'vitest';
import { decimal, ZERO } from '../../src/domain/exact.ts';
import type { LaborInput } from '../../src/economics/input.ts';
import { BASE_ASSUMPTIONS, pricedOption } from '../../src/economics/options.ts';
import { planUsd } from '../../src/economics/plan.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { optionSaving } from '../../src/verdict/judge/deploymentReasons.ts';
import { laborReasons } from '../../src/verdict/judge/stackDecision.ts';
import { pointRange, charge, deployment, LABOR, POD, stack } from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

const range = (low: string, base: string, high: string) => ({
  low: decimal(low),
  base: decimal(base),
  high: decimal(high),
});

test('assumed hours are marked as assumed, in dollars from low to high', () => {
  const selfHosted = { fixedHours: range('10', '20', '40'), hoursPerDeployment: pointRange('3') };
  const labor = { ...LABOR, loadedUsdPerHour: decimal('100'), selfHosted };
  const { audit } = computeVerdict({ stack: { labor } });
  expect(audit.stack.laborBasis).toBe('assumed');
  expect(audit.stack.reasons).toContain(
    'Engineering time is assumed, not measured. Its fixed part for self-hosting costs $1,000 to ' +
      '$4,000 (base $2,000). The deployments add $300.',
  );
});

function logged(measuredHours: Record<string, ReturnType<typeof decimal>>): LaborInput {
  const selfHosted = {
    fixedHours: pointRange('5'),
    hoursPerDeployment: pointRange('0'),
    measuredHours,
  };
  return { ...LABOR, selfHosted, basis: 'measured' };
}

test('logged hours are marked as measured, with their total', () => {
  const { audit } = computeVerdict({ stack: { labor: logged({ chat: decimal('2') }) } });
  expect(audit.stack.laborBasis).toBe('measured');
  expect(audit.stack.reasons).toContain(
    'Engineering time for self-hosting is measured by the ops log: $7.00, with $5.00 of it for ' +
      'the stack as a whole. Engineering time for hosted APIs is assumed.',
  );
  expect(audit.deployments[0]?.warnings.join()).not.toContain('ops log');
});

test('a deployment that is not in the log counts as 0 hours, with a warning', () => {
  const silent = deployment({ id: 'constructor', resources: [{ sourceId: 'bill', id: 'pod-2' }] });
  const { audit } = computeVerdict({
    stack: {
      charges: [POD, { ...POD, key: 'other', resourceId: 'pod-2' }],
      labor: logged({ chat: decimal('2') }),
      deployments: [deployment(), silent],
    },
  });
  const warned =
    'The ops log has no hours for this deployment, although it has hours for others. They count ' +
    'as zero.';
  expect(audit.deployments[0]?.warnings).not.toContain(warned);
  expect(audit.deployments[1]?.warnings).toContain(warned);
  expect(audit.deployments[1]?.options[0]).toMatchObject({ option: 'keep', laborUsd: '0.000000' });
});

test('without any deployment their labor is not mentioned', () => {
  expect(laborReasons(weighStack(stack({ deployments: [] })))).toEqual([]);
  expect(laborReasons(weighStack(stack()))).toHaveLength(1);
});

test('estimated spend is reported, matched or not; it includes only spend', () => {
  const rebuilt = (usd: string, more: object = {}) =>
    charge({ usd, from: 0, to: 4, basis: 'uptime', ...more });
  const charges = [
    POD,
    rebuilt('0.25', { category: 'storage' }),
    rebuilt('0.5', { resourceId: 'loose', category: 'storage' }),
    rebuilt('9', { category: 'tax' }),
  ];
  const { totals } = computeVerdict({ stack: { charges } }).audit;
  expect(totals).toMatchObject({ spendUsd: '6.750000', estimatedUsd: '0.750000' });
});

test('a stated capacity has its day and its source, another one has none', () => {
  const tokensPerSecond = decimal('3000');
  const evidence = (capacity: object) =>
    computeVerdict({
      stack: { deployments: [deployment({ capacity: { tokensPerSecond, ...capacity } })] },
    }).audit.deployments[0]?.capacityEvidence;
  const result = { measured: '2026-06-12', evidence: 'load test before the launch' };
  expect(evidence(result)).toBe('2026-06-12, load test before the launch');
  expect(evidence({ evidence: 'a guess' })).toBe('a guess');
  expect(evidence({})).toBeNull();
  const slow = { tokensPerSecond: decimal('1'), ...result };
  const raised = computeVerdict({ stack: { deployments: [deployment({ capacity: slow })] } });
  expect(raised.audit.deployments[0]).toMatchObject({
    capacityBasis: 'measured, raised to the fastest interval',
    capacityEvidence: '2026-06-12, load test before the launch',
  });
  const { capacity: _stated, ...observed } = deployment();
  const [own] = computeVerdict({ stack: { deployments: [observed] } }).audit.deployments;
  expect(own?.capacityBasis).toContain('observed');
  expect(own?.capacityEvidence).toBeNull();
});

test('a choice without a price is a bug, never $0', () => {
  const { economics } = computeVerdict({ stack: { prices: [] } });
  const [chat] = economics.deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  expect(pricedOption(chat, 'keep').usd).toEqual(decimal('9'));
  expect(() => optionSaving(chat, 'delete', BASE_ASSUMPTIONS)).toThrow('no price is known');
  expect(() =>
    planUsd(economics, [{ deployment: 'chat', choice: 'hybrid' }], BASE_ASSUMPTIONS),
  ).toThrow('no price is known');
  expect(optionSaving(chat, 'keep', BASE_ASSUMPTIONS)).toEqual(ZERO);
});
