/** Knows what must hold before the first test, and what is swept away after the last. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A Node on which the native parts do not crash, and one temporary folder for all that tests leave
 * behind.
 */
export async function setup(): Promise<() => void> {
  await import('../../src/guard.js');
  const folder = mkdtempSync(join(tmpdir(), 'rc-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
