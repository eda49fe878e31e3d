import { expect, test } from 'vitest';
import { decimal, ONE, ZERO } from '../../../src/domain/exact.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import type { Choice } from '../../../src/economics/offer.ts';
import { weighStack } from '../../../src/economics/stack.ts';
import { AUDIT_SENTENCES } from '../../../src/report/copy/sentences.ts';
import { printEffects } from '../../../src/verdict/document/documentSensitivity.ts';
import { computeTornado } from '../../../src/verdict/sensitivity/tornado.ts';
import {
  deployment,
  hosted,
  hour,
  type UsageInterval,
  LABOR,
  series,
  stack,
} from '../../economics/stackFixture.ts';
import { listCharges } from '../../support/listCharges.ts';

function effects(choice: Choice, parts: Partial<StackInput> = {}) {
  const economics = weighStack(stack(parts));
  const picks = economics.deployments.map(({ id }) => ({ deployment: id, choice }));
  return printEffects(computeTornado(economics, picks), AUDIT_SENTENCES).map(
    ({ input, low, base, high, savingAtLowUsd, savingAtHighUsd }) => [
      input,
      `${low} | ${base} | ${high}`,
      savingAtLowUsd,
      savingAtHighUsd,
    ],
  );
}

test('in the worked example the rate moves the saving most, the provider least', () => {
  expect(effects('delete')).toEqual([
    ['GPU price', '−30% | as measured | +40%', '4.574175', '8.774175'],
    ['hosted price', '−30% | as measured | +30%', '7.011922', '5.736428'],
    ['cache hits at the provider', '0 | 0.5 | 1', '6.305600', '6.442750'],
    ['provider', 'cheapest | chosen | most expensive', '6.374175', '6.305600'],
  ]);
});

test('engineering hours are printed in hours, and count only where they differ', () => {
  const range = { low: decimal('1'), base: decimal('3'), high: decimal('12.5') };
  const fixed = { low: ZERO, base: ONE, high: decimal('2') };
  const labor = {
    ...LABOR,
    selfHosted: { fixedHours: fixed, hoursPerDeployment: range },
    hosted: { fixedHours: fixed, hoursPerDeployment: LABOR.hosted.hoursPerDeployment },
  };
  const result = effects('delete', { labor });
  expect(result[0]).toEqual(['self-hosting hours', '1 h | 4 h | 14.5 h', '3.374175', '16.874175']);
  expect(result[2]).toEqual(['hosted API hours', '0.5 h | 1.5 h | 2.5 h', '7.374175', '5.374175']);
});

test('a provider that config names has no cheaper and no more expensive one', () => {
  const pinned = deployment({ hosted: hosted({ policy: 'pinned', pinned: 'host-b' }) });
  const inputs = effects('delete', { deployments: [pinned] }).map(([input]) => input);
  expect(inputs).toEqual(['GPU price', 'hosted price']);
});

test('a plan that keeps everything depends on nothing', () => {
  expect(effects('keep')).toEqual([]);
});

const DAY_H = 24;

/** A row for each day, of so many million tokens; null is a day without known usage. */
function daily(millions: readonly (number | null)[]): UsageInterval[] {
  return millions.flatMap((tokens, day) =>
    tokens === null
      ? []
      : [{ at: day * DAY_H, hours: DAY_H, uncached: tokens * 1_000_000, replicaS: DAY_H * 3600 }],
  );
}

function weeks(millions: readonly (number | null)[]): Partial<StackInput> {
  const usage = series(daily(millions));
  const [pod] = listCharges(stack());
  if (pod === undefined) throw new Error('the fixture has a charge');
  const window = { startMs: hour(0), endMs: hour(millions.length * DAY_H) };
  const hours = decimal(String(millions.length * DAY_H));
  return {
    window,
    charges: [{ ...pod, period: window, quantity: hours }],
    deployments: [deployment({ usage, trailingUsage: usage })],
  };
}

const WEEK = (tokens: number) => Array.from({ length: 7 }, () => tokens);

function tokenEffect(millions: readonly (number | null)[]) {
  return effects('delete', weeks(millions)).find(([input]) => input === 'tokens');
}

test('tokens vary as the weeks of the window did', () => {
  expect(tokenEffect([...WEEK(1), ...WEEK(2), ...WEEK(3), 90])).toEqual([
    'tokens',
    '−50% | as measured | +50%',
    '1.537000',
    '-12.389000',
  ]);
});

test('a week with too little known is not a light week, and one alone has no variation', () => {
  const gap = [null, 2, 2, 2, 2, 2, 2];
  expect(tokenEffect([...WEEK(1), ...gap, ...WEEK(3)])?.[1]).toBe('−50% | as measured | +50%');
  expect(tokenEffect([...WEEK(1), ...gap])).toBeUndefined();
  expect(tokenEffect([...WEEK(0), ...WEEK(0)])).toBeUndefined();
});
