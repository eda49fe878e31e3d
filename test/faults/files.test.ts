/** Puts every kind of import through every fault of a file: correct facts, or a named failure. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { importJob } from '../../src/jobs/importFile.ts';
import { IMPORT_KINDS } from '../../src/jobs/importKinds.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { readImportFile } from '../../src/sources/import/readImport.ts';
import {
  bareContext,
  type FactRows,
  findOversight,
  findWrongFacts,
  hasEffect,
  ledgerCopy,
  type PullReport,
  readFacts,
} from './runCell.ts';
import { type Fault, FAULTS } from './faultList.ts';
import { csvOf, FILE_WORLDS, type FileWorld, type FileRows } from './fileWorlds.ts';
import { WORLDS_PULLED_AT_MS } from './worlds.ts';

test('every kind of import is put through the faults', () => {
  const missing = IMPORT_KINDS.filter((kind) => !FILE_WORLDS.some((one) => one.kind === kind));
  expect(missing.map((kind) => `add ${kind} to FILE_WORLDS in test/faults/fileWorlds.ts`)).toEqual(
    [],
  );
});

/** A file exists or not: of the connection faults only these apply to it. */
const SOCKET_LIKE = ['nothing listens', 'status 200 with HTML'];

let folder = '';
let context: JobContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rentcheck-files-'));
  context = await bareContext(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function spoiled(fault: Fault, world: FileWorld): string | Buffer | undefined {
  const whole = csvOf(world.rows, world.rows);
  if (fault.name === 'nothing listens') return undefined;
  if (fault.at === 'socket') return '<!DOCTYPE html><html><body>Just a moment...</body></html>';
  if (fault.at === 'bytes') return fault.edit(Buffer.from(whole));
  const value = fault.edit({ rows: structuredClone(world.rows) }, world.page);
  const { rows } = (value ?? {}) as { rows?: FileRows };
  // A changed value that is not a list of rows is written as JSON, which a file may be too.
  return rows === undefined ? JSON.stringify(value) : csvOf(rows, world.rows);
}

async function office() {
  const clock = settableClock(WORLDS_PULLED_AT_MS);
  const ledger = await openLedger(await ledgerCopy(folder, 'import'), { clock });
  const usage = { source: 'import', engine: 'vllm', match: { model: 'llama-*' } };
  const deployments = [{ id: 'chat', usage }];
  const own: JobContext = {
    ...context,
    config: { ...context.config, deployments } as unknown as JobContext['config'],
    ledger,
    clock,
    readImport: (request) => readImportFile(request, folder),
  };
  let files = 0;
  const take = async (
    kind: FileWorld['kind'],
    text: string | Buffer | undefined,
  ): Promise<PullReport> => {
    files += 1;
    const path = join(folder, `${kind}-${files}-${Math.random()}.csv`);
    if (text !== undefined) await writeFile(path, text);
    try {
      const answer = await importJob.run(own, { kind, path, source: 'import', format: 'auto' });
      if (answer.kind !== 'done') return { failures: [{ message: answer.reason }], rejected: 0 };
      return { failures: [], rejected: answer.result.rejected };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { failures: [{ message: `${error.message}; ${error.hint}` }], rejected: 0 };
    }
  };
  return { ledger, take };
}

describe.each(FILE_WORLDS)('$kind', (world: FileWorld) => {
  let clean: FactRows;
  beforeAll(async () => {
    const { ledger, take } = await office();
    await take(world.kind, csvOf(world.rows, world.rows));
    clean = await readFacts(ledger);
    await ledger.close();
  });

  test('gives facts from a valid file', () => {
    expect(clean.size).toBe(world.rows.length * (world.factsOfRow ?? 1));
  });

  const faults = FAULTS.filter(
    ({ at, name, sparing }) =>
      (at !== 'socket' || SOCKET_LIKE.includes(name)) && sparing?.(world.page) === undefined,
  );
  test.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s ends in correct facts, or in a named failure and no wrong fact',
    async (name: string, fault: Fault) => {
      const { ledger, take } = await office();
      const text = spoiled(fault, world);
      const first = await take(world.kind, text);
      const firstFacts = await readFacts(ledger);
      await take(world.kind, csvOf(world.rows, world.rows));
      const healed = await readFacts(ledger);
      const second = await take(world.kind, text);
      const secondFacts = await readFacts(ledger);
      await ledger.close();
      const ending = {
        results: [first, second],
        facts: [firstFacts, secondFacts],
        healed,
        isDamaged: String(text) !== csvOf(world.rows, world.rows),
      } as const;
      const healthy = { failures: [], rejected: 0 };
      const { page } = world;
      const pulls = { results: [healthy, healthy], facts: [clean, clean] } as const;
      expect(findOversight(fault, page, hasEffect(fault, ending, pulls))).toEqual([]);
      const lies = findWrongFacts(ending, [clean, clean]);
      const isBlind = world.page.blind?.[name] !== undefined;
      expect(isBlind ? lies.length > 0 : lies).toEqual(isBlind ? true : []);
    },
  );
});
