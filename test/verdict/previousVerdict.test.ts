/** Tests that an answer does not turn every quarter: what stands, what leans, and when it turns. */

import { expect, test } from 'vitest';
import { decimal, exact } from '../../src/domain/exact.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { Verdict } from '../../src/verdict/auditWord.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import {
  reversalObjection,
  type PreviousVerdict,
  lastConclusiveVerdict,
  readPreviousVerdicts,
} from '../../src/verdict/judge/previousVerdict.ts';
import { rate } from '../economics/marketFixture.ts';
import { charge, deployment, POD, price } from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

const NEEDED = decimal('0.3');

/** Compared with a previous answer that would cost $10.00 now. */
function doubt(to: Verdict, usd: string, standing: PreviousVerdict) {
  const reversal = { to, standingUsd: decimal('10'), usd: decimal(usd) };
  const objection = reversalObjection(reversal, standing, NEEDED);
  return objection && AUDIT_SENTENCES.reason(objection);
}

test('a reversal that saves 30% need not wait, one that saves slightly less must', () => {
  expect(doubt('delete', '7', { verdict: 'keep' })).toBeUndefined();
  expect(doubt('delete', '7.001', { verdict: 'keep' })).toContain(
    'cost 29.9% less. A reversal must cost at least 30% less',
  );
  expect(doubt('delete', '8', { verdict: 'keep' })).toBe(
    'The verdict "delete" would reverse the previous verdict "keep" and cost 20% less. ' +
      'A reversal must cost at least 30% less, or hold for another quarter.',
  );
});

test('what stands, what leaned before, and what has no previous answer need not wait', () => {
  expect(doubt('keep', '8', { verdict: 'keep' })).toBeUndefined();
  expect(doubt('delete', '8', { verdict: 'keep', leaning: 'delete' })).toBeUndefined();
  expect(doubt('delete', '8', {})).toBeUndefined();
});

test('a leaning toward something else does not count as a second quarter', () => {
  expect(doubt('delete', '8', { verdict: 'keep', leaning: 'hybrid' })).toBeDefined();
});

test('where the previous answer has no price, or costs nothing, nothing is compared', () => {
  const standing = { verdict: 'delete' } as const;
  const reversal = { to: 'keep', standingUsd: undefined, usd: exact(1n) } as const;
  expect(reversalObjection(reversal, standing, NEEDED)).toBeUndefined();
  const free = { to: 'keep', standingUsd: exact(0n), usd: exact(0n) } as const;
  expect(reversalObjection(free, standing, NEEDED)).toBeUndefined();
});

test('open answers do not count: the earlier answer goes on standing', () => {
  const before = { verdict: 'hybrid' } as const;
  const OPEN = [
    'keep (required)',
    'too small to act on',
    'not certain enough',
    'too close to call',
    'not enough evidence',
  ] as const;
  for (const open of OPEN) {
    expect(lastConclusiveVerdict(open, before)).toBe('hybrid');
    expect(lastConclusiveVerdict(open, {})).toBeUndefined();
  }
  expect(lastConclusiveVerdict('keep', before)).toBe('keep');
});

function resultOf(fields: Record<string, unknown>): Audit {
  const deployments = [{ id: 'chat', ...fields }];
  const bestPlan = [{ deployment: 'chat', option: 'move' }];
  return JSON.parse(JSON.stringify({ stack: { ...fields, bestPlan }, deployments })) as Audit;
}

test('previous answers are read from the stored audit of the quarter before', () => {
  const { stack, deployments } = readPreviousVerdicts(
    resultOf({ verdict: 'too close to call', leaning: 'delete', standing: 'keep' }),
  );
  expect(stack).toEqual({ verdict: 'keep', leaning: 'delete' });
  expect(deployments.get('chat')).toEqual({ verdict: 'keep', leaning: 'delete' });
});

test('an audit without a standing answer uses its own verdict, or none', () => {
  expect(readPreviousVerdicts(resultOf({ verdict: 'delete' })).stack.verdict).toBe('delete');
  expect(
    readPreviousVerdicts(resultOf({ verdict: 'not enough evidence' })).stack.verdict,
  ).toBeUndefined();
  expect(readPreviousVerdicts(undefined)).toEqual({ stack: {}, deployments: new Map() });
});

