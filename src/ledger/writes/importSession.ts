/** Imports a long file in batches. Each batch is committed before the next. */

import { Failure, invariant } from '../../domain/failure.ts';
import type {
  ImportOutcome,
  ImportSession,
  ImportStart,
  InterruptedImport,
  PartOutcome,
  RepeatedRows,
} from '../imports.ts';
import { readUndoneFetches } from '../reads/countingFetches.ts';
import { prepareQuery } from '../statement.ts';
import type { Store } from '../store.ts';
import type { FactWriter } from './append.ts';
import { findMissingLines } from './invoices.ts';
import {
  closeInterruptedImport,
  findInterruptedImports,
  holdImport,
} from './interruptedImports.ts';
import { MAX_LISTED } from './tally.ts';
import type { RepeatLog } from './repeatLog.ts';

export interface ImportTools {
  readonly store: Store;
  readonly writer: FactWriter;
  /** The time under which a step records. Call it inside the step's transaction. */
  readonly recordedAtMs: () => number;
  /** Runs one step as one transaction. */
  readonly atomically: <T>(work: () => T) => T;
}

/** Opens the fetch of the file. It counts as unfinished until `finish`. */
export function beginImport(tools: ImportTools, start: ImportStart): ImportSession {
  const { store, writer, recordedAtMs, atomically } = tools;
  const { fetches, repeats } = writer;
  const { ref, hold } = atomically(() => {
    const begun = fetches.begin({ ...start, recordedAtMs: recordedAtMs() });
    return { ref: begun, hold: holdImport(store, begun.fetchRef) };
  });
  const { fetchRef } = ref;
  let total: PartOutcome = { ...EMPTY_OUTCOME, fetchRef };
  let open = true;
  return {
    async appendRaw(chunk) {
      invariant(open, 'an import that is finished takes no more bytes');
      atomically(() => fetches.appendRaw(ref.bodyRef, chunk));
    },
    async append(facts) {
      invariant(open, 'an import that is finished takes no more facts');
      invariant(facts.completeFor === undefined, 'a part of a file never claims to be complete');
      const outcome = atomically(() => {
        requireNotUndone(store, fetchRef);
        const origin = { fetchRef, recordedAtMs: recordedAtMs(), byHand: true } as const;
        return writer.appendPart(facts, origin);
      });
      total = addOutcomes(total, outcome);
      return outcome;
    },
    async finish(end) {
      invariant(open, 'an import is finished once');
      const { sameAs, left } = atomically(() => {
        const origin = { fetchRef, recordedAtMs: recordedAtMs(), byHand: true } as const;
        total = addOutcomes(total, writer.appendSums(origin));
        fetches.finish(ref, end);
        fetches.end(fetchRef);
        const left = findMissingLines(store.db, repeats, fetchRef);
        return { sameAs: createRepeatDetector(store, repeats).close(fetchRef, total), left };
      });
      total = { ...total, warnings: [...(total.warnings ?? []), ...left] };
      open = false;
      hold.release();
      closeInterruptedImports(tools, fetchRef);
      return sameAs === undefined ? total : { ...total, sameAs: repeats.nameOf(sameAs) };
    },
    async abort() {
      open = false;
      hold.release();
      closeInterruptedImports(tools);
    },
  };
}

/** Each in its own transaction, because one may take long. */
export function closeInterruptedImports(
  { store, recordedAtMs, atomically }: ImportTools,
  after?: number,
): readonly InterruptedImport[] {
  const cut = findInterruptedImports(store);
  for (const one of cut) {
    const finished = after === undefined ? {} : { after };
    atomically(() => closeInterruptedImport(store, one, { atMs: recordedAtMs(), ...finished }));
  }
  return cut;
}

/** An import that was undone while it ran must not go on. */
function requireNotUndone({ db, path }: Store, fetchRef: number): void {
  if (!readUndoneFetches(db, Number.MAX_SAFE_INTEGER).has(fetchRef)) return;
  throw new Failure('refused', `fetch ${fetchRef} was undone while its file was being imported`, {
    where: path,
    hint: 'import the file again if it should count',
  });
}

const EMPTY_OUTCOME = {
  added: 0,
  restated: 0,
  unchanged: 0,
  rejected: 0,
  warnings: [],
  refused: [],
  restatements: [],
  known: [],
} as const;

function addOutcomes(a: PartOutcome, b: PartOutcome): ImportOutcome {
  const [was, now] = [a.restatedCharges, b.restatedCharges];
  return {
    fetchRef: a.fetchRef,
    added: a.added + b.added,
    restated: a.restated + b.restated,
    unchanged: a.unchanged + b.unchanged,
    rejected: a.rejected + b.rejected,
    warnings: [...(a.warnings ?? []), ...(b.warnings ?? [])],
    // Each batch has returned its own. A million rejected rows must not stay in memory.
    refused: [],
    restatements: [...a.restatements, ...b.restatements].slice(0, MAX_LISTED),
    known: mergeKnown([...a.known, ...b.known]),
    ...(was === undefined && now === undefined
      ? {}
      : {
          restatedCharges: {
            wasNanoUsd: (was?.wasNanoUsd ?? 0n) + (now?.wasNanoUsd ?? 0n),
            nowNanoUsd: (was?.nowNanoUsd ?? 0n) + (now?.nowNanoUsd ?? 0n),
          },
        }),
  };
}

function mergeKnown(all: readonly RepeatedRows[]): RepeatedRows[] {
  const byFetch = new Map<number, RepeatedRows>();
  for (const one of all) {
    const before = byFetch.get(one.earlier.fetchRef);
    byFetch.set(one.earlier.fetchRef, {
      earlier: one.earlier,
      rows: one.rows + (before?.rows ?? 0),
      nanoUsd: one.nanoUsd + (before?.nanoUsd ?? 0n),
      workedMs: one.workedMs + (before?.workedMs ?? 0),
    });
  }
  return [...byFetch.values()];
}

const EARLIER = `
SELECT e.fetch_ref
FROM fetch AS f JOIN fetch AS e
  ON e.source_id = f.source_id AND e.kind = f.kind AND e.digest = f.digest
WHERE f.fetch_ref = ? AND e.fetch_ref < f.fetch_ref AND e.finished = 1 AND e.same_as_ref IS NULL
ORDER BY e.fetch_ref DESC`;

interface Changed {
  readonly added: number;
  readonly restated: number;
}

/**
 * Ends an import. If it repeats earlier bytes and changed nothing, it is linked to the earlier
 * import. It is undone with that one, and only its fetch is stored.
 */
function createRepeatDetector({ db }: Store, repeats: RepeatLog) {
  const earlier = prepareQuery<number>(db, EARLIER).pluck();
  const link = db.prepare('UPDATE fetch SET same_as_ref = ? WHERE fetch_ref = ?');
  return {
    /** Returns the import that this one repeats. */
    close(fetchRef: number, { added, restated }: Changed): number | undefined {
      const undone = readUndoneFetches(db, Number.MAX_SAFE_INTEGER);
      const all = added + restated > 0 ? [] : earlier.all(fetchRef);
      const same = all.find((ref) => !undone.has(ref) && repeats.repeatsOnly(fetchRef, ref));
      if (same === undefined) {
        repeats.close(fetchRef);
        return undefined;
      }
      repeats.forget(fetchRef);
      link.run(same, fetchRef);
      return same;
    },
  };
}
