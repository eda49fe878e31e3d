/** A file on its way in: its bytes in order, and the rows that they hold. */

import type { FocusRule } from '../../domain/focus.ts';
import type { ImportMapping } from '../../domain/importMapping.ts';
import type { RowReader } from './csvReader.ts';
import type { DeploymentOf } from './exports/incident.ts';
import { isEnough, type OpsFormat, recognize } from './exports/recognize.ts';
import type { FactKind, Frame, ImportForm, ImportName } from './factKind.ts';
import {
  type Form,
  formOf,
  logForm,
  mappedForm,
  opsForm,
  ownForm,
  ratesForm,
  tellsForm,
} from './form.ts';
import { focusKind } from './kinds/focus.ts';
import type { LogWish } from './kinds/requests.ts';
import { LogRow } from './logRecords.ts';
import { isParquet, openParquet } from './parquetRows.ts';
import { peek } from './peek.ts';
import type { BrokenLine, Row } from './row.ts';
import { refuseForeign } from './sniff.ts';
import { type Spool, spooled } from './spool.ts';
import { unpacked, unpackedName } from './unpack.ts';

/** Bytes that were read, and the rows that became complete with them. */
export interface Stretch {
  readonly bytes: readonly Uint8Array[];
  /** What is kept in place of them, where that is less. */
  readonly kept?: readonly Uint8Array[];
  readonly rows: readonly (Row | BrokenLine)[];
}

export interface Passage {
  readonly kind: FactKind<ImportName>;
  readonly told: Pick<RowReader, 'ignoredColumns' | 'warnings'>;
  /** All of the file; to be walked once. */
  readonly stretches: AsyncGenerator<Stretch>;
}

/** A file, and what it is to be read as. */
export interface ImportedFile extends Frame {
  readonly kind: ImportForm;
  /** The file's bytes in order, in pieces of any size. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** How messages call the file; `.jsonl` and `.ndjson` are JSON lines however they begin. */
  readonly file: string;
  /** Which tool wrote a file of hours; unless told, it is recognized. */
  readonly format?: OpsFormat;
  /** Whose hours an incident's are; unless told, the whole stack's. */
  readonly deploymentOf?: DeploymentOf;
  /** Which rows of a bill in FOCUS are wanted; unless told, all. */
  readonly take?: readonly FocusRule[];
  /** Set where a file of charges has columns of its own. */
  readonly mapping?: ImportMapping;
  /** Whose the requests of an access log are, and what its fields mean. */
  readonly log?: LogWish;
}

/**
 * The beginning tells CSV, JSON and Parquet apart, and of a file of hours which tool wrote it.
 * @throws {Failure} `usage` for a file that is none of them.
 */
export async function passageOf(request: ImportedFile): Promise<Passage> {
  const { kind, file, take, deploymentOf = () => undefined } = request;
  if (kind === 'focus') {
    return billPassage(focusKind(take), { stream: request.stream, file, keepsBytes: true });
  }
  const stream = unpacked(request.stream, file);
  if (kind === 'ops') {
    const { head, whole } = await peek(stream, isEnough);
    const format = request.format ?? recognize(head);
    return textPassage(opsForm(format, { file, head, deploymentOf }), whole, file);
  }
  const { head, whole } = await peek(stream, tellsForm);
  const begun = { file: unpackedName(file), head };
  if (kind === 'requests') {
    const log = textPassage(logForm(request.log ?? NO_LOG, begun), whole, file);
    return { ...log, stretches: keptLines(log.stretches) };
  }
  if (kind === 'exchangeRates') return textPassage(ratesForm(begun, request), whole, file);
  if (request.mapping !== undefined) {
    return textPassage(mappedForm(request.mapping, begun), whole, file);
  }
  return textPassage(ownForm(kind, begun), whole, file);
}

/** A bill, and what of it is wanted. */
interface BilledFile extends Pick<ImportedFile, 'stream' | 'file'> {
  /** Are the bytes of Parquet told too? Unless so, only its rows are read from the disk. */
  readonly keepsBytes: boolean;
}

/**
 * A bill in FOCUS.
 * @throws {Failure} `usage` for a file that is none.
 */
export async function billPassage(
  bill: FactKind<'charges'>,
  { stream, file, keepsBytes }: BilledFile,
): Promise<Passage> {
  const { head, whole } = await peek(unpacked(stream, file), tellsForm);
  if (isParquet(head)) return parquetPassage(bill, { stream: whole, file, keepsBytes });
  return textPassage(formOf(bill, { file: unpackedName(file), head }), whole, file);
}

const NO_LOG: LogWish = { targets: [] };

/** Of a log no line is kept as it came: what people said may stand in it. */
async function* keptLines(stretches: Passage['stretches']): Passage['stretches'] {
  for await (const stretch of stretches) {
    const lines = stretch.rows.map((row) => {
      const read = row instanceof LogRow ? `,"read":${row.kept()}` : '';
      return `{"line":${row.line}${read}}\n`;
    });
    yield { ...stretch, kept: [Buffer.from(lines.join(''))] };
  }
}

function textPassage(
  { kind, reader }: Form,
  whole: AsyncIterable<Uint8Array>,
  file: string,
): Passage {
  return { kind, told: reader, stretches: textStretches(reader, whole, file) };
}

async function* textStretches(
  reader: RowReader,
  whole: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Stretch> {
  let isFirst = true;
  for await (const bytes of whole) {
    if (isFirst) refuseForeign(bytes, file);
    isFirst = false;
    yield { bytes: [bytes], rows: reader.push(bytes) };
  }
  if (!isFirst) yield { bytes: [], rows: reader.end() };
}

/** Its columns stand at its end: it is on the disk before the first row is read. */
async function parquetPassage(
  kind: FactKind<ImportName>,
  { stream, file, keepsBytes }: BilledFile,
): Promise<Passage> {
  const spool = await spooled(stream);
  try {
    const parquet = await openParquet(spool, kind.columns, file);
    const told = { ignoredColumns: () => [] };
    const bytes = keepsBytes ? bytesOf(spool) : [[]];
    return { kind, told, stretches: parquetStretches(spool, bytes, parquet.stretches()) };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

const CHUNK_BYTES = 256 * 1024;

async function* bytesOf(spool: Spool): AsyncGenerator<Stretch['bytes']> {
  for (let at = 0; at < spool.bytes; at += CHUNK_BYTES) {
    yield [await spool.read(at, at + CHUNK_BYTES)];
  }
}

/** The bytes come first: a file without rows has stretches too. */
async function* parquetStretches(
  spool: Spool,
  told: AsyncIterable<Stretch['bytes']> | Iterable<Stretch['bytes']>,
  stretches: AsyncGenerator<readonly Row[]>,
): AsyncGenerator<Stretch> {
  try {
    for await (const bytes of told) yield { bytes, rows: [] };
    for await (const rows of stretches) yield { bytes: [], rows };
  } finally {
    await spool.close();
  }
}
