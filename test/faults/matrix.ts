/** Puts sources through every fault: correct facts, or a named failure and no wrong fact. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { printFigure, size } from '../support/size.ts';
import {
  bareContext,
  type CellStage,
  findOversight,
  findWrongFacts,
  hasEffect,
  openCell,
  readFacts,
  runCell,
} from './runCell.ts';
import { type Fault, FAULTS, type FaultPage } from './faultList.ts';
import { providerAt } from './faultServer.ts';
import type { FaultWorld } from './world.ts';
import { WORLDS_PULLED_AT_MS } from './worlds.ts';

/** A fault of a value changes one record of each answer; at full size also the first and last. */
function placed(page: FaultPage, { at }: Fault): FaultPage[] {
  const shares = at === 'value' ? size({ short: [0.5], full: [0, 0.5, 1] }) : [0.5];
  return shares.map((share) => ({ ...page, share }));
}

let cells = 0;

/** Everything that is wrong with what a source makes of one fault in one answer. */
async function findWrongs(
  stage: CellStage,
  { fault, page }: { readonly fault: Fault; readonly page: FaultPage },
  context: JobContext,
): Promise<string[]> {
  const { name } = fault;
  const spared = fault.sparing?.(page);
  if (spared !== undefined) {
    return spared === '' ? [`${page.name}: say why ${name} cannot befall it`] : [];
  }
  const wrong: string[] = [];
  for (const at of placed(page, fault)) {
    cells += 1;
    const ending = await runCell(stage, { fault, page: at }, context);
    const lies = findWrongFacts(ending, stage.clean.facts);
    if (page.blind?.[name] === undefined) wrong.push(...lies);
    // A known wrong result that has been fixed must be removed from the list.
    else if (lies.length === 0) wrong.push(`is not blind to ${name}`);
    // At either size there is a record in the middle.
    if (at.share === 0.5) {
      wrong.push(...findOversight(fault, page, hasEffect(fault, ending, stage.clean)));
    }
  }
  return wrong.map((one) => `${page.name}: ${one}`);
}

/** Declares the tests of these worlds; two test files share them to run on two cores. */
export function faultMatrix(worlds: readonly FaultWorld[]): void {
  let folder = '';
  let context: JobContext;
  beforeAll(async () => {
    cells = 0;
    folder = await mkdtemp(join(tmpdir(), 'rentcheck-faults-'));
    context = await bareContext(folder);
  });
  afterAll(async () => {
    printFigure('cells', cells);
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(worlds)('$kind', (world: FaultWorld) => {
    let emulator: Emulator;
    let stage: CellStage;
    beforeAll(async () => {
      emulator = await world.start();
      const provider = providerAt(emulator.url);
      const own = await openCell(world, folder, context);
      const first = await own.pull(emulator.url);
      const once = await readFacts(own.ledger);
      own.clock.set(WORLDS_PULLED_AT_MS + HOUR_MS);
      const second = await own.pull(emulator.url);
      const twice = await readFacts(own.ledger);
      await own.ledger.close();
      const clean = { results: [first, second], facts: [once, twice] } as const;
      stage = { world, provider, folder, clean };
    });
    afterAll(() => emulator.close());

    test('provides facts when healthy', () => {
      expect(stage.clean.facts[0].size).toBeGreaterThan(0);
    });

    test.concurrent.each(FAULTS.map((fault) => [fault.name, fault] as const))(
      '%s ends in correct facts, or in a named failure and no wrong fact',
      async (_name: string, fault: Fault) => {
        const wrong: string[] = [];
        for (const page of world.pages) {
          wrong.push(...(await findWrongs(stage, { fault, page }, context)));
        }
        expect(wrong).toEqual([]);
      },
    );
  });
}
