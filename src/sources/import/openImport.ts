/** Opens a file for import: its bytes in order, and the rows in them. */

import type { FocusRule } from '../../domain/focus.ts';
import type { ImportMapping } from '../../domain/fileMapping.ts';
import type { RowReader } from './csvReader.ts';
import type { DeploymentFinder } from './exports/incident.ts';
import { isRecognizable, type OpsFormat, recognizeOpsFormat } from './exports/tools.ts';
import type { FactKind, ReadContext, ImportForm, ImportName } from './factKind.ts';
import {
  type FileForm,
  textForm,
  logForm,
  mappedForm,
  opsForm,
  ownColumnsForm,
  ratesForm,
  isFormKnown,
} from './fileForm.ts';
import { focusChargesKind } from './kinds/focus.ts';
import type { LogImportOptions } from './kinds/requests.ts';
import { AccessLogRow } from './logRecords.ts';
import { isParquet, openParquet, type SpooledFile, spoolToDisk } from './parquetRows.ts';
import { decompressFile, readHead, refuseUnsupported, unpackedName } from './fileStart.ts';
import type { BrokenLine, FileRow } from './columns.ts';

/** Bytes that were read, and the rows that they completed. */
export interface FileBlock {
  readonly bytes: readonly Uint8Array[];
  /** Bytes that are stored instead of the original ones, if less is stored. */
  readonly kept?: readonly Uint8Array[];
  readonly rows: readonly (FileRow | BrokenLine)[];
}

export interface OpenedImport {
  readonly kind: FactKind<ImportName>;
  readonly reader: Pick<RowReader, 'ignoredColumns' | 'warnings'>;
  /** The whole file. It can be read only once. */
  readonly blocks: AsyncGenerator<FileBlock>;
}

/** A file, and what it is read as. */
export interface ImportedFile extends ReadContext {
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
  readonly deploymentOf?: DeploymentFinder;
  /** The rows of a FOCUS bill that are used. If absent, all are used. */
  readonly take?: readonly FocusRule[];
  /** Set for a file of charges with custom columns. */
  readonly mapping?: ImportMapping;
  /** The deployments of an access log's requests, and the meaning of its fields. */
  readonly log?: LogImportOptions;
}

/**
 * Opens a file. Its beginning distinguishes CSV, JSON and Parquet, and the tools of hours files.
 * @throws {Failure} `usage` for a file in another format.
 */
export async function openImport(request: ImportedFile): Promise<OpenedImport> {
  const { kind, file, take, deploymentOf = () => undefined } = request;
  if (kind === 'focus') {
    return openBill(focusChargesKind(take), { stream: request.stream, file, keepsBytes: true });
  }
  const stream = decompressFile(request.stream, file);
  if (kind === 'ops') {
    const { head, whole } = await readHead(stream, isRecognizable);
    const format = request.format ?? recognizeOpsFormat(head);
    return textPassage(opsForm(format, { file, head, deploymentOf }), whole, file);
  }
  const { head, whole } = await readHead(stream, isFormKnown);
  const start = { file: unpackedName(file), head };
  if (kind === 'requests') {
    const log = textPassage(logForm(request.log ?? NO_LOG, start), whole, file);
    return { ...log, blocks: keptLines(log.blocks) };
  }
  if (kind === 'exchangeRates') return textPassage(ratesForm(start, request), whole, file);
  if (request.mapping !== undefined) {
    return textPassage(mappedForm(request.mapping, start), whole, file);
  }
  return textPassage(ownColumnsForm(kind, start), whole, file);
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
export async function openBill(
  bill: FactKind<'charges'>,
  { stream, file, keepsBytes }: BillFile,
): Promise<OpenedImport> {
  const { head, whole } = await readHead(decompressFile(stream, file), isFormKnown);
  if (isParquet(head)) return parquetPassage(bill, { stream: whole, file, keepsBytes });
  return textPassage(textForm(bill, { file: unpackedName(file), head }), whole, file);
}

const NO_LOG: LogImportOptions = { targets: [] };

/** Replaces log lines by their records, since lines may contain prompts. */
async function* keptLines(stretches: OpenedImport['blocks']): OpenedImport['blocks'] {
  for await (const stretch of stretches) {
    const lines = stretch.rows.map((row) => {
      const read = row instanceof AccessLogRow ? `,"read":${row.kept()}` : '';
      return `{"line":${row.line}${read}}\n`;
    });
    yield { ...stretch, kept: [Buffer.from(lines.join(''))] };
  }
}

function textPassage(
  { kind, reader }: FileForm,
  whole: AsyncIterable<Uint8Array>,
  file: string,
): OpenedImport {
  return { kind, reader, blocks: textStretches(reader, whole, file) };
}

async function* textStretches(
  reader: RowReader,
  whole: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<FileBlock> {
  let isFirst = true;
  for await (const bytes of whole) {
    if (isFirst) refuseUnsupported(bytes, file);
    isFirst = false;
    yield { bytes: [bytes], rows: reader.push(bytes) };
  }
  if (!isFirst) yield { bytes: [], rows: reader.end() };
}

/** Opens Parquet. Its columns are described at its end, so the file is saved to disk first. */
async function parquetPassage(
  kind: FactKind<ImportName>,
  { stream, file, keepsBytes }: BillFile,
): Promise<OpenedImport> {
  const spool = await spoolToDisk(stream);
  try {
    const parquet = await openParquet(spool, kind.columns, file);
    const columns = { ignoredColumns: () => [] };
    const bytes = keepsBytes ? bytesOf(spool) : [[]];
    return { kind, reader: columns, blocks: parquetStretches(spool, bytes, parquet.blocks()) };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

const CHUNK_BYTES = 256 * 1024;

async function* bytesOf(spool: SpooledFile): AsyncGenerator<FileBlock['bytes']> {
  for (let at = 0; at < spool.bytes; at += CHUNK_BYTES) {
    yield [await spool.read(at, at + CHUNK_BYTES)];
  }
}

/** The bytes come first, so that a file without rows has blocks too. */
async function* parquetStretches(
  spool: SpooledFile,
  bytesOfFile: AsyncIterable<FileBlock['bytes']> | Iterable<FileBlock['bytes']>,
  stretches: AsyncGenerator<readonly FileRow[]>,
): AsyncGenerator<FileBlock> {
  try {
    for await (const bytes of bytesOfFile) yield { bytes, rows: [] };
    for await (const rows of stretches) yield { bytes: [], rows };
  } finally {
    await spool.close();
  }
}
