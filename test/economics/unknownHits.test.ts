import { expect, test } from 'vitest';
import { decimal, ONE } from '../../src/domain/exact.ts';
import { pointRange, deployment, LABOR, NO_LABOR, series, WORKED_ROWS } from './stackFixture.ts';
import { computeVerdict } from '../verdict/verdictFixture.ts';

/** The worked example with an engine that does not report its hits: 13,000,000 prompt tokens. */
const BLIND = series(
  WORKED_ROWS.map((row) => ({
    ...row,
    uncached: (row.uncached ?? 0) + (row.cached ?? 0),
    cached: null,
  })),
);
const PINNED = { policy: 'pinned', pinned: 'host-a' } as const;

function blind(share: { low: string; base: string; high: string }, usage = BLIND) {
  const own = deployment({ usage });
  const cacheRealization = {
    low: decimal(share.low),
    base: decimal(share.base),
    high: decimal(share.high),
  };
  const deployments = [{ ...own, hosted: { ...own.hosted, ...PINNED } }];
  const { audit, economics } = computeVerdict({
    stack: { deployments, cacheRealization, labor: NO_LABOR },
  });
  const [chat] = audit.deployments;
  const deleted = chat?.options.find(({ option }) => option === 'delete');
  return { chat, deleted, economics };
}

test('unknown hits count as none, and the interval extends down to all of them', () => {
  const { deleted, chat } = blind({ low: '1', base: '1', high: '1' });
  // No hits: (13.0 x 0.10 + 2.6 x 0.30) x 1.055; all of them: (13.0 x 0.05 + 2.6 x 0.30) x 1.055.
  expect(deleted).toMatchObject({ hostedUsd: '2.194400', savingUsd: '3.805600' });
  // The one day of the example has no spread: the bounds are those of the hits.
  expect([deleted?.low, deleted?.high]).toEqual(['3.805600', '4.491350']);
  expect(chat?.warnings.join()).toContain(
    'Cache hits are unknown in 3 intervals and count as none at the provider. ' +
      'Its cost is an upper bound there. If all those prompt tokens were hits, it ' +
      'would be $1.51.',
  );
});

test('a provider with half of our hits extends half as far', () => {
  const { deleted, chat } = blind({ low: '0.5', base: '0.5', high: '0.5' });
  expect([deleted?.low, deleted?.high]).toEqual(['3.805600', '4.148475']);
  expect(chat?.warnings.join()).toContain(
    'Cache hits are unknown in 3 intervals and count as none at the provider. ' +
      'Its cost is an upper bound there. If all those prompt tokens were hits, it ' +
      'would be $1.85.',
  );
});

test('a provider with none of our hits has no uncertainty, and hits are not mentioned', () => {
  const { deleted, chat } = blind({ low: '0', base: '0', high: '0' });
  expect([deleted?.low, deleted?.high]).toEqual(['3.805600', '3.805600']);
  expect(chat?.warnings.join()).not.toContain('hits');
});

test('one interval of unknown hits among known ones widens by its own prompt alone', () => {
  const usage = series(
    WORKED_ROWS.map((row, at) => {
      return at === 3 ? { ...row, uncached: 1_000_000, cached: null } : row;
    }),
  );
  const { deleted } = blind({ low: '1', base: '1', high: '1' }, usage);
  // (10.6 x 0.10 + 2.4 x 0.05 + 2.6 x 0.30) x 1.055, and 1 Mtok at $0.05 less.
  expect(deleted).toMatchObject({ hostedUsd: '2.067800', savingUsd: '3.932200' });
  expect([deleted?.low, deleted?.high]).toEqual(['3.932200', '3.984950']);
});

test('known hits widen nothing', () => {
  const { deleted } = blind({ low: '1', base: '1', high: '1' }, series(WORKED_ROWS));
  expect([deleted?.low, deleted?.high]).toEqual([deleted?.savingUsd, deleted?.savingUsd]);
});

test('what is cheaper only if all were hits is cheaper in half of the simulations', () => {
  const own = deployment({ usage: BLIND });
  const deployments = [{ ...own, hosted: { ...own.hosted, ...PINNED } }];
  const cacheRealization = { low: ONE, base: ONE, high: ONE };
  const hours = (count: string) => ({
    fixedHours: pointRange('0'),
    hoursPerDeployment: pointRange(count),
  });
  const labor = { ...LABOR, selfHosted: hours('0'), hosted: hours('4') };
  const { first, audit } = computeVerdict({ stack: { deployments, cacheRealization, labor } });
  // Keeping is $6.00; deleting is $6.1944 with no hits, and $5.50865 with all of them.
  const option = audit.deployments[0]?.options.find((each) => each.option === 'delete');
  expect(option).toMatchObject({ savingUsd: '-0.194400', probability: '0.500000' });
  expect(first.verdict).toBe('keep');
});
