/** Prepares a run of tests: a Node that serves, and one temporary folder for what is left. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each tier prepares itself; the first of a run makes the folder. */
export async function setup(): Promise<(() => void) | undefined> {
  await import('../../src/guard.js');
  if (process.env['RENTCHECK_TESTS'] === tmpdir()) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'rc-'));
  process.env['TMPDIR'] = folder;
  process.env['RENTCHECK_TESTS'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
