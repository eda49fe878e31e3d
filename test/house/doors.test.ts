/** A forbidden import is found: each kind is planted and must be reported. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOMES, ROOMS } from './rooms.mjs';

const checker = fileURLToPath(new URL('doors.mjs', import.meta.url));

/** A minimal sound house, and every import that the floor plan allows. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json':
    '{"type":"module","dependencies":{"bullmq":"1"},"devDependencies":{"vitest":"1"}}',
  'tsconfig.json': '{}',
  'node_modules/bullmq/package.json': '{"name":"bullmq","main":"index.js"}',
  'node_modules/bullmq/index.js': 'export const Queue = 1;',
  'node_modules/vitest/package.json': '{"name":"vitest","main":"index.js"}',
  'node_modules/vitest/index.js': 'export const it = 1;',
  'src/domain/money.ts': 'export type Money = bigint; export const zero = 0n;',
  'src/ledger/ledger.ts': 'export interface Ledger { at: number } export const open = 1;',
  'src/economics/cost.ts': "import { zero } from '../domain/money.ts'; export const cost = zero;",
  'src/jobs/pull.ts': "import type { Ledger } from '../ledger/ledger.ts'; export type L = Ledger;",
  'src/schedule/queue.ts': "import { Queue } from 'bullmq'; export const queue = Queue;",
};

/** Files that forbidden imports point to. */
const BESIDE: Readonly<Record<string, string>> = {
  'test/clock.ts': 'export const clock = 1;',
  'node_modules/stray/package.json': '{"name":"stray","main":"index.js"}',
  'node_modules/stray/index.js': 'export const stray = 1;',
  'src/sources/runpod/wire.ts': 'export const wire = 1;',
  'src/domain/b.ts': "import type { A } from './a.ts'; export type B = A | 1;",
  'src/attic/box.ts': 'export const box = 1;',
};

/** Each violation, and the rule that stops it. */
const FORCED: readonly (readonly [what: string, rule: string, path: string, text: string])[] = [
  [
    'a pure room that reaches for storage',
    'economics-has-no-door-there',
    'src/economics/odd.ts',
    "import { open } from '../ledger/ledger.ts'; export const cost = open;",
  ],
  [
    'a forbidden import even of a type',
    'domain-has-no-door-there',
    'src/domain/odd.ts',
    "import type { Ledger } from '../ledger/ledger.ts'; export type L = Ledger;",
  ],
  [
    'a job that imports an I/O room as a value',
    'jobs-knows-only-types-of-ledger',
    'src/jobs/odd.ts',
    "import { open } from '../ledger/ledger.ts'; export const pull = open;",
  ],
  [
    'a pure room that asks Node for anything',
    'verdict-does-no-io',
    'src/verdict/odd.ts',
    "import { readFileSync } from 'node:fs'; export const read = readFileSync;",
  ],
  [
    'a pure room that asks npm for anything',
    'verdict-does-no-io',
    'src/verdict/packed.ts',
    "import { Queue } from 'bullmq'; export const read = Queue;",
  ],
  [
    'a library outside its home',
    'bullmq-has-one-home',
    'src/cli/odd.ts',
    "import { Queue } from 'bullmq'; export const queue = Queue;",
  ],
  [
    'a circle, even of types alone',
    'no-circles',
    'src/domain/a.ts',
    "import type { B } from './b.ts'; export type A = B[];",
  ],
  [
    'a provider that meets another',
    'providers-do-not-meet',
    'src/sources/lambda/odd.ts',
    "import { wire } from '../runpod/wire.ts'; export const w = wire;",
  ],
  [
    'product code that leans on tests',
    'product-knows-no-tests',
    'src/platform/tested.ts',
    "import { clock } from '../../test/clock.ts'; export const c = clock;",
  ],
  [
    'product code that leans on tools',
    'product-runs-without-dev-dependencies',
    'src/platform/tooled.ts',
    "import { it } from 'vitest'; export const c = it;",
  ],
  [
    'a package that package.json does not name',
    'only-declared-packages',
    'src/platform/strayed.ts',
    "import { stray } from 'stray'; export const c = stray;",
  ],
  [
    'an import of nothing',
    'every-import-resolves',
    'src/platform/lost.ts',
    "import { gone } from './gone.ts'; export const c = gone;",
  ],
  [
    'a folder that is no room',
    'every-file-has-a-room',
    'src/main/main.ts',
    "import { box } from '../attic/box.ts'; export const main = box;",
  ],
  [
    'anyone who imports the wiring',
    'nobody-imports-the-wiring',
    'src/platform/odd.ts',
    "import { main } from '../main/main.ts'; export const c = main;",
  ],
];

/** The output of the check for these files, and its exit code. */
async function checked(
  files: Readonly<Record<string, string>>,
): Promise<{ text: string; code: number }> {
  const house = await mkdtemp(join(tmpdir(), 'rentcheck-doors-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true });
    await writeFile(join(house, path), text);
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [checker, house], (error, stdout, stderr) => {
      resolve({ text: stdout + stderr, code: error === null ? 0 : 1 });
    });
  });
}

describe('the doors between rooms', () => {
  it('allow what the floor plan allows', async () => {
    expect(await checked(SOUND)).toEqual({
      text: '6 modules, 0 forbidden imports\n',
      code: 0,
    });
  });

  describe('with each violated once', () => {
    let found: { text: string; code: number };
    beforeAll(async () => {
      const odd = FORCED.map(([, , path, text]) => [path, text]);
      found = await checked({ ...SOUND, ...BESIDE, ...Object.fromEntries(odd) });
    });

    it.each(FORCED)('stop %s', (_, rule, path) => {
      expect(found.code).toBe(1);
      const lines = found.text.split('\n').filter((line) => line.startsWith(`${rule}: `));
      expect(lines.filter((line) => line.includes(path))).not.toEqual([]);
    });
  });
});

describe('the table of rooms', () => {
  it('names only rooms that it has, and no room twice for one door', () => {
    for (const { mayImport, mayImportTypesOf = [] } of Object.values(ROOMS)) {
      const doors = [...mayImport, ...mayImportTypesOf];
      for (const room of doors) expect(ROOMS).toHaveProperty(room);
      expect(new Set(doors).size).toBe(doors.length);
    }
  });

  it('gives each library one home', () => {
    const libraries = HOMES.flatMap((home) => home.libraries);
    expect(new Set(libraries).size).toBe(libraries.length);
  });
});
