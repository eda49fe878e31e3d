/**
 * Scenario: a model that no API sells. One pod at $2.00 (2,208 h, $4,416), another provider charges
 * $1.20 for the same GPU, 1.8 Mtok an hour by day and none at night.
 */

import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import type { DeploymentInput } from '../../src/economics/input.ts';
import { rate } from '../economics/marketFixture.ts';
import { hour, six } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  QUARTER_HOURS,
  MTOK,
  noFee,
  optionOf,
  picksOf,
  podCharge,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';

function custom(overrides: Partial<DeploymentInput> = {}) {
  const usage = usageByHour(({ hour: at }) => (at < 12 ? { uncached: 1.8 * MTOK } : { busyS: 0 }));
  const own = chatDeployment({
    usage,
    hosted: noFee({ equivalents: [] }),
    rightSize: { headroom: decimal('0.8'), minReplicas: 0 },
    ...overrides,
  });
  return quarterVerdict({
    charges: [podCharge(2)],
    prices: [],
    rates: [rate({ provider: 'verda', gpuType: 'H100-80GB', usd: '1.2' })],
    deployments: [own],
  });
}

test('without an equivalent there is not enough evidence, and what is missing is stated', () => {
  const { first, verdict, costs, audit } = custom();
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toContain(
    'No hosted price is known for chat, because no hosted equivalent is named in the config',
  );
  expect(verdict.stack).toMatchObject({ verdict: 'not enough evidence', confidence: 'none' });
  expect(costs()).toMatchObject({ delete: null, hybrid: null });
  expect(optionOf(audit, 'delete').detail.reason).toContain('no hosted equivalent is named');
});

test('what needs no hosted price is priced all the same, with its probability', () => {
  const { costs, audit } = custom();
  // Half of 2,208 h at $2; all of them at $1.20.
  expect(costs()).toMatchObject({ 'right-size': '2208.000000', move: '2649.600000' });
  expect(optionOf(audit, 'right-size').probability).toBe('1.000000');
  expect(audit.deployments[0]).toMatchObject({ utilization: '0.250000', hosted: null });
});

const WAIVER = { reason: 'our own weights', owner: 'research', expiresMs: hour(2 * QUARTER_HOURS) };

test('a waiver keeps it at a stated cost: $2,208 that the best other option would save', () => {
  const { first, verdict, audit } = custom({ waiver: WAIVER });
  expect(first).toMatchObject({ verdict: 'keep (required)', subject: 'right-size' });
  expect(first.reasons).toEqual([
    'A waiver requires keeping chat until 2027-01-01: our own weights (research).',
    'The waiver for chat costs $2,208, because running chat on only the replicas that each hour ' +
      'needs would save that much. Its worth is not stated.',
  ]);
  expect(verdict.stack.verdict).toBe('keep (required)');
  expect(six(verdict.stack.requiredUsd)).toBe('2208.000000');
  expect(picksOf(audit)).toEqual(['keep']);
});

test('an expired waiver has no effect: the evidence is missing as before', () => {
  const { first } = custom({ waiver: { ...WAIVER, expiresMs: hour(QUARTER_HOURS) } });
  expect(first.verdict).toBe('not enough evidence');
  expect(first.reasons.at(-1)).toContain('expired on 2026-10-01 and no longer counts');
});
