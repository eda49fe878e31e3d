/** Golden files: reviewed once, compared exactly, and rewritten on request. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const folder = new URL('../golden/', import.meta.url);

/**
 * Compares with `test/golden/NAME`. `UPDATE_GOLDEN=1` in the environment writes the file instead.
 */
export function expectGolden(name: string, actual: string): void {
  const file = new URL(name, folder);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  const approved = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  expect(
    approved,
    `${name} is missing: run the test with UPDATE_GOLDEN=1 and read it`,
  ).toBeDefined();
  expect(actual).toBe(approved);
}
