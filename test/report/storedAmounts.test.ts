/** Which fields of a stored audit are read as numbers. */

import { expect, test } from 'vitest';
import { parseAmounts } from '../../src/report/sections/storedAmounts.ts';

const HALF = { num: 1n, den: 2n };

test('dollars and ratios become exact numbers at any depth, and unknown ones undefined', () => {
  const stored = {
    spendUsd: '0.500000',
    savingUsd: { base: '0.500000', low: null },
    options: [{ usdPerGpuHour: '0.500000', probability: null }],
  };
  expect(parseAmounts(stored)).toEqual({
    spendUsd: HALF,
    savingUsd: { base: HALF, low: undefined },
    options: [{ usdPerGpuHour: HALF, probability: undefined }],
  });
});

test('names that look like amounts, other unknown fields and facts stay as stored', () => {
  const stored = {
    id: '1.000000',
    until: null,
    names: ['0.500000'],
    reasonDetails: [{ code: 'saving-immaterial', savingUsd: '0.500000' }],
    detail: { replicaHours: '0.500000' },
    sensitivity: [{ low: '\u221230%' }],
  };
  expect(parseAmounts(stored)).toEqual(stored);
});
