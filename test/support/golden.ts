/** Knows golden files: what a test once found right, held to the byte, renewed by an explicit wish only. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Expects `text` to be the content of `test/golden/NAME`. With `UPDATE_GOLDEN=1` the file is written instead:
 * read the difference in review like code.
 */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text, `to renew it: UPDATE_GOLDEN=1 npx vitest run; then read the diff`).toBe(
    readFileSync(file, 'utf8'),
  );
}
