/** Tests how the economics become numbers to draw from. */

import { describe, expect, it } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { weighStack } from '../../../src/economics/stack.ts';
import { seededRandom } from '../../../src/platform/random.ts';
import { toStackSeries } from '../../../src/verdict/simulation/stackSeries.ts';
import { simulateSavings } from '../../../src/verdict/simulation/simulation.ts';
import {
  pointRange,
  deployment,
  HOST_A,
  hosted,
  NO_LABOR,
  price,
  stack,
} from '../../economics/stackFixture.ts';

function only(parts: Parameters<typeof stack>[0] = {}) {
  const drawn = toStackSeries(weighStack(stack(parts)));
  const [first] = drawn.deployments;
  if (first === undefined) throw new Error('one deployment is drawn');
  return { drawn, first, names: first.options.map(({ name }) => name) };
}

function oddsOf(parts: Parameters<typeof stack>[0], name: string) {
  const economics = weighStack(stack(parts));
  const chance = seededRandom('adapter');
  const drawn = simulateSavings(toStackSeries(economics), { draws: 500, chance });
  const odds = drawn.deployments.get('chat')?.get(name);
  if (odds === undefined) throw new Error(`no odds of ${name}`);
  return odds;
}

describe('the worked example', () => {
  it('is one day of six dollars, four hours paid and covered', () => {
    const { drawn, first } = only();
    expect(drawn.days).toBe(1);
    expect([first.keep, first.paid, first.covered]).toEqual(
      [[6], [4], [4]].map((one) => Float64Array.from(one)),
    );
    expect(first.cache).toEqual({ low: 0, base: 0.5, high: 1 });
    expect(first.labor.selfHosted).toEqual({ low: 3, base: 3, high: 3 });
  });

  it('has a series for each option with a known cost, and none for keeping', () => {
    const { first, names } = only();
    expect(names).toContain('delete');
    expect(names).toContain('hybrid');
    expect(names).not.toContain('keep');
    const shares = first.options.map((each) => [each.name, each.selfHostedShare, each.hostedShare]);
    expect(shares).toContainEqual(['delete', 0, 1]);
    expect(shares).toContainEqual(['hybrid', 1, 1]);
  });

  it('saves by deleting what the design states, where only one provider is drawn', () => {
    const known = { prices: [HOST_A], cacheRealization: pointRange('0.5') };
    const { withLabor, withoutLabor } = oddsOf(known, 'delete');
    expect([withLabor.low, withLabor.high].map((usd) => usd.toFixed(6))).toEqual([
      '6.374175',
      '6.374175',
    ]);
    expect(withoutLabor.low.toFixed(6)).toBe('3.874175');
    expect(withLabor.probability).toBe(1);
  });

  it('has no labor where labor is unpaid, so both probabilities are one', () => {
    const odds = oddsOf({ labor: NO_LABOR }, 'delete');
    expect(odds.withLabor).toEqual(odds.withoutLabor);
  });

  it('leaves the hours of the change out without labor', () => {
    const migration = { hours: { delete: decimal('2') }, stated: true };
    const known = { prices: [HOST_A], cacheRealization: pointRange('0.5'), migration };
    const { withLabor, withoutLabor } = oddsOf(known, 'delete');
    expect([withLabor.low.toFixed(6), withoutLabor.low.toFixed(6)]).toEqual([
      '4.374175',
      '3.874175',
    ]);
  });
});

describe('providers', () => {
  const expensive = price({ host: 'dear', input: '0.20', cached: '0.10', output: '0.60' });
  const deleted = (parts: Parameters<typeof stack>[0]) =>
    only(parts).first.options.find(({ name }) => name === 'delete')?.hosted;
  // 13,000,000 prompt and 2,600,000 output tokens and a fee of 5.5%.
  const usdAt = (input: number, output: number) => (13 * input + 2.6 * output) * 1.055;

  it('are one: the chosen one, whatever others could serve', () => {
    const asked = deleted({ prices: [expensive, HOST_A] });
    expect(asked?.atZero[0]?.toFixed(6)).toBe(usdAt(0.1, 0.3).toFixed(6));
    expect(deleted({ prices: [HOST_A] })).toEqual(asked);
  });

  it('are the pinned one where config names it', () => {
    const pinned = deployment({ hosted: hosted({ policy: 'pinned', pinned: 'dear' }) });
    const asked = deleted({ prices: [expensive, HOST_A], deployments: [pinned] });
    expect(asked?.atZero[0]?.toFixed(6)).toBe(usdAt(0.2, 0.6).toFixed(6));
  });

  it('that are not drawn do not affect the probability', () => {
    const alone = oddsOf({ prices: [HOST_A] }, 'delete');
    expect(oddsOf({ prices: [expensive, HOST_A] }, 'delete')).toEqual(alone);
  });

  it('do not exist where none is eligible, and nothing hosted is drawn', () => {
    const { names } = only({ prices: [price({ host: 'none', input: null, output: '1' })] });
    expect(names).not.toContain('delete');
    expect(only({ prices: [] }).names).not.toContain('delete');
  });
});
