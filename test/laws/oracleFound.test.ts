import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  POD,
  price,
  series,
  six,
  stack,
} from '../economics/stackFixture.ts';

function only(input: ReturnType<typeof stack>) {
  const [found] = weighStack(input).deployments;
  if (found === undefined) throw new Error('the stack has one deployment');
  return found;
}

test('requests that brought no tokens are charged where the provider charges per request', () => {
  const usage = series([{ at: 0, requests: 5 }]);
  const fee = decimal('0');
  const prices = [price({ host: 'host-a', input: '0.10', output: '0.30', request: '0.01' })];
  const deployments = [deployment({ usage, hosted: hosted({ fee }) })];
  expect(six(only(stack({ deployments, prices })).hosted.chosen?.usd)).toBe('0.050000');
});

test('tokens of a deployment without any charge have no price: unknown spend is not zero', () => {
  const found = only(stack({ charges: [] }));
  expect([found.served.tokens, found.unbilled?.tokens]).toEqual([0, 15_600_000]);
  expect(found.effectiveUsdPerMtok).toBeUndefined();
});

test('tokens have no price where usage covers none of what was paid', () => {
  const usage = series([{ at: 30, uncached: 1000 }]);
  const window = { startMs: hour(0), endMs: hour(48) };
  const found = only(stack({ window, charges: [POD], deployments: [deployment({ usage })] }));
  expect([found.time.coveredNs, found.effectiveUsdPerMtok]).toEqual([0n, undefined]);
});

test('a charge of zero is a known spend of zero', () => {
  const free = charge({ usd: '0', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });
  expect(six(only(stack({ charges: [free] })).effectiveUsdPerMtok)).toBe('0.000000');
});

test('replica time over midnight is split to the millisecond', () => {
  const lost = series([{ at: 23, hours: 24, replicaS: 2_160 }]);
  const window = { startMs: hour(0), endMs: hour(48) };
  const charges = [charge({ usd: '4', from: 0, to: 48, quantity: decimal('48'), unit: 'Hours' })];
  const { days } = only(stack({ window, charges, deployments: [deployment({ usage: lost })] }));
  expect(days.map(({ coveredNs }) => coveredNs)).toEqual([90_000_000_000n, 2_070_000_000_000n]);
});

test('what was seen after the window does not fill a gap inside it', () => {
  const usage = series([{ at: 3, hours: 2, uncached: 1000 }]);
  expect(only(stack({ deployments: [deployment({ usage })] })).time.coveredNs).toBe(
    3_600_000_000_000n,
  );
});
