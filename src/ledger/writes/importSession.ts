/** Knows how a long file is taken in: batch by batch, each one kept for good before the next. */

import { invariant } from '../../domain/invariant.ts';
import type { Clock } from '../../platform/clock.ts';
import type { AppendOutcome, ImportSession, ImportStart } from '../ledger.ts';
import type { FactWriter } from './append.ts';

export interface ImportTools {
  readonly writer: FactWriter;
  readonly clock: Clock;
  /** Runs one step as one transaction. */
  readonly atomically: <T>(work: () => T) => T;
}

/** Opens the file's fetch; it counts as unfinished until `finish`. */
export function beginImport(
  { writer, clock, atomically }: ImportTools,
  start: ImportStart,
): ImportSession {
  const { fetches } = writer;
  const ref = atomically(() => fetches.begin({ ...start, recordedAtMs: clock.nowMs() }));
  let total: AppendOutcome = { ...NOTHING, fetchRef: ref.fetchRef };
  let open = true;
  return {
    async appendRaw(chunk) {
      invariant(open, 'an import that is finished takes no more bytes');
      atomically(() => fetches.appendRaw(ref.bodyRef, chunk));
    },
    async append(facts) {
      invariant(open, 'an import that is finished takes no more facts');
      invariant(facts.completeFor === undefined, 'a part of a file never claims to be complete');
      const origin = { fetchRef: ref.fetchRef, recordedAtMs: clock.nowMs() };
      const outcome = atomically(() => writer.appendPart(facts, origin));
      total = sumOf(total, outcome);
      return outcome;
    },
    async finish(end) {
      invariant(open, 'an import is finished once');
      atomically(() => {
        fetches.finish(ref, end);
        writer.close(ref.fetchRef);
      });
      open = false;
      return total;
    },
  };
}

const NOTHING = { added: 0, restated: 0, unchanged: 0, rejected: 0, warnings: [] } as const;

function sumOf(a: AppendOutcome, b: AppendOutcome): AppendOutcome {
  return {
    fetchRef: a.fetchRef,
    added: a.added + b.added,
    restated: a.restated + b.restated,
    unchanged: a.unchanged + b.unchanged,
    rejected: a.rejected + b.rejected,
    warnings: [...(a.warnings ?? []), ...(b.warnings ?? [])],
  };
}
