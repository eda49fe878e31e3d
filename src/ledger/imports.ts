/** The interface for imports: how files come in, what they change, how they are undone. */

import type { FailureCode } from '../domain/failure.ts';
import type { Fetched, Reject } from '../domain/provenance.ts';
import type { PullWarning } from '../domain/pullWarning.ts';

/** How many facts a write added, restated (a new version) or knew already. */
export interface AppendOutcome {
  /** The fetch of the write, to which all its facts refer. */
  readonly fetchRef: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  /** All rejects: those that came with the facts, and those in `refused`. */
  readonly rejected: number;
  /** Notes for people, e.g. that an empty response withdrew nothing. */
  readonly warnings?: readonly PullWarning[];
  /** The rows that the ledger rejected because they contradict what it has. */
  readonly refused: readonly Reject[];
  /** Why nothing was stored: the response would have withdrawn too much without confirmation. */
  readonly failure?: { readonly code: FailureCode; readonly message: string };
  /** Why charges are among the rejects. They are stored once an exchange rate is known. */
  readonly lacking?: { readonly code: FailureCode; readonly message: string };
}

export interface AppendOptions {
  /** True if a person has confirmed all withdrawals. */
  readonly confirmWithdrawal?: boolean;
}

/** What a part of a file changed. */
export interface PartOutcome extends AppendOutcome {
  /** The first restated facts. */
  readonly restatements: readonly Restatement[];
  /** The sums of all restated charges before and after. Missing without restated charges. */
  readonly restatedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  /** Charges and hours that were known before, by their fetch. */
  readonly known: readonly RepeatedRows[];
}

/** A fetch as messages name it. */
export interface FetchName {
  readonly fetchRef: number;
  readonly sourceId: string;
  /** E.g. `import.charges` or `runpod.billing.pods`. */
  readonly kind: string;
  /** `file:july.csv` for an import. */
  readonly url: string;
  readonly startedAtMs: number;
}

/** A fact with a new value. */
export interface Restatement {
  /** The line of the file. */
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
  /** Identifies the fact by the columns of the file: `{ id: '1', resource_id: 'pod-7', … }`. */
  readonly name: Readonly<Record<string, string>>;
  /** Changed values by the columns of the file. Null is unknown or withdrawn. */
  readonly changes: readonly FieldChange[];
  /** Where the old value came from. */
  readonly earlier: FetchName & { readonly position: number };
}

export interface FieldChange {
  readonly column: string;
  /** As in a file: `30000.00`. */
  readonly was: string | null;
  readonly now: string | null;
}

export interface RepeatedRows {
  readonly earlier: FetchName;
  readonly rows: number;
  /** The billed cost of the rows, 0 for hours. */
  readonly nanoUsd: bigint;
  /** The worked time of the rows, 0 for charges. */
  readonly workedMs: number;
}

/** The result of a whole file. */
export interface ImportOutcome extends PartOutcome {
  /** An earlier import of the same bytes, if this one changed nothing. */
  readonly sameAs?: FetchName;
}

/**
 * The import of a long file. Its batches share one fetch. No data is lost if the process dies in
 * between.
 */
export interface ImportSession {
  /** Adds raw bytes of the file in order. They are stored compressed, chunk by chunk. */
  appendRaw(chunk: Uint8Array): Promise<void>;
  /**
   * Stores a batch. A charge with a known id restates it if resource and period are equal; usage,
   * if the interval is equal. Any other row that overlaps a known one is rejected.
   */
  append(facts: Omit<Fetched, 'fetch'>): Promise<PartOutcome>;
  /** Closes the fetch with its digest. Until then it counts as unfinished. */
  finish(end: { digest: string; endedAtMs: number }): Promise<ImportOutcome>;
  /** Ends a failed import: its facts do not count, and its fetch is marked. */
  abort(): Promise<void>;
}

/** An import that was interrupted: its process died or gave up. */
export interface InterruptedImport {
  readonly fetchRef: number;
  readonly file: string;
  /** The number of stored rows. */
  readonly rows: number;
}

/** The identity of an import, known before its data. */
export interface ImportStart {
  readonly sourceId: string;
  readonly kind: string;
  readonly url: string;
  readonly startedAtMs: number;
}

/** The result of an undo. `nothing` and `already` changed nothing. */
export type UndoOutcome = Undone | UndoneAlready | NothingToUndo;

export interface Undone {
  readonly kind: 'undone';
  /** The fetch of the undo. Undoing it restores the facts. */
  readonly undoRef: number;
  readonly undone: FetchName;
  /** The import whose facts changed: `undone`, or the import that an undone undo had removed. */
  readonly file: FetchName;
  /** Whether the facts of `file` count again. */
  readonly isRevived: boolean;
  /** Facts that no other fetch has: withdrawn. */
  readonly withdrawn: number;
  /** Facts that have their earlier value again. */
  readonly restored: number;
  /** Facts that stay because another fetch has them too. */
  readonly kept: number;
  /** Those other fetches, newest first. */
  readonly keptBy: readonly FetchName[];
  /** The first changed facts. */
  readonly changes: readonly Restatement[];
  readonly changedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  /** Imports of the same source with rows rejected since, perhaps because of this import. */
  readonly refusedSince: readonly FetchName[];
  /** Imports from before repeats were recorded. They may contain some of the facts too. */
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
  /** The first import of the same bytes, if that is the reason. */
  readonly sameAs?: FetchName;
}

export interface Imports {
  /** Unfinished imports without a living process. Changes nothing. */
  interruptedImports(): Promise<readonly InterruptedImport[]>;
  /** Closes them: withdraws their facts and marks their fetches as interrupted. */
  closeInterruptedImports(): Promise<readonly InterruptedImport[]>;
  beginImport(start: ImportStart): Promise<ImportSession>;
  /**
   * Undoes an import or an undo in one transaction. Every fact then has the value of the remaining
   * fetches. Nothing is deleted: reads as of an earlier time are unchanged.
   * @throws {Failure} `usage` if the fetch does not exist or is not an import, `refused` if
   * restored facts collide with newer ones.
   */
  undoImport(fetchRef: number, nowMs: number): Promise<UndoOutcome>;
}
