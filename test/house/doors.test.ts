/** Knows that the doors really are closed: what is forbidden is planted, and must be found. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOMES, ROOMS } from './rooms.mjs';

const checker = fileURLToPath(new URL('doors.mjs', import.meta.url));
let house: string;

beforeEach(async () => {
  house = await mkdtemp(join(tmpdir(), 'rentcheck-doors-'));
  await plant(
    'package.json',
    '{"type":"module","dependencies":{"bullmq":"1"},"devDependencies":{"vitest":"1"}}',
  );
  await plant('tsconfig.json', '{}');
  await plant('node_modules/bullmq/package.json', '{"name":"bullmq","main":"index.js"}');
  await plant('node_modules/bullmq/index.js', 'export const Queue = 1;');
  await plant('node_modules/vitest/package.json', '{"name":"vitest","main":"index.js"}');
  await plant('node_modules/vitest/index.js', 'export const it = 1;');
  await plant('src/domain/money.ts', 'export type Money = bigint; export const zero = 0n;');
  await plant(
    'src/ledger/ledger.ts',
    'export interface Ledger { at: number } export const open = 1;',
  );
});

afterEach(() => rm(house, { recursive: true }));

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(house, path)), { recursive: true });
  await writeFile(join(house, path), text);
}

/** What the check prints about the planted house, and its exit code. */
function check(): Promise<{ text: string; code: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [checker, house], (error, stdout, stderr) => {
      resolve({ text: stdout + stderr, code: error === null ? 0 : 1 });
    });
  });
}

async function expectForced(rule: string): Promise<void> {
  const { text, code } = await check();
  expect(text).toContain(`${rule}: `);
  expect(code).toBe(1);
}

describe('the doors between rooms', () => {
  it('let through what the floor plan allows', async () => {
    await plant(
      'src/economics/cost.ts',
      "import { zero } from '../domain/money.ts'; export const cost = zero;",
    );
    await plant(
      'src/jobs/pull.ts',
      "import type { Ledger } from '../ledger/ledger.ts'; export type L = Ledger;",
    );
    await plant(
      'src/schedule/queue.ts',
      "import { Queue } from 'bullmq'; export const queue = Queue;",
    );
    expect(await check()).toEqual({ text: '6 modules, 0 closed doors forced\n', code: 0 });
  });

  it('stop a pure room that reaches for storage', async () => {
    await plant(
      'src/economics/cost.ts',
      "import { open } from '../ledger/ledger.ts'; export const cost = open;",
    );
    await expectForced('economics-has-no-door-there');
  });

  it('stop a forbidden import even of a type', async () => {
    await plant(
      'src/domain/odd.ts',
      "import type { Ledger } from '../ledger/ledger.ts'; export type L = Ledger;",
    );
    await expectForced('domain-has-no-door-there');
  });

  it('stop a job that imports an I/O room as a value', async () => {
    await plant(
      'src/jobs/pull.ts',
      "import { open } from '../ledger/ledger.ts'; export const pull = open;",
    );
    await expectForced('jobs-knows-only-types-of-ledger');
  });

  it('stop a pure room that asks Node or npm for anything', async () => {
    await plant(
      'src/verdict/odd.ts',
      "import { readFileSync } from 'node:fs'; export const read = readFileSync;",
    );
    await expectForced('verdict-does-no-io');
    await plant('src/verdict/odd.ts', "import { Queue } from 'bullmq'; export const read = Queue;");
    await expectForced('verdict-does-no-io');
  });

  it('stop a library outside its home', async () => {
    await plant('src/cli/odd.ts', "import { Queue } from 'bullmq'; export const queue = Queue;");
    await expectForced('bullmq-has-one-home');
  });

  it('see circles, even of types alone', async () => {
    await plant('src/domain/a.ts', "import type { B } from './b.ts'; export type A = B[];");
    await plant('src/domain/b.ts', "import type { A } from './a.ts'; export type B = A | 1;");
    await expectForced('no-circles');
  });

  it('keep providers apart', async () => {
    await plant('src/sources/runpod/wire.ts', 'export const wire = 1;');
    await plant(
      'src/sources/lambda/odd.ts',
      "import { wire } from '../runpod/wire.ts'; export const w = wire;",
    );
    await expectForced('providers-do-not-meet');
  });

  it('stop product code that leans on tests or on tools', async () => {
    await plant('test/clock.ts', 'export const clock = 1;');
    await plant(
      'src/platform/odd.ts',
      "import { clock } from '../../test/clock.ts'; export const c = clock;",
    );
    await expectForced('product-knows-no-tests');
    await plant('src/platform/odd.ts', "import { it } from 'vitest'; export const c = it;");
    await expectForced('product-runs-without-dev-dependencies');
  });

  it('stop packages that package.json does not name, and imports of nothing', async () => {
    await plant('node_modules/stray/package.json', '{"name":"stray","main":"index.js"}');
    await plant('node_modules/stray/index.js', 'export const stray = 1;');
    await plant('src/platform/odd.ts', "import { stray } from 'stray'; export const c = stray;");
    await expectForced('only-declared-packages');
    await plant('src/platform/odd.ts', "import { gone } from './gone.ts'; export const c = gone;");
    await expectForced('every-import-resolves');
  });

  it('stop a folder that is no room, and anyone who imports the wiring', async () => {
    await plant('src/attic/box.ts', 'export const box = 1;');
    await plant('src/main.ts', "import { box } from './attic/box.ts'; export const main = box;");
    await expectForced('every-file-has-a-room');
    await plant('src/platform/odd.ts', "import { main } from '../main.ts'; export const c = main;");
    await expectForced('nobody-imports-the-wiring');
  });
});

describe('the table of rooms', () => {
  it('names only rooms that exist in itself, and no room twice for one door', () => {
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
