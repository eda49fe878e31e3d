/** Runs the checks and tests that must pass before a change lands, and counts them. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '../src/main/guard.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const CHECKS = ['types', 'lint', 'format', 'doors', 'unused', 'supply'];
/** The tiers of each command-line word. Without one, all checks and tests that CI runs. */
const TIERS = {
  tests: ['unit', 'whole', 'process'],
  unit: ['unit'],
  process: ['whole', 'process'],
  torture: ['torture'],
};
const counts = { passed: 0, failed: 0 };

/**
 * Runs a command to its end and returns its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number | null, said: string }>}
 */
function ended(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, shell: process.platform === 'win32' });
    let said = '';
    const hear = (/** @type {Buffer} */ chunk) => {
      said += chunk.toString();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => done({ status: null, said: error.message }));
    child.once('close', (status) => done({ status, said }));
  });
}

/** Runs the checks one after another, and returns the lines to print for each. */
async function runChecks() {
  const lines = [];
  for (const name of CHECKS) {
    const startedMs = performance.now();
    const { status, said } = await ended('npm', ['run', '--silent', name]);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    counts[status === 0 ? 'passed' : 'failed'] += 1;
    lines.push(`${status === 0 ? '✓' : '✗'} ${name} ${seconds} s\n${toTell(status, said)}`);
  }
  return lines.join('');
}

/**
 * The whole output of a failed check. For a passed one only its notes, on what it could not check.
 * @param {number | null} status
 * @param {string} said
 */
function toTell(status, said) {
  if (status !== 0) return said;
  return (said.match(/^note: .*\n/gm) ?? []).join('');
}

/**
 * Runs vitest and adds its counts. A run that ends without counts has failed.
 * @param {readonly string[]} tiers
 * @param {readonly string[]} filters
 */
async function runTests(tiers, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-counts-'));
  const file = join(folder, 'counts.json');
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const projects = tiers.flatMap((tier) => ['--project', tier]);
  if (filters.length > 0 && filters.every(isLeftOut)) projects.push('--passWithNoTests');
  const child = spawn(process.execPath, [vitest, 'run', ...projects, ...filters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, RENTCHECK_COUNTS_FILE: file },
  });
  const status = await new Promise((done) => {
    child.once('close', done);
  });
  const { passed, failed, skipped } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 1, skipped: 0 };
  rmSync(folder, { recursive: true });
  // Only a filter by title leaves tests out on purpose.
  const missed = filters.some((one) => /^(?:-t|--testNamePattern)/.test(one)) ? 0 : skipped;
  if (missed > 0) process.stdout.write(`${missed} skipped tests count as failed\n`);
  counts.passed += passed;
  counts.failed += status !== 0 && failed + missed === 0 ? 1 : failed + missed;
}

const [word = '', ...filters] = process.argv.slice(2);
// Once it is installed, the tests that need it are not left out.
if (word !== 'unit') (await import('./support/victoriaMetrics.ts')).hasVictoriaMetrics();
const { findLeftOut } = await import('./tiers.ts');
const leftOut = findLeftOut(root);

/**
 * Whether this file alone was requested and cannot run here. That is no failure.
 * @param {string} filter
 */
function isLeftOut(filter) {
  return leftOut.some((file) => file.includes(filter));
}

const tiers = Object.entries(TIERS).find(([name]) => name === word)?.[1];
if (tiers === undefined) {
  // The tests often wait for other processes, so the checks run in parallel.
  const [said] = await Promise.all([runChecks(), runTests(TIERS.tests, process.argv.slice(2))]);
  process.stdout.write(said);
} else await runTests(tiers, filters);
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
