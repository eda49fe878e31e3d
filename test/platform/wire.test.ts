/** Decimals as APIs write them: JSON numbers and strings, exact, and nothing else. */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseLosslessText } from '../../src/platform/json.ts';
import { decimalText, firstFaultText } from '../../src/platform/responseSchemas.ts';

const answer = z.object({ cost: decimalText });

function read(json: string): string {
  const result = answer.safeParse(parseLosslessText(`{"cost":${json}}`));
  return result.success ? result.data.cost : firstFaultText(result.error);
}

test.each([
  ['0.1', '0.1'],
  ['"0.1"', '0.1'],
  ['12.340000000000000000001', '12.340000000000000000001'],
  ['"12.340000000000000000001"', '12.340000000000000000001'],
  ['1E-7', '1E-7'],
  ['"7.5e-8"', '7.5e-8'],
  ['"-3"', '-3'],
  ['"+3."', '+3.'],
  ['".5"', '.5'],
  ['-0', '-0'],
])('%s is read exactly', (json, text) => {
  expect(read(json)).toBe(text);
});

test.each([
  '"NaN"',
  '"Infinity"',
  '"0x1f"',
  '""',
  '" 1"',
  '"1 "',
  '"1,000"',
  '"1,5"',
  '"$3"',
  '"."',
])('%s is no decimal', (json) => {
  expect(read(json)).toBe('cost: expected a decimal like 12.5');
});

test.each(['"1e9999"', '1e-9999', `"${'1'.repeat(65)}"`])(
  '%s is no amount: its digits would fill the memory',
  (json) => {
    expect(read(json)).toBe('cost: expected a decimal like 12.5');
  },
);

test.each([
  ['null', 'null'],
  ['true', 'a boolean'],
  ['[]', 'a list'],
  ['{}', 'an object'],
])('%s is reported by name', (json, name) => {
  expect(read(json)).toBe(`cost: found ${name}, expected a decimal`);
});
