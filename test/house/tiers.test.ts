/** Each test file's tier follows from its imports. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLeftOut, leftOutText, sortIntoTiers } from '../tiers.ts';
import { filesMatching, ROOT, readSourceFile } from './tree.ts';

/** A checkout of these files only. A path may lead outside of it. */
function planted(files: Readonly<Record<string, string>>): string {
  const root = join(mkdtempSync(join(tmpdir(), 'rentcheck-tiers-')), 'checkout');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const ours = sortIntoTiers(ROOT);

describe('a test file', () => {
  it('is in one of the tiers that npm test runs, or left out by name', () => {
    const all = filesMatching(/^test\/.*\.test\.ts$/).map(({ path }) => path);
    const run = [...ours.unit, ...ours.whole, ...ours.process, ...findLeftOut(ROOT)];
    expect(run.sort()).toEqual(all.sort());
    expect(ours.unit.length).toBeGreaterThan(200);
  });

  it('is in the process tier if it reaches a process through any imports', () => {
    const root = planted({
      'test/direct.test.ts': "import { spawn } from 'node:child_process';\n",
      'test/deep/far.test.ts': "import { a } from '../support/a.ts';\n",
      'test/late.test.ts': "const { b } = await import('./support/b.ts');\n",
      'test/support/a.ts': "import {\n  b,\n  c,\n} from './b.ts';\n",
      'test/support/b.ts': "import { SMTPServer } from 'smtp-server';\nimport './a.ts';\n",
      'test/none.test.ts': "import { it } from 'vitest';\n",
      'test/scenarios/whole.test.ts': '',
      'test/page.test.ts': "import { renderReport } from '../src/report/report.ts';\n",
      'test/types.test.ts': "import type { Browser } from 'playwright-core';\n",
    });
    expect(sortIntoTiers(root)).toEqual({
      unit: ['test/none.test.ts', 'test/types.test.ts'],
      process: ['test/deep/far.test.ts', 'test/direct.test.ts', 'test/late.test.ts'],
      whole: ['test/page.test.ts', 'test/scenarios/whole.test.ts'],
      torture: [],
    });
  });

  it('is run again by npm run torture if it has a full size', () => {
    const root = planted({
      'test/storm.test.ts': "import { size } from './support/size.ts';\n",
      'test/support/size.ts': '',
    });
    expect(sortIntoTiers(root)).toEqual({
      unit: ['test/storm.test.ts'],
      whole: [],
      process: [],
      torture: ['test/storm.test.ts'],
    });
  });

  it('that reads third-party data is left out by name without that data', () => {
    const files = { 'test/reference/a.test.ts': '', 'test/b.test.ts': '' };
    const withoutData = planted(files);
    expect(findLeftOut(withoutData)).toEqual(['test/reference/a.test.ts']);
    expect(leftOutText(withoutData)).toBe(
      'left out: 1 file of test/reference/, ' +
        'for third-party data in ../shared/reference is not beside this checkout\n',
    );
    expect(sortIntoTiers(withoutData).unit).toEqual(['test/b.test.ts']);
    const whole = planted({ ...files, '../shared/reference/x.csv': '' });
    expect(findLeftOut(whole)).toEqual([]);
    expect(leftOutText(whole)).toBe('');
    expect(sortIntoTiers(whole).unit).toEqual(['test/b.test.ts', 'test/reference/a.test.ts']);
  });

  it('that needs a third-party program is left out by name if it is not on PATH', () => {
    const file = 'test/sources/prometheus/victoriaMetrics.test.ts';
    const root = planted({ [file]: '', '../shared/reference/x.csv': '' });
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = join(root, 'bin');
      expect(leftOutText(root)).toBe(
        `left out: 1 file of ${file}, for the program victoria-metrics is not on PATH\n`,
      );
      mkdirSync(join(root, 'bin'));
      writeFileSync(join(root, 'bin/victoria-metrics'), '', { mode: 0o755 });
      expect(leftOutText(root)).toBe('');
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('the unit tier', () => {
  it.each(['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync', 'fork'] as const)(
    'refuses to start a process: %s',
    (name) => {
      const start = process.getBuiltinModule('node:child_process')[name] as (what: string) => void;
      expect(() => start('true')).toThrow(/in a tier that starts no process/);
    },
  );

  it('reads no third-party data: tests that do are in test/reference', () => {
    const reading = filesMatching(/^test\/(?!reference\/|house\/|support\/|tiers).*\.ts$/);
    const found = reading.filter(({ text }) => text.includes('shared/reference'));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('docs/reliability.md', () => {
  it('names every file that has a full size', () => {
    const { text } = readSourceFile('docs/reliability.md');
    expect(ours.torture.filter((file) => !text.includes(`\`${file}\``))).toEqual([]);
  });
});
