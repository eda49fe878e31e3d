/** Reads the files of one bill, as one: rows that are alike in two of them are two charges. */

import { createReadStream } from 'node:fs';
import type { Charge } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import { FOCUS_COLUMNS, type FocusRule } from '../../domain/focus.ts';
import { DAY_MS, instantText, parseInstant, type Period } from '../../domain/period.ts';
import type { Fetch, Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import type { FactKind, ImportedFacts } from '../import/factKind.ts';
import { FactReader } from '../import/factReader.ts';
import { focusKind } from '../import/kinds/focus.ts';
import { billPassage, type Passage } from '../import/passage.ts';
import { byCurrency } from '../import/readImport.ts';
import { BadRow, type BrokenLine, excerptText, isBroken, type Row } from '../import/row.ts';

/** A file on the disk, and the fetch that brought it. */
export interface BillFile {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
  readonly fetch: Fetch;
}

export interface BillFrame {
  readonly sourceId: string;
  readonly nowMs: number;
  readonly take: readonly FocusRule[] | undefined;
  /** `focus/2026-07/`: charges of one period have keys of their own. */
  readonly keyPrefix: string;
  /** The billed period, where it is known. */
  readonly window: Period | undefined;
}

/** Some rows of one file, and what is kept of them. */
export interface BillBatch {
  readonly file: BillFile;
  readonly facts: ReturnType<typeof byCurrency>;
  readonly rejects: readonly Reject[];
  /** JSON lines: of each row the columns that are read. Positions are lines in it, from 0. */
  readonly body: Uint8Array;
}

const BATCH_ROWS = 5_000;

/** The batches of all files in their order; `said` sums up what was taken, once they are read. */
export async function* billBatches(
  files: readonly BillFile[],
  frame: BillFrame,
  said: (sentences: readonly string[]) => void,
): AsyncGenerator<BillBatch> {
  const kind = kindOf(frame);
  const judge = new FactReader(kind, frame);
  try {
    for (const file of files) {
      const gathering = new Gathering(file, judge);
      const { stretches } = await rowsOf(kind, file);
      for await (const { rows } of stretches) yield* gathering.take(rows);
      yield gathering.batch();
    }
    said(kind.notes?.() ?? []);
  } finally {
    judge.close();
  }
}

type NamedFile = Pick<BillFile, 'path' | 'name'>;

function rowsOf(kind: FactKind<'charges'>, { path, name }: NamedFile): Promise<Passage> {
  return billPassage(kind, { stream: createReadStream(path), file: name, keepsBytes: false });
}

function kindOf({ take, keyPrefix, window }: BillFrame): FactKind<'charges'> {
  const kind = focusKind(take);
  return {
    ...kind,
    read(row, frame) {
      const read = kind.read(row, frame);
      if (read !== undefined) requireNear(row, read.fact, window);
      return read;
    },
    identified: (fact, key) => ({ ...fact, key: `${keyPrefix}${key}` }),
  };
}

/** Usage is billed late by some weeks; what a correction or a purchase is of may be any time. */
const LATE_MS = 62 * DAY_MS;

/** The month of a bill ends by the clock of the provider, which may be behind UTC: Google's is. */
const ZONE_MS = DAY_MS / 2;

function requireNear(
  row: Row,
  { period }: Pick<Charge, 'period'>,
  window: Period | undefined,
): void {
  if (window === undefined || row.cell('ChargeCategory').toLowerCase() !== 'usage') return;
  if (row.cell('ChargeClass').toLowerCase() === 'correction') return;
  if (period.startMs < window.endMs + ZONE_MS && period.endMs > window.startMs - LATE_MS) return;
  const [start, end] = [window.startMs, window.endMs].map(instantText);
  throw new BadRow(
    `the bill for ${start} to ${end} has usage from ${instantText(period.startMs)}; ` +
      'expected usage inside that period, or a row marked as a correction; ask the provider',
  );
}

class Gathering {
  readonly #file: BillFile;
  readonly #judge: FactReader<'charges'>;
  #charges: Located<ImportedFacts['charges']>[] = [];
  #rejects: Reject[] = [];
  #kept: string[] = [];

  constructor(file: BillFile, judge: FactReader<'charges'>) {
    this.#file = file;
    this.#judge = judge;
  }

  *take(rows: readonly (Row | BrokenLine)[]): Generator<BillBatch> {
    for (const row of rows) {
      const judged = this.#judge.read(row);
      if (judged === undefined) continue;
      const position = this.#kept.length;
      const kept = keptLine(row);
      this.#kept.push(kept);
      if ('fact' in judged) this.#charges.push({ position, fact: judged.fact.fact });
      else {
        const reason = `${this.#file.name}, line ${row.line}: ${judged.reject.reason}`;
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

/** Only columns that are read: others may hold anything. */
function keptLine(row: Row | BrokenLine): string {
  if (isBroken(row)) return '{}';
  const told = FOCUS_COLUMNS.flatMap((column) => {
    const text = row.cell(column);
    return text === '' ? [] : [[column, text] as const];
  });
  return JSON.stringify(Object.fromEntries(told));
}

/** When the charges of a file begin; more moments than a bill of a month has are not told apart. */
export interface Span {
  readonly moments: ReadonlySet<number>;
}

const MOST_MOMENTS = 100_000;

/**
 * Reads a file to its end, so that nothing of it is stored unless all of it can be read.
 * @throws {Failure} `malformed` for one that is no bill, or not whole.
 */
export async function spanOf(file: NamedFile): Promise<Span> {
  const moments = new Set<number>();
  let isEmpty = true;
  try {
    const { stretches } = await rowsOf(focusKind(), file);
    for await (const { rows } of stretches) {
      isEmpty = false;
      for (const row of rows) {
        const atMs = isBroken(row) ? undefined : parseInstant(row.cell('ChargePeriodStart'));
        if (atMs !== undefined && moments.size < MOST_MOMENTS) moments.add(atMs);
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
