/** The commands that others rely on: npm's scripts, and what CI reads from the README. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readSourceFile } from './tree.ts';

const { scripts } = JSON.parse(readSourceFile('package.json').text);
const readme = readSourceFile('README.md').text;

describe('npm scripts', () => {
  it('cover everything that a user or CI starts', () => {
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining([
        'rentcheck',
        'demo',
        'test',
        'check',
        'bench',
        'types',
        'lint',
        'format',
        'doors',
        'unused',
      ]),
    );
  });

  it('never start TypeScript before the guard has looked at Node', () => {
    const unguarded = Object.entries<string>(scripts).filter(
      ([, line]) => /\bnode\b.*\.ts\b/.test(line) && !line.includes('--import ./src/main/guard.js'),
    );
    expect(unguarded).toEqual([]);
  });
});

describe('.ci/run', () => {
  it('runs the test command of the README and nothing of its own', () => {
    const copy = mkdtempSync(join(tmpdir(), 'rentcheck-ci-'));
    cpSync(join(ROOT, '.ci'), join(copy, '.ci'), { recursive: true });
    writeFileSync(
      join(copy, 'README.md'),
      '# x\n\n```sh\necho other\n```\n\n## Test\n\nText.\n\n```sh\necho "tested in $(pwd)"\n```\n',
    );
    const printed = execFileSync('bash', [join(copy, '.ci/run')], { encoding: 'utf8' });
    rmSync(copy, { recursive: true });
    expect(printed).toMatch(/^tested in .*rentcheck-ci-\w+\n$/);
  });

  it('finds exactly one test command in our README', () => {
    expect(readme.split('\n').filter((line) => line === 'npm ci && npm test')).toHaveLength(1);
    expect(readme.split('\n').filter((line) => line === 'npm ci && npm run demo')).toHaveLength(1);
  });

  it('fails with an error if the README has no test command', () => {
    const copy = mkdtempSync(join(tmpdir(), 'rentcheck-ci-'));
    cpSync(join(ROOT, '.ci'), join(copy, '.ci'), { recursive: true });
    writeFileSync(join(copy, 'README.md'), '# x\n');
    const run = () => execFileSync('bash', [join(copy, '.ci/run')], { stdio: 'pipe' });
    expect(run).toThrow(/states no test command/);
    rmSync(copy, { recursive: true });
  });
});
