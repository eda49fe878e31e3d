/** After any imports and undos, the facts are those of the imports that remain. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { JULY_1, scratchFolder } from '../ledger/ledgerFixture.ts';
import {
  type FileFacts,
  factsOfFile,
  importHistories,
  readableFacts,
  importFacts,
  viewRows,
} from './importUndo.ts';

interface Undo {
  readonly ref: number;
  readonly of: readonly number[];
}

/** True for imports undone by an undo that is not undone itself; by definition, and slowly. */
function isUndone(ref: number, undos: readonly Undo[]): boolean {
  return undos.some((undo) => undo.of.includes(ref) && !isUndone(undo.ref, undos));
}

const byNumber = (a: number, b: number) => a - b;

type Life = typeof importHistories extends fc.Arbitrary<infer L> ? L : never;

/** Runs the steps in one ledger, and checks the law after each. */
async function live({ files, steps }: Life, folder: string, id: number) {
  const clock = settableClock(JULY_1);
  const open = (name: string) => openLedger(`${folder}/${id}-${name}.db`, { clock });
  const ledger = await open('lived');
  const taken: { ref: number; digest: string; accepted: FileFacts; sameAs?: number }[] = [];
  const undos: Undo[] = [];
  const seen: { atMs: number; facts: string }[] = [];
  for (const step of steps) {
    clock.set(clock.nowMs() + 1);
    if ('take' in step) {
      const at = step.take % files.length;
      const facts = factsOfFile(files[at] as (typeof files)[number]);
      const { fetchRef: ref, accepted, sameAs } = await importFacts(ledger, facts, `file-${at}`);
      const same = sameAs === undefined ? {} : { sameAs: sameAs.fetchRef };
      taken.push({ ref, digest: `file-${at}`, accepted, ...same });
    } else {
      const refs = [...taken.map(({ ref }) => ref), ...undos.map(({ ref }) => ref)].sort(byNumber);
      const ref = refs[step.undo % Math.max(1, refs.length)];
      if (ref !== undefined) await undo(ref);
    }
    seen.push({ atMs: clock.nowMs(), facts: await readableFacts(ledger, clock.nowMs()) });
  }
  const result = {
    facts: await readableFacts(ledger, clock.nowMs()),
    views: await viewRows(ledger),
  };
  for (const { atMs, facts } of seen) expect(await readableFacts(ledger, atMs)).toBe(facts);
  await ledger.close();

  const again = await open('replayed');
  let refused = 0;
  for (const { ref, digest, accepted } of taken) {
    clock.set(clock.nowMs() + 1);
    if (isUndone(ref, undos)) continue;
    refused += (await importFacts(again, accepted, digest)).rejected;
  }
  expect(refused).toBe(0);
  expect(result).toEqual({
    facts: await readableFacts(again, clock.nowMs()),
    views: await viewRows(again),
  });
  await again.close();

  async function undo(ref: number): Promise<void> {
    const before = await readableFacts(ledger, clock.nowMs());
    try {
      const outcome = await ledger.facts.undoImport(ref, clock.nowMs());
      const repeats = taken.filter(({ sameAs }) => sameAs === ref).map((one) => one.ref);
      if (outcome.kind === 'undone') undos.push({ ref: outcome.undoRef, of: [ref, ...repeats] });
      else expect(await readableFacts(ledger, clock.nowMs())).toBe(before);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      expect(error.code).toBe('refused');
      expect(await readableFacts(ledger, clock.nowMs())).toBe(before);
    }
  }
}

describe('imports and undos in any order', () => {
  it('leave the facts of the other imports, and change nothing of the past', async () => {
    const folder = await scratchFolder();
    let lived = 0;
    await fc.assert(
      fc.asyncProperty(importHistories, async (life) => {
        lived += 1;
        await live(life, folder, lived);
      }),
      { numRuns: 25 },
    );
    expect(lived).toBeGreaterThan(0);
  });
});