test('advice that was taken counts as kept, advice that was not stays as it was', () => {
  const moved = resultOf({ verdict: 'move', leaning: null, standing: 'move' });
  const standing = (taken: boolean | null) => {
    const { stack, deployments } = readPreviousVerdicts(moved, [{ deployment: 'chat', taken }]);
    return [stack.verdict, deployments.get('chat')?.verdict];
  };
  expect(standing(true)).toEqual(['keep', 'keep']);
  expect(standing(false)).toEqual(['move', 'move']);
  expect(standing(null)).toEqual(['move', 'move']);
});

function after(standing: PreviousVerdict, parts: Parameters<typeof computeVerdict>[0] = {}) {
  const standings = { stack: standing, deployments: new Map([['chat', standing]]) };
  return computeVerdict({ standings, ...parts });
}

/** Hosting $6.58 and $0.50 of labor against $9.00: 21.3 % less. */
const CLOSE = [price({ host: 'close', input: '0.4', output: '0.4' })];

test('a fifth less does not turn the answer, and both the deployment and the stack lean', () => {
  const { first, verdict } = after({ verdict: 'keep' }, { stack: { prices: CLOSE } });
  const waits = { verdict: 'not certain enough', leaning: 'delete', standing: 'keep' };
  expect(first).toMatchObject({ ...waits, subject: 'delete' });
  expect(verdict.stack).toMatchObject(waits);
  expect(first.reasons[0]).toContain('cost 21.2% less');
});

test('the second quarter that leans the same way turns it', () => {
  const standing = { verdict: 'keep', leaning: 'delete' } as const;
  const { first, verdict } = after(standing, { stack: { prices: CLOSE } });
  expect(first).toMatchObject({ verdict: 'delete', standing: 'delete' });
  expect(first.leaning).toBeUndefined();
  expect(verdict.stack).toMatchObject({ verdict: 'delete', standing: 'delete' });
});

test('an answer that only has to wait is not attributed to labor', () => {
  // $4.44 + $0.50 against $9.00 is 45% less, without labor 26%: deleted either way.
  const prices = [price({ host: 'x', input: '0.27', output: '0.27' })];
  const policy = { reversalSavingShare: decimal('0.5') };
  const { first } = after({ verdict: 'keep' }, { stack: { prices }, policy });
  expect(first).toMatchObject({ leaning: 'delete', withoutLabor: 'delete' });
  expect(first.reasons.join()).not.toContain('Without engineering time');
});

test('a more certain answer that costs more than the standing one says so', () => {
  expect(doubt('right-size', '10.501', { verdict: 'delete' })).toContain('cost 5.1% more.');
});

/** Chat at $6.00 and another of $60.00, whose tokens cost at least $600 hosted. */
function two(prices: ReturnType<typeof price>[], standing: PreviousVerdict) {
  const charges = [POD, charge({ ...line('60'), resourceId: 'pod-2' })];
  const equivalents = [{ sourceId: 'market', model: 'open/dear', tokenRatio: exact(1n) }];
  const other = deployment({
    id: 'other',
    resources: [{ sourceId: 'bill', id: 'pod-2' }],
    hosted: { ...deployment().hosted, equivalents },
  });
  const expensive = price({ host: 'dear', model: 'open/dear', input: '40', output: '40' });
  return computeVerdict({
    stack: { charges, prices: [...prices, expensive], deployments: [deployment(), other] },
    standings: { stack: standing, deployments: new Map() },
  });
}

function line(usd: string) {
  return { usd, from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' };
}

test('a standing answer is evaluated where it was made, not everywhere', () => {
  // Deleting chat costs $9.22 against $9.00: "delete" everywhere would be over $600.
  const even = [price({ host: 'even', input: '0.53', output: '0.53' })];
  const { verdict, audit } = two(even, { verdict: 'delete' });
  expect(verdict.stack).toMatchObject({ verdict: 'not certain enough', leaning: 'keep' });
  expect(audit.stack.reasons[0]).toContain('cost 0.3% less');
});

test('a standing answer that no longer has a price does not hold the next one back', () => {
  const { verdict } = two([price({ host: 'x', input: '9', output: '9' })], { verdict: 'move' });
  expect(verdict.stack.verdict).toBe('keep');
});

test('while the rates are known it does: leaving the cheaper provider waits', () => {
  const rates = [rate({ provider: 'verda', usd: '1.51' })];
  const { verdict } = computeVerdict({
    stack: { prices: [price({ host: 'x', input: '9', output: '9' })], rates },
    standings: { stack: { verdict: 'move' }, deployments: new Map() },
  });
  expect(verdict.stack).toMatchObject({ verdict: 'not certain enough', leaning: 'keep' });
});
