/** Knows how a file of any length becomes batches of facts, with its bytes beside them. */

import { counted } from '../../domain/counted.ts';
import { createHash } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import type { FocusLine, FocusRule } from '../../domain/focus.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import type { RowReader } from './csvReader.ts';
import type { DeploymentOf } from './exports/incident.ts';
import { isEnough, type OpsFormat, recognize } from './exports/recognize.ts';
import type { FactKind, Frame, ImportedFacts, ImportForm, ImportName } from './factKind.ts';
import { FactReader } from './factReader.ts';
import { focusForm, type Form, opsForm, ownForm, tellsForm } from './form.ts';
import { peek } from './peek.ts';
import type { BrokenLine, Row } from './row.ts';
import { refuseForeign } from './sniff.ts';
import { unpacked, unpackedName } from './unpack.ts';

export interface ImportRequest {
  readonly kind: ImportForm;
  /** The file's bytes in order, in pieces of any size. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** Facts belong to this source. */
  readonly sourceId: string;
  /** Charges, usage and hours that begin more than a day later are rejected. */
  readonly nowMs: number;
  /** How messages call the file; `.jsonl` and `.ndjson` are JSON lines however they begin. */
  readonly file: string;
  /** Which tool wrote a file of hours; unless told, it is recognized. */
  readonly format?: OpsFormat;
  /** Whose hours an incident's are; unless told, the whole stack's. */
  readonly deploymentOf?: DeploymentOf;
  /** Which rows of a bill in FOCUS are wanted; unless told, all. */
  readonly take?: readonly FocusRule[];
}

/** A stretch of the file. Batches hold at most {@link BATCH_ROWS} facts and rejects together. */
export interface ImportBatch {
  /**
   * Bytes that were read since the last batch, in order. All batches' bytes together are the file.
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
  const hash = createHash('sha256');
  const { form, whole } = await formOf(request);
  const gathering = new Gathering(form, request);
  try {
    for await (const bytes of whole) {
      if (gathering.bytes === 0) refuseForeign(bytes, request.file);
      hash.update(bytes);
      yield* gathering.push(bytes);
    }
    if (gathering.bytes === 0) throw emptyFile(request.file);
    yield* gathering.end(hash.digest('hex'));
  } finally {
    gathering.close();
  }
}

/** The beginning tells JSON from CSV, and of a file of hours which tool wrote it. */
async function formOf(
  request: ImportRequest,
): Promise<{ form: Form; whole: AsyncIterable<Uint8Array> }> {
  const { kind, file, take, deploymentOf = () => undefined } = request;
  const stream = unpacked(request.stream, file);
  if (kind !== 'ops') {
    const { head, whole } = await peek(stream, tellsForm);
    const begun = { file: unpackedName(file), head };
    return { form: kind === 'focus' ? focusForm(take, begun) : ownForm(kind, begun), whole };
  }
  const { head, whole } = await peek(stream, isEnough);
  const format = request.format ?? recognize(head);
  return { form: opsForm(format, { file, head, deploymentOf }), whole };
}

function emptyFile(file: string): Failure {
  return new Failure('usage', `${file} is empty`, {
    where: file,
    expected: 'a header row and rows',
    hint: 'check how the file was written',
  });
}

class Gathering {
  bytes = 0;
  readonly #kind: FactKind<ImportName>;
  readonly #reader: RowReader;
  readonly #judge: FactReader<ImportName>;
  #raw: Uint8Array[] = [];
  #facts: Located<ImportedFacts[ImportName]>[] = [];
  #rejects: Reject[] = [];
  #rows = 0;

  constructor({ kind, reader }: Form, frame: Frame) {
    this.#kind = kind;
    this.#reader = reader;
    this.#judge = new FactReader(kind, frame);
  }

  *push(bytes: Uint8Array): Generator<ImportBatch> {
    this.bytes += bytes.byteLength;
    this.#raw.push(bytes);
    yield* this.#take(this.#reader.push(bytes));
  }

  *end(digest: string): Generator<ImportBatch> {
    yield* this.#take(this.#reader.end());
    const survey = this.#kind.survey?.();
    yield {
      ...this.#batch(this.#warnings()),
      digest,
      ...(survey === undefined ? {} : { survey }),
    };
  }

  close(): void {
    this.#judge.close();
  }

  *#take(rows: readonly (Row | BrokenLine)[]): Generator<ImportBatch> {
    for (const row of rows) {
      this.#rows += 1;
      const judged = this.#judge.read(row);
      if (judged !== undefined && 'fact' in judged) this.#facts.push(judged.fact);
      if (judged !== undefined && 'reject' in judged) this.#rejects.push(judged.reject);
      if (this.#facts.length + this.#rejects.length >= BATCH_ROWS) yield this.#batch();
    }
  }

  #batch(warnings?: readonly string[]): ImportBatch {
    const facts: Omit<Fetched, 'fetch'> = {
      [this.#kind.name]: this.#facts,
      ...(this.#rejects.length === 0 ? {} : { rejects: this.#rejects }),
      ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
    };
    const batch = { raw: this.#raw, facts, rows: this.#rows, bytes: this.bytes };
    this.#raw = [];
    this.#facts = [];
    this.#rejects = [];
    return batch;
  }

  #warnings(): string[] {
    const ignored = this.#reader.ignoredColumns();
    const { repeated } = this.#judge;
    return [
      ...(ignored.length === 0 ? [] : [`unknown columns were left out: ${ignored.join(', ')}`]),
      ...(this.#reader.warnings?.() ?? []),
      ...(this.#kind.notes?.() ?? []),
      ...(repeated === 0 ? [] : [repeatedText(repeated)]),
    ];
  }
}

function repeatedText(repeated: number): string {
  const rows = counted(repeated, 'row');
  return `${rows} ${repeated === 1 ? 'repeats' : 'repeat'} an earlier row word for word`;
}
