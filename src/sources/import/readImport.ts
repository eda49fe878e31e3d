/** Reads a file of any length into batches of facts and bytes. */

import type { Charge } from '../../domain/charge.ts';
import type { ForeignCharge } from '../../domain/currency.ts';
import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import type { FocusLine } from '../../domain/focus.ts';
import type { Fetched, Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import {
  type FactKind,
  FactReader,
  type ImportedFacts,
  type ImportName,
  type ReadContext,
} from './factKind.ts';
import { type FileBlock, type ImportedFile, type OpenedImport, openImport } from './openImport.ts';
import { type BrokenLine, type FileRow, isBroken } from './columns.ts';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';

export type ImportRequest = ImportedFile;

/** A part of the file. A batch has at most {@link BATCH_ROWS} facts and rejects in total. */
export interface ImportBatch {
  /**
   * Bytes that were read since the last batch, in order. Together, all batches contain the file.
   * For an access log, they contain only the fields that are read.
   */
  readonly raw: readonly Uint8Array[];
  readonly facts: Omit<Fetched, 'fetch'>;
  /** Rows so far: facts, rejects and repeated rows. */
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex SHA-256 of the whole file. Only on the last batch. */
  readonly digest?: string;
  /** The services of a FOCUS bill. Only on the last batch. */
  readonly survey?: readonly FocusLine[];
}

export const BATCH_ROWS = 5_000;

/**
 * Reads a file as facts of one kind. Invalid rows become rejects. The first batch comes after the
 * header was checked, so a refused file stores nothing. The same file always gives the same facts
 * and keys.
 * @throws {Failure} `usage` for an unsuitable file: empty, packed, with another separator, or with
 *   missing columns.
 */
export async function* readImport(request: ImportRequest): AsyncGenerator<ImportBatch> {
  const passage = await openImport(request);
  const batching = new BatchBuilder(passage, request);
  try {
    for await (const stretch of passage.blocks) yield* batching.push(stretch);
    if (batching.bytes === 0) throw emptyFile(request.file);
    yield* batching.end();
  } finally {
    batching.close();
  }
}

function emptyFile(file: string): Failure {
  return new Failure('usage', `${file} is empty`, {
    where: file,
    expected: 'a header row and rows',
    hint: 'check how the file was written',
  });
}

/** Once this many bytes are waiting for their facts, they are passed on without them. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The most warnings about single facts. Further ones are only counted. */
const MAX_DOUBTS = 10;

class BatchBuilder {
  bytes = 0;
  readonly #hash = createHash('sha256');
  readonly #kind: FactKind<ImportName>;
  readonly #source: OpenedImport['reader'];
  readonly #reader: FactReader<ImportName>;
  #raw: Uint8Array[] = [];
  #rawBytes = 0;
  #facts: Located<ImportedFacts[ImportName]>[] = [];
  #rejects: Reject[] = [];
  #rows = 0;
  #doubtful = 0;
  readonly #doubts: PullWarning[] = [];
  /** The last row, to which the following rows may add. */
  #open: { readonly row: FileRow; readonly further: FileRow[] } | undefined;

  constructor({ kind, reader }: OpenedImport, frame: ReadContext) {
    this.#kind = kind;
    this.#source = reader;
    this.#reader = new FactReader(kind, frame);
  }

  *push({ bytes, kept = bytes, rows }: FileBlock): Generator<ImportBatch> {
    for (const piece of bytes) {
      this.bytes += piece.byteLength;
      this.#hash.update(piece);
    }
    for (const piece of kept) {
      this.#rawBytes += piece.byteLength;
      this.#raw.push(piece);
    }
    yield* this.#take(rows);
    if (this.#rawBytes >= MAX_WAITING_BYTES) yield this.#batch();
  }

  *end(): Generator<ImportBatch> {
    this.#closeRow();
    const rest = this.#kind.rest?.() ?? [];
    for (let from = 0; from < rest.length; from += BATCH_ROWS) {
      if (from > 0) yield this.#batch();
      for (const fact of rest.slice(from, from + BATCH_ROWS)) this.#facts.push(fact);
    }
    // Parts are stored after the usage that they are parts of.
    const parts = this.#kind.parts?.() ?? [];
    for (let from = 0; from < parts.length; from += BATCH_ROWS) {
      const batch = this.#batch();
      const usageParts = parts.slice(from, from + BATCH_ROWS);
      yield { ...batch, facts: { ...batch.facts, usageParts } };
    }
    const survey = this.#kind.survey?.();
    yield {
      ...this.#batch(this.#warnings()),
      digest: this.#hash.digest('hex'),
      ...(survey === undefined ? {} : { survey }),
    };
  }

  close(): void {
    this.#reader.close();
  }

  *#take(rows: FileBlock['rows']): Generator<ImportBatch> {
    for (const row of rows) {
      this.#rows += 1;
      this.#takeRow(row);
      if (this.#facts.length + this.#rejects.length >= BATCH_ROWS) yield this.#batch();
    }
  }

  #takeRow(row: FileRow | BrokenLine): void {
    const { continues } = this.#kind;
    if (continues === undefined) return this.#readRow(row);
    if (!isBroken(row) && this.#open !== undefined && continues(row)) {
      this.#open.further.push(row);
      return;
    }
    this.#closeRow();
    if (isBroken(row)) this.#readRow(row);
    else this.#open = { row, further: [] };
  }

  #closeRow(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#readRow(open.row, open.further);
  }

  #readRow(row: FileRow | BrokenLine, further?: readonly FileRow[]): void {
    const result = this.#reader.read(row, further);
    if (result !== undefined && 'fact' in result) {
      this.#facts.push(result.fact);
      for (const doubt of this.#kind.warningsAbout?.(result.fact.fact) ?? []) {
        this.#doubtful += 1;
        if (this.#doubts.length < MAX_DOUBTS) this.#doubts.push(doubt);
      }
    }
    if (result !== undefined && 'reject' in result) this.#rejects.push(result.reject);
  }

  #batch(warnings?: readonly PullWarning[]): ImportBatch {
    const facts: Omit<Fetched, 'fetch'> = {
      ...(this.#kind.name === 'charges'
        ? byCurrency(this.#facts as Located<ImportedFacts['charges']>[])
        : { [this.#kind.name]: this.#facts }),
      ...(this.#rejects.length === 0 ? {} : { rejects: this.#rejects }),
      ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
    };
    const batch = { raw: this.#raw, facts, rows: this.#rows, bytes: this.bytes };
    this.#raw = [];
    this.#rawBytes = 0;
    this.#facts = [];
    this.#rejects = [];
    return batch;
  }

  #warnings(): PullWarning[] {
    const columns = this.#source.ignoredColumns();
    const { repeated } = this.#reader;
    return [
      ...(columns.length === 0 ? [] : [{ code: 'columns-unknown', columns } as const]),
      ...(this.#source.warnings?.() ?? []),
      ...(this.#kind.notes?.() ?? []),
      ...this.#doubts,
      ...(this.#doubtful > MAX_DOUBTS
        ? [{ code: 'more-prices-in-doubt', prices: this.#doubtful - MAX_DOUBTS } as const]
        : []),
      ...(repeated === 0 ? [] : [{ code: 'rows-repeated', rows: repeated } as const]),
    ];
  }
}

/** Separates charges in US dollars from those in other currencies, which the ledger converts. */
export function byCurrency(
  facts: readonly Located<ImportedFacts['charges']>[],
): Pick<Fetched, 'charges' | 'foreignCharges'> {
  const charges: Located<Charge>[] = [];
  const foreignCharges: Located<ForeignCharge>[] = [];
  for (const { position, fact } of facts) {
    if ('billed' in fact) charges.push({ position, fact });
    else foreignCharges.push({ position, fact });
  }
  return foreignCharges.length === 0 ? { charges } : { charges, foreignCharges };
}

/** Bytes per read, small compared with a batch. */
const CHUNK_BYTES = 64 * 1024;

/**
 * {@link readImport} for a path. A relative path starts at `folder`, and `-` is CSV on standard
 * input. Facts record the file as `file:NAME`.
 * @throws {Failure} `file-unreadable`, and what {@link readImport} throws.
 */
export function readImportFile(
  request: Omit<ImportRequest, 'stream' | 'file'> & { readonly path: string },
  folder = '.',
): AsyncGenerator<ImportBatch> {
  const { path, ...rest } = request;
  return readImport({ ...rest, file: basename(path), stream: readBytes(path, folder) });
}

async function* readBytes(path: string, folder: string): AsyncGenerator<Uint8Array> {
  const stream =
    path === '-'
      ? process.stdin
      : createReadStream(resolve(folder, path), { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('file-unreadable', `cannot read ${path}: ${REASONS[code] ?? code}`, {
      where: path,
      expected: 'a readable file',
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied for this user',
  EPERM: 'permission denied for this user',
  EISDIR: 'it is a folder',
};
