/** Reads the files of one bill together, so equal rows in two files count as two charges. */

import { createReadStream } from 'node:fs';
import type { Charge } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import { FOCUS_COLUMNS, type FocusRule } from '../../domain/focus.ts';
import { DAY_MS, instantText, parseInstant, type Period } from '../../domain/period.ts';
import type { Fetch, Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { type FactKind, FactReader, type ImportedFacts } from '../import/factKind.ts';
import { focusChargesKind } from '../import/kinds/focus.ts';
import { openBill, type OpenedImport } from '../import/openImport.ts';
import { byCurrency } from '../import/readImport.ts';
import {
  type BrokenLine,
  excerptText,
  type FileRow,
  isBroken,
  RowFault,
} from '../import/columns.ts';

/** A file on disk, and the fetch that saved it. */
export interface BillFile {
  readonly path: string;
  /** The name in messages. */
  readonly name: string;
  readonly fetch: Fetch;
}

export interface BillReadOptions {
  readonly sourceId: string;
  readonly nowMs: number;
  readonly take: readonly FocusRule[] | undefined;
  /** For example `focus/2026-07/`. Charges of each period have their own keys. */
  readonly keyPrefix: string;
  /** The billed period, if known. */
  readonly window: Period | undefined;
}

/** Some rows of one file, with the part of them that is stored. */
export interface BillBatch {
  readonly file: BillFile;
  readonly facts: ReturnType<typeof byCurrency>;
  readonly rejects: readonly Reject[];
  /**
   * JSON lines with the columns that are read, one per row. Positions are line numbers in it, from
   * 0.
   */
  readonly body: Uint8Array;
}

const BATCH_ROWS = 5_000;

/**
 * The batches of all files in order. After the last file, `onNotes` gets a summary of the rows.
 */
export async function* readBillBatches(
  files: readonly BillFile[],
  frame: BillReadOptions,
  onNotes: (notes: readonly PullWarning[]) => void,
): AsyncGenerator<BillBatch> {
  const kind = billKind(frame);
  const reader = new FactReader(kind, frame);
  try {
    for (const file of files) {
      const batching = new BatchBuilder(file, reader);
      const { blocks } = await rowsOf(kind, file);
      for await (const { rows } of blocks) yield* batching.take(rows);
      yield batching.batch();
    }
    onNotes(kind.notes?.() ?? []);
  } finally {
    reader.close();
  }
}

type NamedFile = Pick<BillFile, 'path' | 'name'>;

function rowsOf(kind: FactKind<'charges'>, { path, name }: NamedFile): Promise<OpenedImport> {
  return openBill(kind, { stream: createReadStream(path), file: name, keepsBytes: false });
}

function billKind({ take, keyPrefix, window }: BillReadOptions): FactKind<'charges'> {
  const kind = focusChargesKind(take);
  return {
    ...kind,
    read(row, frame) {
      const read = kind.read(row, frame);
      if (read !== undefined) requireInPeriod(row, read.fact, window);
      return read;
    },
    identified: (fact, key) => ({ ...fact, key: `${keyPrefix}${key}` }),
  };
}

/** Usage may be billed some weeks late. Corrections and purchases may be of any time. */
const LATE_MS = 62 * DAY_MS;

/**
 * A provider's billing month ends in its own time zone, which may be behind UTC, as Google's is.
 */
const ZONE_MS = DAY_MS / 2;

function requireInPeriod(
  row: FileRow,
  { period }: Pick<Charge, 'period'>,
  window: Period | undefined,
): void {
  if (window === undefined || row.cell('ChargeCategory').toLowerCase() !== 'usage') return;
  if (row.cell('ChargeClass').toLowerCase() === 'correction') return;
  if (period.startMs < window.endMs + ZONE_MS && period.endMs > window.startMs - LATE_MS) return;
  const [start, end] = [window.startMs, window.endMs].map(instantText);
  throw new RowFault(
    `the bill for ${start} to ${end} has usage from ${instantText(period.startMs)}; ` +
      'expected usage inside that period, or a row marked as a correction; ask the provider',
  );
}

class BatchBuilder {
  readonly #file: BillFile;
  readonly #reader: FactReader<'charges'>;
  #charges: Located<ImportedFacts['charges']>[] = [];
  #rejects: Reject[] = [];
  #kept: string[] = [];

  constructor(file: BillFile, reader: FactReader<'charges'>) {
    this.#file = file;
    this.#reader = reader;
  }

  *take(rows: readonly (FileRow | BrokenLine)[]): Generator<BillBatch> {
    for (const row of rows) {
      const result = this.#reader.read(row);
      if (result === undefined) continue;
      const position = this.#kept.length;
      const kept = keptLine(row);
      this.#kept.push(kept);
      if ('fact' in result) this.#charges.push({ position, fact: result.fact.fact });
      else {
        const reason = `${this.#file.name}, line ${row.line}: ${result.reject.reason}`;
        this.#rejects.push({ position, reason, excerpt: excerptText(kept) });
      }
      if (this.#kept.length >= BATCH_ROWS) yield this.batch();
    }
  }

  batch(): BillBatch {
    const [charges, rejects, kept] = [this.#charges, this.#rejects, this.#kept];
    this.#charges = [];
    this.#rejects = [];
    this.#kept = [];
    const text = kept.map((line) => `${line}\n`).join('');
    const body = new TextEncoder().encode(text);
    return { file: this.#file, facts: byCurrency(charges), rejects, body };
  }
}

/** Only the columns that are read are stored, since others may contain anything. */
function keptLine(row: FileRow | BrokenLine): string {
  if (isBroken(row)) return '{}';
  const cells = FOCUS_COLUMNS.flatMap((column) => {
    const text = row.cell(column);
    return text === '' ? [] : [[column, text] as const];
  });
  return JSON.stringify(Object.fromEntries(cells));
}

/**
 * The start times of a file's charges. Times beyond the limit, which no monthly bill reaches, are
 * dropped.
 */
export interface FileHours {
  readonly moments: ReadonlySet<number>;
}

const MAX_MOMENTS = 100_000;

/**
 * Reads a file to its end, so that none of it is stored unless all of it can be read.
 * @throws {Failure} `malformed` for a file that is not a bill, or not complete.
 */
export async function readFileHours(file: NamedFile): Promise<FileHours> {
  const moments = new Set<number>();
  let isEmpty = true;
  try {
    const { blocks } = await rowsOf(focusChargesKind(), file);
    for await (const { rows } of blocks) {
      isEmpty = false;
      for (const row of rows) {
        const atMs = isBroken(row) ? undefined : parseInstant(row.cell('ChargePeriodStart'));
        if (atMs !== undefined && moments.size < MAX_MOMENTS) moments.add(atMs);
      }
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, where, expected, hint } = error;
    throw new Failure(error.code === 'usage' ? 'malformed' : error.code, message, {
      ...(where === undefined ? {} : { where }),
      ...(expected === undefined ? {} : { expected }),
      hint,
      cause: error,
    });
  }
  if (!isEmpty) return { moments };
  throw new Failure('malformed', `${file.name} is empty`, {
    where: file.name,
    hint: 'it may be incomplete; known charges are kept, and the next pull reads it',
  });
}
