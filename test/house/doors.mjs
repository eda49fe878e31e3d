/** Checks every import against the floor plan, and that every file was checked. */

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import '../../src/main/guard.js';

/** Files that must be checked: every source under `src/` on disk. */
function sourcesOnDisk() {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path).replaceAll('\\', '/'))
    .filter((path) => /\.(ts|js)$/.test(path));
}

/** The folders that this checkout has. */
function foldersHere() {
  const here = readdirSync('.');
  return ['src', 'test', 'bench'].filter((folder) => here.includes(folder));
}

/**
 * One line a broken rule: which, from where to where, and why it is a rule.
 * @param {import('dependency-cruiser').IViolation} violation
 * @param {ReadonlyMap<string, string>} reasons
 */
function describe({ rule, from, to, cycle }, reasons) {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
  return `${rule.name}: ${from} → ${way}\n    ${reasons.get(rule.name)}`;
}

// The tree may be a copy elsewhere (tests plant violations there); its own rules are the ones that
// count.
const rootArgument = process.argv[2];
if (rootArgument !== undefined) process.chdir(resolve(rootArgument));
const { default: rules } = await import('../../.dependency-cruiser.mjs');
const { output } = await cruise(foldersHere(), {
  ...rules.options,
  ruleSet: rules,
  validate: true,
});
if (typeof output === 'string')
  throw new Error('dependency-cruiser returned text instead of a result');

const seen = new Set(output.modules.map(({ source }) => source));
const overlooked = sourcesOnDisk().filter((path) => !seen.has(path));
/** @type {Map<string, string>} */
const reasons = new Map();
for (const { name, comment } of rules.forbidden ?? []) reasons.set(name ?? '', comment ?? '');
const complaints = output.summary.violations.map((violation) => describe(violation, reasons));
for (const path of overlooked) complaints.push(`not checked: ${path} was not read`);
if (seen.size === 0) complaints.push('nothing was read: the check itself is broken');

for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${seen.size} modules, ${complaints.length} forbidden imports\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
