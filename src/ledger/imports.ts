/** What the ledger promises of files: how they come in, what they change, how they are undone. */

import type { FailureCode } from '../domain/failure.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { Reject } from '../domain/reject.ts';

/** How many facts a write found new, restated (a new version) or already known. */
export interface AppendOutcome {
  /** The fetch's row; every fact that was written leads to it. */
  readonly fetchRef: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  /** All rejects: those that came with the facts, and those in `refused`. */
  readonly rejected: number;
  /** What a person should know of the write, e.g. that an empty response withdrew nothing. */
  readonly warnings?: readonly string[];
  /** The rows that the ledger itself refused, because of what it holds. */
  readonly refused: readonly Reject[];
  /** Why nothing of the answer was stored: it would have withdrawn too much unasked. */
  readonly failure?: { readonly code: FailureCode; readonly message: string };
  /** Why charges of the answer are among the rejects that will come once a rate is known. */
  readonly lacking?: { readonly code: FailureCode; readonly message: string };
}

export interface AppendOptions {
  /** True where a person has confirmed whatever the answer withdraws. */
  readonly confirmWithdrawal?: boolean;
}

/** What a part of a file changed. */
export interface PartOutcome extends AppendOutcome {
  /** The first of the facts that were restated. */
  readonly restatements: readonly Restatement[];
  /** What all restated charges were and are; absent where none was. */
  readonly restatedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  /** Charges and hours that were known before, by the fetch that told them. */
  readonly known: readonly Known[];
}

/** A fetch as messages name it. */
export interface FetchName {
  readonly fetchRef: number;
  readonly sourceId: string;
  /** `import.charges`, `runpod.billing.pods`. */
  readonly kind: string;
  /** `file:july.csv` for an import. */
  readonly url: string;
  readonly startedAtMs: number;
}

/** One fact that has another value than before. */
export interface Restatement {
  /** The file's line. */
  readonly position: number;
  readonly fact:
    | 'charge'
    | 'usage'
    | 'usage-part'
    | 'latency'
    | 'gpu-activity'
    | 'requests'
    | 'hosted-usage'
    | 'price'
    | 'rate'
    | 'ops'
    | 'invoice'
    | 'exchange-rate';
  /** What names the fact, by the file's columns: `{ id: '1', resource_id: 'pod-7', … }`. */
  readonly name: Readonly<Record<string, string>>;
  /** Its amounts and what else changed, by the file's columns; null is unknown or withdrawn. */
  readonly changes: readonly Change[];
  /** Where the old value came from. */
  readonly earlier: FetchName & { readonly position: number };
}

export interface Change {
  readonly column: string;
  /** As a file would write it: `30000.00`. */
  readonly was: string | null;
  readonly now: string | null;
}

export interface Known {
  readonly earlier: FetchName;
  readonly rows: number;
  /** What the rows were billed; 0 for hours. */
  readonly nanoUsd: bigint;
  /** What the rows worked; 0 for charges. */
  readonly workedMs: number;
}

/** What a whole file came to. */
export interface ImportOutcome extends PartOutcome {
  /** The import that brought the same bytes before, where this one changed nothing. */
  readonly sameAs?: FetchName;
}

/**
 * A long file on its way in: batches share one fetch. Nothing is lost if the process dies in
 * between.
 */
export interface ImportSession {
  /** Raw bytes of the file in order; kept compressed, chunk by chunk. */
  appendRaw(chunk: Uint8Array): Promise<void>;
  /**
   * Stores a batch. A charge under a known id restates it where resource and period are the same,
   * usage where the interval is the same; any other row that meets a known one is refused.
   */
  append(facts: Omit<Fetched, 'fetch'>): Promise<PartOutcome>;
  /** Closes the fetch with its digest; until then it counts as unfinished. */
  finish(end: { digest: string; endedAtMs: number }): Promise<ImportOutcome>;
  /** Ends an import that cannot go on: nothing of it counts, and its fetch says so. */
  giveUp(): Promise<void>;
}

/** An import that was cut off: its process died, or gave it up. */
export interface CutImport {
  readonly fetchRef: number;
  readonly file: string;
  /** How many rows had come in. */
  readonly rows: number;
}

/** Identity of an import, before its answer is there. */
export interface ImportStart {
  readonly sourceId: string;
  readonly kind: string;
  readonly url: string;
  readonly startedAtMs: number;
}

/** What taking an import back came to; `nothing` and `already` left everything as it was. */
export type UndoOutcome = Undone | UndoneAlready | NothingToUndo;

export interface Undone {
  readonly kind: 'undone';
  /** The undo's own fetch; undoing that one brings the facts back. */
  readonly undoRef: number;
  readonly undone: FetchName;
  /** The import whose facts changed: `undone`, or what an undone undo had taken back. */
  readonly file: FetchName;
  /** Whether the facts of `file` count again. */
  readonly isRevived: boolean;
  /** Facts that nothing else tells: withdrawn. */
  readonly withdrawn: number;
  /** Facts that are again what they were before. */
  readonly restored: number;
  /** Facts that stay, because a later answer, or another one too, tells them. */
  readonly kept: number;
  /** Those other answers, the newest first. */
  readonly keptBy: readonly FetchName[];
  /** The first of the facts that changed. */
  readonly changes: readonly Restatement[];
  readonly changedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  /** Imports of the same source whose rows were refused since, perhaps because of this one. */
  readonly refusedSince: readonly FetchName[];
  /** Imports from before repeats were remembered: they may have told some of the facts, too. */
  readonly unsureOf: readonly FetchName[];
}

interface UndoneAlready {
  readonly kind: 'already';
  readonly undone: FetchName;
  readonly by: FetchName;
}

interface NothingToUndo {
  readonly kind: 'nothing';
  readonly undone: FetchName;
  /** The import that brought the same bytes first, where that is why. */
  readonly sameAs?: FetchName;
}

export interface Imports {
  /** Imports that have not ended though no living process holds them; changes nothing. */
  cutImports(): Promise<readonly CutImport[]>;
  /** Closes them: what they brought is taken back, and their fetches say that they were cut off. */
  closeCutImports(): Promise<readonly CutImport[]>;
  beginImport(start: ImportStart): Promise<ImportSession>;
  /**
   * Takes an import back, or an undo: every fact is then what the answers that are not undone say.
   * Nothing is erased: as of a time before, all reads as it did. One transaction.
   * @throws {Failure} `usage` for a fetch that is not there or is no import, `refused` where facts
   * that would come back collide with what came since.
   */
  undoImport(fetchRef: number, nowMs: number): Promise<UndoOutcome>;
}
