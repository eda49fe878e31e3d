import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { reconcile } from '../../src/domain/reconciliation.ts';
import { TOLERANCE } from '../support/tolerance.ts';
import {
  charge,
  deployment,
  hour,
  POD,
  price,
  series,
  stack,
  WORKED_ROWS,
} from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

function covering(seconds: number) {
  const usage = series(WORKED_ROWS.map((row) => ({ ...row, replicaS: seconds })));
  return computeVerdict({ stack: { deployments: [deployment({ usage })] } });
}

test('below 90% coverage there is no verdict, and the missing pull is named', () => {
  const { first, verdict } = covering(3200);
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toBe(
    'Usage covers 88.8% of the paid replica time of chat, below the required ' +
      '90%. It has gaps on 1 day, first on 2026-07-01. Pull or import the missing ' +
      'usage.',
  );
  expect(verdict.stack).toMatchObject({ verdict: 'not enough evidence', confidence: 'none' });
});

test('at 90% coverage there is one', () => {
  expect(covering(3240).first.verdict).toBe('delete');
  expect(covering(3240).verdict.stack.confidence).toBe('medium');
});

test('every figure is still printed without a verdict', () => {
  const { audit } = covering(1800);
  expect(audit.stack.savingUsd.base).not.toBeNull();
  expect(audit.deployments[0]?.effectiveUsdPerMtok).toBe('0.192308');
  expect(audit.totals.coverage).toBe('0.500000');
});

test('spend that buys no time leaves coverage unknown, and so the verdict', () => {
  const charges = [charge({ usd: '5', from: 0, to: 4, category: 'storage' })];
  const { first } = computeVerdict({ stack: { charges } });
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toContain('The bill for chat lists no paid hours');
});

function withLoose(usd: string) {
  return computeVerdict({
    stack: { charges: [POD, charge({ usd, from: 0, to: 4, resourceId: 'x' })] },
  });
}

test('with 11% of the spend unattributed there is no verdict on any deployment', () => {
  const { first, verdict, audit } = withLoose('0.75');
  expect(first.verdict).toBe('not enough evidence');
  expect(verdict.stack.verdict).toBe('not enough evidence');
  expect(audit.stack.missing[0]).toContain(
    'Spend of $0.75 (11.2%) is not attributed to any deployment',
  );
  expect(audit.totals).toMatchObject({
    unattributedUsd: '0.750000',
    unattributedShare: '0.111111',
  });
});

test('with 10% of it unattributed there is one', () => {
  expect(withLoose('0.66').first.verdict).toBe('delete');
});

test('without an eligible price there is no verdict, and the reason is stated', () => {
  const prices = [price({ host: 'free', input: '0', output: '0', free: true })];
  const { first, audit } = computeVerdict({ stack: { prices } });
  expect(first.verdict).toBe('not enough evidence');
  expect(first.missing[0]).toContain('free (free tiers do not count)');
  expect(audit.totals.hostedUsdPerMtok).toBeNull();
  const options = audit.deployments[0]?.options ?? [];
  expect(options.map(({ option, costUsd }) => [option, costUsd])).toEqual([
    ['keep', '9.000000'],
    ['delete', null],
    ['hybrid', null],
    ['serverless', null],
    ['move', null],
    ['spot', null],
    ['right-size', '9.000000'],
  ]);
  expect(options[1]?.detail.reason).toContain('no provider is eligible');
});

function totalled(stated: bigint, ledger: bigint) {
  const window = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 7, 1) };
  const sides = { statedNanoUsd: stated, ledgerNanoUsd: ledger };
  const total = { sourceId: 'bill', kind: 'bill.pods', window, ...sides };
  return computeVerdict({ reconciliation: reconcile({ months: [], totals: [total] }, TOLERANCE) });
}

test("a ledger that does not reconcile with the provider's total gives no verdict", () => {
  const { first, audit } = totalled(100_000_000_000n, 99_899_000_000n);
  expect(first.verdict).toBe('not enough evidence');
  expect(audit.stack.missing[0]).toContain(
    'Source bill, 2026-07: the total of its own bill is $100.00, but the ledger has $99.899 for ' +
      'the same period. Pull bill again, and look for rejected rows.',
  );
});

