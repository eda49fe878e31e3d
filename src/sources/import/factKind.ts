/** Defines the kinds of import: their columns, and how one row becomes one fact. */

import type { Charge } from '../../domain/charge.ts';
import type { ExchangeRate, ForeignCharge } from '../../domain/currency.ts';
import type { FocusLine } from '../../domain/focus.ts';
import type { InvoiceLine } from '../../domain/invoice.ts';
import type { Located, OpsEntry, Reject } from '../../domain/provenance.ts';
import type { GpuRate, HostedPrice } from '../../domain/price.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { LoggedRequest, UsagePart } from '../../domain/usageFacts.ts';
import type { UsageRow } from '../../domain/usage.ts';
import {
  type BrokenLine,
  excerptText,
  type FileRow,
  type ImportColumns,
  isBroken,
  RowFault,
} from './columns.ts';
import { sha256Hex } from '../../platform/digest.ts';
import { SeenKeys } from './keyStore.ts';

/** The facts that files provide, by their names in `Fetched`. */
export interface ImportedFacts {
  /** In US dollars, or in another currency as billed. */
  readonly charges: Charge | ForeignCharge;
  readonly exchangeRates: ExchangeRate;
  readonly usage: UsageRow;
  readonly requests: LoggedRequest;
  readonly prices: HostedPrice;
  readonly rates: GpuRate;
  readonly ops: OpsEntry;
  readonly invoice: InvoiceLine;
}

export type ImportName = keyof ImportedFacts;

/** Kinds that need nothing but their file. An access log also needs its mapping to deployments. */
export type StandaloneImportName = Exclude<ImportName, 'requests'>;

/** What a file may be read as: facts in our own columns, or a FOCUS bill with charges. */
export type ImportForm = ImportName | 'focus';

/** The fact in a row, before duplicates within the file are resolved. */
export interface ReadRow<Fact> {
  readonly fact: Fact;
  /**
   * Identifies the fact. Two rows with one key but different values conflict. Absent for facts
   * without identity, for which two equal rows are two facts.
   */
  readonly key?: string;
  /** All values of the row, to tell a repeated row from a conflicting one. */
  readonly values: string;
}

/** The context in which rows are read. */
export interface ReadContext {
  /** The source that the facts belong to. */
  readonly sourceId: string;
  /** The current time. A row that starts more than a day later is an error. */
  readonly nowMs: number;
}

export interface FactKind<Name extends ImportName> {
  readonly name: Name;
  readonly columns: ImportColumns;
  /** Whether the row only adds to the row above it. */
  readonly continues?: (row: FileRow) => boolean;
  /**
   * Reads a row together with the following rows that add to it. Returns `undefined` for a valid
   * row that is not selected.
   * @throws {BadRow} for an invalid row.
   */
  read(
    row: FileRow,
    frame: ReadContext,
    further?: readonly FileRow[],
  ): ReadRow<ImportedFacts[Name]> | undefined;
  /** Adds a key to a fact without identity. Each repetition of a row gets its own key. */
  identified?(fact: ImportedFacts[Name], key: string): ImportedFacts[Name];
  /** The lines of the file and which of them were used, available once it has been read. */
  survey?(): readonly FocusLine[];
  /** Facts that depend on several rows, available once all have been read. */
  rest?(): readonly Located<ImportedFacts[Name]>[];
  /** Parts of the usage that `rest` returns. */
  parts?(): readonly Located<UsagePart>[];
  /** Warnings about a fact that is stored. */
  warningsAbout?(fact: ImportedFacts[Name]): readonly PullWarning[];
  /** Notes about the file, available once it has been read. */
  notes?(): readonly PullWarning[];
}

/** Reads the rows of one file in order. */
export class FactReader<Name extends ImportName> {
  /** The number of rows that repeat an earlier row exactly. They are left out. */
  repeated = 0;
  readonly #kind: FactKind<Name>;
  readonly #frame: ReadContext;
  readonly #seen = new SeenKeys();

  constructor(kind: FactKind<Name>, frame: ReadContext) {
    this.#kind = kind;
    this.#frame = frame;
  }

  /** Frees the stored keys. To be called after the last row. */
  close(): void {
    this.#seen.close();
  }

  /** The row's fact or its reject; `undefined` if it is not selected or repeats an earlier row. */
  read(
    row: FileRow | BrokenLine,
    further: readonly FileRow[] = [],
  ): { fact: Located<ImportedFacts[Name]> } | { reject: Reject } | undefined {
    if (isBroken(row)) {
      return {
        reject: { position: row.line, reason: row.problem, excerpt: excerptText(row.text) },
      };
    }
    try {
      const read = this.#kind.read(row, this.#frame, further);
      if (read === undefined) return undefined;
      const fact = this.#resolve(read, row.line);
      return fact === undefined ? undefined : { fact: { position: row.line, fact } };
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      return { reject: { position: row.line, reason: error.message, excerpt: row.excerpt() } };
    }
  }

  #resolve(read: ReadRow<ImportedFacts[Name]>, line: number): ImportedFacts[Name] | undefined {
    if (read.key === undefined) return this.#identify(read);
    const earlier = this.#seen.claim(read.key, read.values, line);
    if (earlier === undefined) return read.fact;
    if (!earlier.isSame) {
      throw new RowFault(
        `conflicts with line ${earlier.line}, which has the same key and other values; ` +
          'keep one of the two',
      );
    }
    this.repeated += 1;
    return undefined;
  }

  /**
   * Two equal rows are two facts. The second one's key ends in `#2`, in this import and in every
   * later one.
   */
  #identify(read: ReadRow<ImportedFacts[Name]>): ImportedFacts[Name] {
    const digest = sha256Hex(read.values).slice(0, 32);
    const times = this.#seen.count(`#${digest}`);
    const key = times === 1 ? digest : `${digest}#${times}`;
    return this.#kind.identified?.(read.fact, key) ?? read.fact;
  }
}
