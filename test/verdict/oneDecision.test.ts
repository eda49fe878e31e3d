/** Tests that the choice for each deployment follows from the decision on the stack. */

import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { pointRange, charge, deployment, LABOR, price } from '../economics/stackFixture.ts';
import { computeVerdict, type VerdictOptions } from './verdictFixture.ts';

/**
 * As many pods of $6.00 as ids, each alone $2.13 at a provider and $0.50 against $3.00 of labor: a
 * saving of $6.374175 each. Hosting anything costs `fixed` dollars once.
 */
function pods(ids: readonly string[], fixed: string, options: VerdictOptions = {}) {
  const labor = { ...LABOR, hosted: { ...LABOR.hosted, fixedHours: pointRange(fixed) } };
  return computeVerdict({
    ...options,
    stack: {
      labor,
      charges: ids.map((resourceId) => charge({ usd: '6', from: 0, to: 4, resourceId })),
      deployments: ids.map((id) => deployment({ id, resources: [{ sourceId: 'bill', id }] })),
      ...options.stack,
    },
  });
}

describe('a change that is advised alone', () => {
  test('is made where the plan makes it, and says nothing more', () => {
    const { audit } = pods(['a', 'b'], '1');
    expect(audit.stack.decision).toEqual({
      plan: [
        { deployment: 'a', option: 'delete' },
        { deployment: 'b', option: 'delete' },
      ],
      savingUsd: '11.748350',
    });
    expect(audit.deployments.map(({ decision }) => decision)).toEqual(
      ['a', 'b'].map(() => {
        return { option: 'delete', because: 'advised', alone: 'delete', heldBack: null };
      }),
    );
    expect(audit.deployments[0]?.reasons[0]).toMatch(/^Keeping a costs/);
  });

  test('is held back where the whole plan is too small, and is not advised to anyone', () => {
    // Of $18.00 the plan saves $12.75 less $10.50, $2.25: below 15 % ($2.70).
    const { audit } = pods(['a', 'b'], '10.5');
    const { stack, deployments } = audit;
    expect(stack.verdict).toBe('too small to act on');
    expect(stack.steps.map(({ action }) => action)).toEqual(['review']);
    expect(stack.savingUsd.base).toBe('2.248350');
    expect(stack.decision?.savingUsd).toBe('0.000000');
    expect(stack.decision?.plan.map(({ option }) => option)).toEqual(['keep', 'keep']);
    expect(deployments.map(({ verdict }) => verdict)).toEqual(
      ['a', 'b'].map(() => 'too small to act on'),
    );
    expect(deployments[0]?.decision).toEqual({
      option: 'keep',
      because: 'held-back',
      alone: 'delete',
      heldBack: { option: 'delete', savingUsd: '6.374175', because: 'too-small' },
    });
    expect(deployments[0]?.reasons[0]).toBe(
      'Alone, replacing a with a hosted API would save $6.37. It is kept, because ' +
        'the best plan for the whole stack saves $2.25, too little to act on.',
    );
    const said = deployments[0]?.reasons.filter((reason) => reason.includes('Alone,'));
    expect(said).toHaveLength(1);
  });

  test('is held back where the fixed cost of hosting exceeds what hosting saves', () => {
    const { audit } = pods(['a', 'b'], '13');
    expect(audit.stack.verdict).toBe('keep');
    expect(audit.deployments.map(({ verdict }) => verdict)).toEqual(['keep', 'keep']);
    expect(audit.deployments[0]?.decision).toMatchObject({
      because: 'held-back',
      heldBack: { because: 'fixed-labor' },
    });
  });

  test('is held back while the whole plan must hold for another quarter, and leans', () => {
    const standings = { stack: { verdict: 'keep' as const }, deployments: new Map() };
    const policy = { reversalSavingShare: decimal('0.7') };
    const { audit } = pods(['a', 'b'], '1', { standings, policy });
    expect(audit.stack).toMatchObject({ verdict: 'not certain enough', leaning: 'delete' });
    expect(audit.deployments[0]).toMatchObject({
      verdict: 'not certain enough',
      leaning: 'delete',
      decision: { because: 'held-back', heldBack: { because: 'reversal' } },
    });
  });
});

describe('a change that is not advised alone', () => {
  test('is made with the plan, and says so with the figures of the plan', () => {
    // Each saves $0.79 of $9.00 alone; together the $100 that running anything costs fall away.
    const labor = { ...LABOR, selfHosted: { ...LABOR.selfHosted, fixedHours: pointRange('100') } };
    const prices = [price({ host: 'close', input: '0.47', output: '0.47' })];
    const { audit } = pods(['a', 'b'], '0', { stack: { labor, prices } });
    const [first] = audit.deployments;
    expect(audit.stack.verdict).toBe('delete');
    expect(first).toMatchObject({
      verdict: 'delete',
      decision: { option: 'delete', because: 'with-the-plan', alone: 'too small to act on' },
    });
    expect(first?.savingUsd.base).toBe('0.764740');
    expect(first?.reasons[0]).toBe(
      'Changing a is part of the plan for the whole stack, which saves $102 (100% ' +
        'likely). The verdict for a alone is "too small to act on".',
    );
    expect(audit.stack.steps.map(({ text }) => text).join(' ')).toContain(
      'Delete a and send its tokens to close through market. Do this only with the rest of the ' +
        'plan. Its verdict alone is "too small to act on".',
    );
  });
});

describe('an open verdict', () => {
  const UNSURE = { minProbability: decimal('1.01') };

  test('is "too small to act on" where the saving is, however certain', () => {
    const { first } = pods(['a'], '0', { policy: { minSavingUsd: decimal('7') } });
    expect(first.verdict).toBe('too small to act on');
  });

  test('is "not certain enough" where only the probability is too low', () => {
    expect(pods(['a'], '0', { policy: UNSURE }).first.verdict).toBe('not certain enough');
  });

  test('is "too small to act on" where it is both', () => {
    const policy = { ...UNSURE, minSavingUsd: decimal('7') };
    const { first, verdict } = pods(['a'], '0', { policy });
    expect([first.verdict, verdict.stack.verdict]).toEqual(
      ['deployment', 'stack'].map(() => 'too small to act on'),
    );
    expect(first.reasons.slice(0, 2)).toEqual([
      'Changing a would save $6.37, less than the required $7.00.',
      'Changing a is 100% likely to be cheaper, below the required 101%.',
    ]);
  });
});
