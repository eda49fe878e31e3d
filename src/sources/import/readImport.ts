/** How a file of any length becomes batches of facts, with its bytes beside them. */

import type { Charge } from '../../domain/charge.ts';
import { counted } from '../../domain/counted.ts';
import type { ForeignCharge } from '../../domain/currency.ts';
import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import type { FocusLine } from '../../domain/focus.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import type { FactKind, Frame, ImportedFacts, ImportName } from './factKind.ts';
import { FactReader } from './factReader.ts';
import { type ImportedFile, type Passage, passageOf, type Stretch } from './passage.ts';
import { type BrokenLine, isBroken, type Row } from './row.ts';

export type ImportRequest = ImportedFile;

/** A stretch of the file. Batches hold at most {@link BATCH_ROWS} facts and rejects together. */
export interface ImportBatch {
  /**
   * Bytes that were read since the last batch, in order. All batches' bytes together are the file;
   * of an access log they are what is read of its lines.
   */
  readonly raw: readonly Uint8Array[];
  readonly facts: Omit<Fetched, 'fetch'>;
  /** Rows so far: facts, rejects and repeated ones. */
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex SHA-256 of the whole file; on the last batch and only there. */
  readonly digest?: string;
  /** What a bill in FOCUS has, service by service; on the last batch and only there. */
  readonly survey?: readonly FocusLine[];
}

export const BATCH_ROWS = 5_000;

/**
 * Reads a file as facts of one kind. Bad rows are rejects; the first batch comes only when the
 * header has been found right, so that a refused file leaves no trace. The same file again gives
 * the same facts and keys.
 * @throws {Failure} `usage` for a file that is no such import: empty, packed, another separator,
 * columns missing.
 */
export async function* readImport(request: ImportRequest): AsyncGenerator<ImportBatch> {
  const passage = await passageOf(request);
  const gathering = new Gathering(passage, request);
  try {
    for await (const stretch of passage.stretches) yield* gathering.push(stretch);
    if (gathering.bytes === 0) throw emptyFile(request.file);
    yield* gathering.end();
  } finally {
    gathering.close();
  }
}

function emptyFile(file: string): Failure {
  return new Failure('usage', `${file} is empty`, {
    where: file,
    expected: 'a header row and rows',
    hint: 'check how the file was written',
  });
}

/** So many bytes wait for the facts that they hold; then they go ahead. */
const WAITING_BYTES = 4 * 1024 * 1024;

/** More are counted and not told one by one. */
const MOST_DOUBTS = 10;

class Gathering {
  bytes = 0;
  readonly #hash = createHash('sha256');
  readonly #kind: FactKind<ImportName>;
  readonly #told: Passage['told'];
  readonly #judge: FactReader<ImportName>;
  #raw: Uint8Array[] = [];
  #rawBytes = 0;
  #facts: Located<ImportedFacts[ImportName]>[] = [];
  #rejects: Reject[] = [];
  #rows = 0;
  #doubtful = 0;
  readonly #doubts: string[] = [];
  /** The row that was read last, which further ones may add to. */
  #open: { readonly row: Row; readonly further: Row[] } | undefined;

  constructor({ kind, told }: Passage, frame: Frame) {
    this.#kind = kind;
    this.#told = told;
    this.#judge = new FactReader(kind, frame);
  }

  *push({ bytes, kept = bytes, rows }: Stretch): Generator<ImportBatch> {
    for (const piece of bytes) {
      this.bytes += piece.byteLength;
      this.#hash.update(piece);
    }
    for (const piece of kept) {
      this.#rawBytes += piece.byteLength;
      this.#raw.push(piece);
    }
    yield* this.#take(rows);
    if (this.#rawBytes >= WAITING_BYTES) yield this.#batch();
  }

  *end(): Generator<ImportBatch> {
    this.#closeRow();
    const rest = this.#kind.rest?.() ?? [];
    for (let from = 0; from < rest.length; from += BATCH_ROWS) {
      if (from > 0) yield this.#batch();
      for (const fact of rest.slice(from, from + BATCH_ROWS)) this.#facts.push(fact);
    }
    // Parts come after all that they are parts of.
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
    this.#judge.close();
  }

  *#take(rows: Stretch['rows']): Generator<ImportBatch> {
    for (const row of rows) {
      this.#rows += 1;
      this.#takeRow(row);
      if (this.#facts.length + this.#rejects.length >= BATCH_ROWS) yield this.#batch();
    }
  }

  #takeRow(row: Row | BrokenLine): void {
    const { continues } = this.#kind;
    if (continues === undefined) return this.#settle(row);
    if (!isBroken(row) && this.#open !== undefined && continues(row)) {
      this.#open.further.push(row);
      return;
    }
    this.#closeRow();
    if (isBroken(row)) this.#settle(row);
    else this.#open = { row, further: [] };
  }

  #closeRow(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#settle(open.row, open.further);
  }

  #settle(row: Row | BrokenLine, further?: readonly Row[]): void {
    const judged = this.#judge.read(row, further);
    if (judged !== undefined && 'fact' in judged) {
      this.#facts.push(judged.fact);
      for (const doubt of this.#kind.doubts?.(judged.fact.fact) ?? []) {
        this.#doubtful += 1;
        if (this.#doubts.length < MOST_DOUBTS) this.#doubts.push(doubt);
      }
    }
    if (judged !== undefined && 'reject' in judged) this.#rejects.push(judged.reject);
  }

  #batch(warnings?: readonly string[]): ImportBatch {
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

  #warnings(): string[] {
    const ignored = this.#told.ignoredColumns();
    const { repeated } = this.#judge;
    return [
      ...(ignored.length === 0 ? [] : [`unknown columns were ignored: ${ignored.join(', ')}`]),
      ...(this.#told.warnings?.() ?? []),
      ...(this.#kind.notes?.() ?? []),
      ...this.#doubts,
      ...(this.#doubtful > MOST_DOUBTS
        ? [
            `${this.#doubtful - MOST_DOUBTS} more like it; list them with rentcheck prices ` +
              '--quarantined',
          ]
        : []),
      ...(repeated === 0 ? [] : [repeatedText(repeated)]),
    ];
  }
}

/** Those in US dollars, and those that the ledger adds them to. */
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

function repeatedText(repeated: number): string {
  const rows = counted(repeated, 'row');
  return `${rows} ${repeated === 1 ? 'repeats' : 'repeat'} an earlier row exactly`;
}
