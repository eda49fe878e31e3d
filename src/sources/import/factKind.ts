/** Defines the kinds of import: their columns, and how one row becomes one fact. */

import type { Charge } from '../../domain/charge.ts';
import type { ExchangeRate, ForeignCharge } from '../../domain/currency.ts';
import type { FocusLine } from '../../domain/focus.ts';
import type { InvoiceLine } from '../../domain/invoice.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import type { GpuRate, HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { LoggedRequest } from '../../domain/requestLog.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import type { ImportColumns } from './columns.ts';
import type { FileRow } from './row.ts';

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
