/** Undoes an import, and reports what happened to its facts. */

import { z } from 'zod';
import type { Undone, UndoOutcome } from '../ledger/imports.ts';
import {
  type EarlierFetch,
  toEarlierFetch,
  type RestatedLine,
  toRestatedLine,
  toUsdChange,
} from './importResult.ts';
import type { Job } from './job.ts';

const payload = z.strictObject({
  /** The number of an import, or of an undo. */
  fetch: z.int().positive(),
});

export type UndoResult = UndoneResult | NothingUndone;

export interface UndoneResult {
  readonly outcome: 'undone';
  /** The number of the undo; undoing it restores the facts. */
  readonly fetch: number;
  /** What was undone: an import, or an undo. */
  readonly undone: EarlierFetch;
  /** The import whose facts changed, and whether they count now. */
  readonly file: EarlierFetch;
  readonly counts: boolean;
  readonly withdrawn: number;
  readonly restored: number;
  readonly kept: number;
  readonly keptBy: readonly EarlierFetch[];
  readonly changes: readonly RestatedLine[];
  readonly changesNotListed: number;
  readonly changedUsd?: { readonly was: string; readonly now: string };
  /** Imports with rows that were rejected because of this one. */
  readonly refusedSince: readonly EarlierFetch[];
  /** Imports by an older version that may also have contained some of the facts. */
  readonly unsureOf: readonly EarlierFetch[];
}

export interface NothingUndone {
  /** `already`: it was undone before; `nothing`: it only repeated another import's bytes. */
  readonly outcome: 'already' | 'nothing';
  readonly undone: EarlierFetch;
  /** The undo that was made before. */
  readonly by?: EarlierFetch;
  readonly sameAs?: EarlierFetch;
}

/** `import.undo {fetch}`: append-only; reads as of an earlier time do not change. */
export const undoImportJob: Job<z.output<typeof payload>, UndoResult> = {
  name: 'import.undo',
  payload,
  async run({ clock, ledger }, { fetch }) {
    const result = undoResult(await ledger.facts.undoImport(fetch, clock.nowMs()));
    return { kind: 'done', result, shortfalls: [] };
  },
};

function undoResult(outcome: UndoOutcome): UndoResult {
  const undone = toEarlierFetch(outcome.undone);
  if (outcome.kind === 'already') {
    return { outcome: 'already', undone, by: toEarlierFetch(outcome.by) };
  }
  if (outcome.kind === 'nothing') {
    const { sameAs } = outcome;
    return {
      outcome: 'nothing',
      undone,
      ...(sameAs === undefined ? {} : { sameAs: toEarlierFetch(sameAs) }),
    };
  }
  return undoneResult(outcome, undone);
}

function undoneResult(outcome: Undone, undone: EarlierFetch): UndoneResult {
  const { undoRef, file, isRevived, withdrawn, restored, kept, changedCharges } = outcome;
  return {
    outcome: 'undone',
    fetch: undoRef,
    undone,
    file: toEarlierFetch(file),
    counts: isRevived,
    withdrawn,
    restored,
    kept,
    keptBy: outcome.keptBy.map(toEarlierFetch),
    changes: outcome.changes.map(toRestatedLine),
    changesNotListed: withdrawn + restored - outcome.changes.length,
    ...(changedCharges === undefined ? {} : { changedUsd: toUsdChange(changedCharges) }),
    refusedSince: outcome.refusedSince.map(toEarlierFetch),
    unsureOf: outcome.unsureOf.map(toEarlierFetch),
  };
}
