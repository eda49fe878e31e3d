/** Imports of a ledger that a law adds and undoes, in any order. */

import { Failure } from '../../src/domain/failure.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Clock } from '../../src/platform/clock.ts';

type Start = Omit<Parameters<Ledger['facts']['beginImport']>[0], 'startedAtMs'>;

/** Imports and undos are recorded, to be undone. */
export function fileImports(ledger: Ledger, clock: Clock) {
  const undoable: number[] = [];
  return {
    async takeIn(start: Start, facts: Omit<Fetched, 'fetch'>): Promise<void> {
      const session = await ledger.facts.beginImport({ ...start, startedAtMs: 1 });
      await session.append(facts);
      const { fetchRef } = await session.finish({ digest: `d${undoable.length}`, endedAtMs: 2 });
      undoable.push(fetchRef);
    },
    /** Undoes one of them, if there is any. One that may not be undone stays. */
    async undo(nth: number): Promise<void> {
      const ref = undoable[nth % undoable.length];
      if (ref === undefined) return;
      try {
        const outcome = await ledger.facts.undoImport(ref, clock.nowMs());
        if (outcome.kind === 'undone') undoable.push(outcome.undoRef);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'refused') throw error;
      }
    },
  };
}