test('without a verdict the scenarios weigh the same plans as the plan itself', () => {
  const { audit } = totalled(100_000_000_000n, 99_899_000_000n);
  const scenarios = audit.stack.outlook?.scenarios ?? [];
  expect(audit.stack.savingUsd.base).toBe('6.374175');
  expect(scenarios.map(({ savingUsd, bestSavingUsd }) => [savingUsd, bestSavingUsd])).toEqual([
    ['7.011922', '7.011922'],
    ['5.736428', '5.736428'],
    ['4.574175', '4.574175'],
    ['8.774175', '8.774175'],
  ]);
});

test('a tenth of a percent, or a cent, is rounding', () => {
  expect(totalled(100_000_000_000n, 99_900_000_000n).first.verdict).toBe('delete');
  expect(totalled(1_000_000_000n, 990_000_000n).first.verdict).toBe('delete');
  expect(totalled(1_000_000_000n, 989_999_999n).first.verdict).toBe('not enough evidence');
});

function withBlind(usd: string) {
  const blind = deployment({
    id: 'blind',
    resources: [{ sourceId: 'bill', id: 'pod-2' }],
    usage: series([]),
    trailingUsage: series([]),
  });
  const own = charge({
    usd,
    from: 0,
    to: 4,
    resourceId: 'pod-2',
    quantity: decimal('0.4'),
    unit: 'h',
  });
  return computeVerdict({ stack: { charges: [POD, own], deployments: [deployment(), blind] } });
}

test('a small deployment without evidence is kept and does not block the rest', () => {
  const { verdict } = withBlind('0.60');
  expect(verdict.deployments.map((each) => each.verdict)).toEqual([
    'delete',
    'not enough evidence',
  ]);
  expect(verdict.stack.verdict).toBe('delete');
  expect(verdict.stack.confidence).toBe('medium');
  expect(verdict.stack.plan.picks.map(({ choice }) => choice)).toEqual(['delete', 'keep']);
});

test("a large one blocks the stack's verdict, and the stack says what is missing", () => {
  const { verdict, audit } = withBlind('0.70');
  expect(verdict.stack.verdict).toBe('not enough evidence');
  expect(audit.stack.missing.join()).toContain('have 10.5% of the attributed spend');
  expect(audit.stack.missing.join()).toContain('Usage covers 0% of the paid replica time of blind');
});

test('an empty ledger says what to do', () => {
  const empty = stack({
    charges: [],
    deployments: [],
    window: { startMs: hour(0), endMs: hour(4) },
  });
  const { audit } = computeVerdict({ stack: { ...empty, deployments: [deployment()] } });
  expect(audit.stack.missing[0]).toContain('Nothing was billed in this period');
  expect(audit.deployments[0]?.missing[0]).toContain('Nothing was billed for chat');
});

test('what must stay has no price where no bill gives its cost', () => {
  const waiver = { reason: 'residency', owner: 'legal', worthUsdPerQuarter: decimal('5') };
  const { first, verdict, audit } = computeVerdict({
    stack: { charges: [], deployments: [deployment({ waiver })] },
  });
  expect(first).toMatchObject({ verdict: 'keep (required)' });
  expect(first.reasons).toEqual([
    'A waiver requires keeping chat: residency (legal).',
    'The cost of the waiver for chat is unknown, because its GPU spend is unknown. The stated ' +
      'worth is $5.00 a quarter.',
  ]);
  expect(verdict.stack.verdict).toBe('not enough evidence');
  expect(audit.stack.reasons.join()).not.toContain('under a waiver costs');
});

test('there is no break-even where no bill gives the cost of keeping', () => {
  const { audit } = computeVerdict({ stack: { charges: [] } });
  expect(audit.stack.flips).toEqual([]);
  expect(audit.deployments[0]?.flips).toEqual([]);
  expect(computeVerdict().audit.stack.flips).not.toEqual([]);
});
