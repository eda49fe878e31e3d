/**
 * Tests the printed outlook: days, weekly shares, and dollars that agree with the printed saving.
 */

import { expect, test } from 'vitest';
import { bestPlan } from '../../../src/economics/plan.ts';
import type { SavingText } from '../../../src/verdict/auditWord.ts';
import { printOutlook } from '../../../src/verdict/document/documentSensitivity.ts';
import { computeOutlook } from '../../../src/verdict/outlook/outlook.ts';
import { type WeeklyPod, RISING, weeklyStack } from './weeksWorld.ts';

const asLast = { base: '1092.000001', low: '900.000000', high: '1200.000000' };

const NEXT = { low: '800.000000', high: '1300.000000' };

function printed(pod: Partial<WeeklyPod>, saving: SavingText = asLast) {
  const economics = weeklyStack([{ id: 'chat', usdPerDay: 20, mtok: RISING, ...pod }]);
  const kept: ReadonlySet<string> = new Set();
  const found = computeOutlook(economics, { plan: bestPlan(economics, { kept }), kept });
  const rest = { nextQuarter: NEXT, scenarios: [], afterContracts: null };
  return printOutlook(found, { asLast: saving, ...rest });
}

test('trends are weekly shares, and their effect is added to the printed saving', () => {
  expect(printed({})).toEqual({
    asLast,
    nextQuarter: NEXT,
    withTrend: {
      savingUsd: '500.500001',
      tokensPerWeek: '0.062500',
      hostedPricePerWeek: '0.000000',
    },
    flipsOn: '2027-01-30',
    deployments: [
      {
        id: 'chat',
        tokensPerWeek: '0.062500',
        hostedPricePerWeek: '0.000000',
        flipsOn: '2027-01-30',
      },
    ],
    scenarios: [],
    afterContracts: null,
  });
});

test('a saving that was not printed is stated as computed', () => {
  const unknown = { base: null, low: null, high: null };
  const found = printed({}, unknown);
  expect(found.withTrend?.savingUsd).toBe('500.500000');
});

test('what is unknown is null', () => {
  const { deployments, flipsOn } = printed({ missing: (day) => day > 20 });
  expect(deployments[0]?.tokensPerWeek).toBeNull();
  expect([deployments[0]?.flipsOn, flipsOn]).toEqual([null, null]);
});
