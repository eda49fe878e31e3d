/** Prepares a test run: a suitable Node, and one temporary folder for leftovers. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each tier prepares itself. The first of a run creates the folder. */
export async function setup(): Promise<(() => void) | undefined> {
  await import('../../src/main/guard.js');
  if (process.env['RENTCHECK_TESTS'] === tmpdir()) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'rc-'));
  process.env['TMPDIR'] = folder;
  process.env['RENTCHECK_TESTS'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
