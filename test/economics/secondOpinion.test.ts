/** Tests a gateway's own cost figure against the bill: by common days, never a zero for unknown. */

import { describe, expect, it } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { compareGatewayCosts } from '../../src/economics/hosted/secondOpinion.ts';

const USD = 1_000_000_000n;
const said = (model: string, ...days: readonly (readonly [number, bigint])[]) =>
  days.map(([day, usd]) => ({
    sourceId: 'litellm',
    model,
    dayMs: day * DAY_MS,
    nanoUsd: usd * USD,
  }));
const bill = (
  sourceId: string,
  model: string,
  ...days: readonly (readonly [number, bigint])[]
) => ({
  sourceId,
  model,
  byDay: new Map(days.map(([day, usd]) => [day * DAY_MS, usd * USD])),
});

describe('the second opinion on a hosted bill', () => {
  it('compares the days that both have, and no other', () => {
    const rows = said('gpt-5', [1, 30n], [2, 60n], [4, 5n]);
    const bills = [bill('openai', 'gpt-5', [1, 40n], [2, 60n], [3, 7n])];
    expect(compareGatewayCosts(rows, bills)).toEqual([
      {
        sourceId: 'litellm',
        model: 'gpt-5',
        billedBy: ['openai'],
        days: 2,
        gatewayNanoUsd: 90n * USD,
        billedNanoUsd: 100n * USD,
        difference: exact(-1n, 10n),
        isOff: true,
      },
    ]);
  });

  it('agrees within 2%', () => {
    const of = (usd: bigint) =>
      compareGatewayCosts(said('m', [1, usd]), [bill('a', 'm', [1, 100n])])[0]?.isOff;
    expect([of(98n), of(102n), of(97n), of(103n)]).toEqual([false, false, true, true]);
  });

  it.each([
    ['openai/gpt-5', 'gpt-5-2025-08-07'],
    ['claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
    ['together_ai/meta-llama/Llama-3.3-70B', 'llama-3.3-70b'],
    ['claude-opus-4@20250514', 'claude-opus-4-latest'],
  ])('takes %s and %s for one model', (ours, theirs) => {
    const [opinion] = compareGatewayCosts(said(ours, [1, 5n]), [bill('host', theirs, [1, 5n])]);
    expect(opinion).toMatchObject({ model: ours, billedBy: ['host'], isOff: false });
  });

  it.each([
    ['gpt-5', 'gpt-5-mini'],
    ['llama-3.3-70b', 'llama-3.1-70b'],
  ])('does not take %s for %s', (ours, theirs) => {
    const [opinion] = compareGatewayCosts(said(ours, [1, 5n]), [bill('host', theirs, [1, 5n])]);
    expect(opinion).toMatchObject({ billedBy: [], days: 1, gatewayNanoUsd: 5n * USD });
    expect(opinion).not.toHaveProperty('billedNanoUsd');
  });

  it('adds up all that bills call by the name, and lists their sources', () => {
    const rows = [...said('gpt-5', [1, 30n]), ...said('openai/gpt-5', [1, 12n])];
    const bills = [
      bill('openai', 'gpt-5-2025-08-07', [1, 20n]),
      bill('openai', 'gpt-5-2025-12-01', [1, 10n]),
      bill('router', 'openai/gpt-5', [1, 10n]),
    ];
    expect(compareGatewayCosts(rows, bills)).toMatchObject([
      {
        model: 'gpt-5',
        billedBy: ['openai', 'router'],
        gatewayNanoUsd: 42n * USD,
        billedNanoUsd: 40n * USD,
        difference: exact(1n, 20n),
      },
    ]);
  });

  it('has no share of a bill of zero', () => {
    const [opinion] = compareGatewayCosts(said('m', [1, 5n]), [bill('a', 'm', [1, 0n])]);
    expect(opinion).toMatchObject({ billedNanoUsd: 0n, isOff: true });
    expect(opinion).not.toHaveProperty('difference');
  });
});
