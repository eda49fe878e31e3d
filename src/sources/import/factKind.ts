/** What every import promises: its columns, and how one row becomes one fact. */

import type { Charge } from '../../domain/charge.ts';
import type { ExchangeRate, ForeignCharge } from '../../domain/currency.ts';
import type { FocusLine } from '../../domain/focus.ts';
import type { InvoiceLine } from '../../domain/invoice.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import type { GpuRate, HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { LoggedRequest } from '../../domain/requestLog.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import type { Columns } from './columns.ts';
import type { Row } from './row.ts';

/** The facts that files bring, under their names in `Fetched`. */
export interface ImportedFacts {
  /** In US dollars, or as billed in another currency. */
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

/** Kinds that read a file by themselves; a log needs to know whose its requests are. */
export type OwnName = Exclude<ImportName, 'requests'>;

/** What a file may be read as: facts in our own columns, or a bill in FOCUS, which has charges. */
export type ImportForm = ImportName | 'focus';

/** A fact as its row tells it, before its identity within the file is settled. */
export interface ReadRow<Fact> {
  readonly fact: Fact;
  /**
   * What a later row may not contradict: two rows of one key that say different things cannot both
   * be true. Absent for rows without identity, of which two alike are two facts.
   */
  readonly key?: string;
  /** All that the row says, for telling a repeated row from a contradicting one. */
  readonly says: string;
}

/** What a row is read with, beside its cells. */
export interface Frame {
  /** Facts belong to this source. */
  readonly sourceId: string;
  /** The clock's word: what begins more than a day later is a slip. */
  readonly nowMs: number;
}

export interface FactKind<Name extends ImportName> {
  readonly name: Name;
  readonly columns: Columns;
  /** Does the row only add to the one above it? */
  readonly continues?: (row: Row) => boolean;
  /**
   * Reads a row and those below that add to it. Throws `BadRow`; `undefined` for a good row that is
   * not wanted.
   */
  read(row: Row, frame: Frame, further?: readonly Row[]): ReadRow<ImportedFacts[Name]> | undefined;
  /** Gives a fact without identity one: the k-th row that says the same has its own. */
  identified?(fact: ImportedFacts[Name], key: string): ImportedFacts[Name];
  /** What the file had and what of it was wanted, once it is read. */
  survey?(): readonly FocusLine[];
  /** Facts that no one row tells, once all are read. */
  rest?(): readonly Located<ImportedFacts[Name]>[];
  /** Parts of the usage that `rest` tells. */
  parts?(): readonly Located<UsagePart>[];
  /** What a person should hear of a fact that is kept. */
  doubts?(fact: ImportedFacts[Name]): readonly string[];
  /** What is to be said of the file, once it is read. */
  notes?(): readonly string[];
}
