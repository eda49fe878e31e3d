/** Knows everything that must hold before a change lands, runs it, and counts what did. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '../src/guard.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const checks = ['types', 'lint', 'format', 'doors', 'unused'];
const counts = { passed: 0, failed: 0 };

/**
 * Runs an npm script of package.json.
 * @param {string} name
 */
function runCheck(name) {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', name], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const passed = status === 0;
  counts[passed ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${passed ? '✓' : '✗'} ${name} ${seconds} s\n`);
  if (!passed) process.stdout.write(`${stdout}${stderr}\n`);
}

/**
 * Runs vitest and adds its counts; one that ends without counts has failed.
 * @param {readonly string[]} filters
 */
function runTests(filters) {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-counts-'));
  const file = join(folder, 'counts.json');
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...filters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, RENTCHECK_COUNTS_FILE: file },
  });
  const { passed, failed, skipped } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 1, skipped: 0 };
  rmSync(folder, { recursive: true });
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped: counted as failed\n`);
  counts.passed += passed;
  counts.failed += status !== 0 && failed + skipped === 0 ? 1 : failed + skipped;
}

const [only, ...filters] = process.argv.slice(2);
if (only !== 'tests') for (const name of checks) runCheck(name);
runTests(filters);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
