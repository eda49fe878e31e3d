/** Opens a file for import: its bytes in order, and the rows in them. */

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

/** Bytes that were read, and the rows that they completed. */
export interface Stretch {
  readonly bytes: readonly Uint8Array[];
  /** Bytes that are stored instead of the original ones, if less is stored. */
  readonly kept?: readonly Uint8Array[];
  readonly rows: readonly (Row | BrokenLine)[];
}

export interface Passage {
  readonly kind: FactKind<ImportName>;
  readonly told: Pick<RowReader, 'ignoredColumns' | 'warnings'>;
  /** The whole file. It can be read only once. */
  readonly stretches: AsyncGenerator<Stretch>;
}

/** A file, and what it is read as. */
export interface ImportedFile extends Frame {
  readonly kind: ImportForm;
  /** The file's bytes in order, in pieces of any size. */
  readonly stream: AsyncIterable<Uint8Array>;
  /**
   * The name of the file in messages. `.jsonl` and `.ndjson` are JSON lines whatever their
   * beginning.
   */
  readonly file: string;
  /** The tool that wrote a file of hours. If absent, it is recognized. */
  readonly format?: OpsFormat;
  /** Finds the deployment of an incident. If absent, its hours belong to the whole stack. */
  readonly deploymentOf?: DeploymentOf;
  /** The rows of a FOCUS bill that are used. If absent, all are used. */
  readonly take?: readonly FocusRule[];
  /** Set for a file of charges with custom columns. */
  readonly mapping?: ImportMapping;
  /** The deployments of an access log's requests, and the meaning of its fields. */
  readonly log?: LogWish;
}

/**
 * Opens a file. Its beginning distinguishes CSV, JSON and Parquet, and the tools of hours files.
 * @throws {Failure} `usage` for a file in another format.
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
  const start = { file: unpackedName(file), head };
  if (kind === 'requests') {
    const log = textPassage(logForm(request.log ?? NO_LOG, start), whole, file);
    return { ...log, stretches: keptLines(log.stretches) };
  }
  if (kind === 'exchangeRates') return textPassage(ratesForm(start, request), whole, file);
  if (request.mapping !== undefined) {
    return textPassage(mappedForm(request.mapping, start), whole, file);
  }
  return textPassage(ownForm(kind, start), whole, file);
}

/** A bill file. */
interface BillFile extends Pick<ImportedFile, 'stream' | 'file'> {
  /** Whether to return the bytes of Parquet files. Otherwise only their rows are read from disk. */
  readonly keepsBytes: boolean;
}

/**
 * Opens a FOCUS bill.
 * @throws {Failure} `usage` for a file in another format.
 */
export async function billPassage(
  bill: FactKind<'charges'>,
  { stream, file, keepsBytes }: BillFile,
): Promise<Passage> {
  const { head, whole } = await peek(unpacked(stream, file), tellsForm);
  if (isParquet(head)) return parquetPassage(bill, { stream: whole, file, keepsBytes });
  return textPassage(formOf(bill, { file: unpackedName(file), head }), whole, file);
}

const NO_LOG: LogWish = { targets: [] };

/** Replaces log lines by their records, since lines may contain prompts. */
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

/** Opens Parquet. Its columns are described at its end, so the file is saved to disk first. */
async function parquetPassage(
  kind: FactKind<ImportName>,
  { stream, file, keepsBytes }: BillFile,
): Promise<Passage> {
  const spool = await spooled(stream);
  try {
    const parquet = await openParquet(spool, kind.columns, file);
    const columns = { ignoredColumns: () => [] };
    const bytes = keepsBytes ? bytesOf(spool) : [[]];
    return { kind, told: columns, stretches: parquetStretches(spool, bytes, parquet.stretches()) };
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

/** The bytes come first, so that a file without rows has blocks too. */
async function* parquetStretches(
  spool: Spool,
  bytesOfFile: AsyncIterable<Stretch['bytes']> | Iterable<Stretch['bytes']>,
  stretches: AsyncGenerator<readonly Row[]>,
): AsyncGenerator<Stretch> {
  try {
    for await (const bytes of bytesOfFile) yield { bytes, rows: [] };
    for await (const rows of stretches) yield { bytes: [], rows };
  } finally {
    await spool.close();
  }
}
