/** Reads a Parquet file as rows, one block of a row group at a time. */

import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { Failure } from '../../domain/failure.ts';
import { excerptText, type FileRow, type ImportColumns, readHeader } from './columns.ts';
import { type CellText, createCellText, PARSERS, removeDecimalTypes } from './parquetCells.ts';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ParquetRows {
  /** Blocks of a thousand rows in the file's order. One block is in memory at a time. */
  blocks(): AsyncGenerator<readonly FileRow[]>;
}

/** Whether a file with this beginning is Parquet. */
export function isParquet(head: string): boolean {
  return head.startsWith('PAR1');
}

/** The number of rows that are decoded together, column by column, and the number in one block. */
const DECODED_ROWS = 32_768;
const BLOCK_ROWS = 1_000;

/** The most bytes of a row group's columns that are read: 1 GiB. Bills are smaller. */
const MAX_GROUP_BYTES = 1024 ** 3;

/**
 * Opens a file and reads its columns, which are at its end.
 * @throws {Failure} `usage` for a damaged file, and for columns as {@link readHeader} does.
 */
export async function openParquet(
  spool: SpooledFile,
  columns: ImportColumns,
  file: string,
): Promise<ParquetRows> {
  const buffer: AsyncBuffer = {
    byteLength: spool.bytes,
    slice: async (start, end = spool.bytes) => (await spool.read(start, end)).buffer,
  };
  const metadata = await orDamaged(file, parquetMetadataAsync(buffer, { geoparquet: false }));
  const scales = removeDecimalTypes(metadata);
  const fields = parquetSchema(metadata).children;
  const header = readHeader(
    fields.map(({ element }) => element.name),
    columns,
    file,
  );
  const positions = [...header.indexOf.values()];
  const selected = positions.flatMap((at) => fields.slice(at, at + 1));
  const shape: ColumnLayout = {
    names: selected.map(({ element }) => element.name),
    texts: selected.map((field) => createCellText(field, scales)),
    placeOf: new Map([...header.indexOf.keys()].map((column, place) => [column, place])),
  };
  return {
    blocks: () => readBlocks({ buffer, metadata, shape, file }),
  };
}

/** The columns that are read, in order. */
interface ColumnLayout {
  readonly names: string[];
  readonly texts: readonly CellText[];
  /** The position of each of our columns. */
  readonly placeOf: ReadonlyMap<string, number>;
}

interface Opened {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly shape: ColumnLayout;
  readonly file: string;
}

async function* readBlocks(opened: Opened): AsyncGenerator<readonly FileRow[]> {
  const { metadata, shape, file } = opened;
  let firstRow = 0;
  for (const group of metadata.row_groups) {
    requireGroupSize(group, shape, file);
    const endRow = firstRow + Number(group.num_rows);
    for (let rowStart = firstRow; rowStart < endRow; rowStart += DECODED_ROWS) {
      const rowEnd = Math.min(rowStart + DECODED_ROWS, endRow);
      const cells = await orDamaged(file, decodeCells(opened, rowStart, rowEnd));
      for (let first = rowStart; first < rowEnd; first += BLOCK_ROWS) {
        const length = Math.min(BLOCK_ROWS, rowEnd - first);
        yield Array.from({ length }, (_, at) => {
          const place = first - rowStart + at;
          return new ParquetRow({ line: first + at + 1, cells, place, shape });
        });
      }
    }
    firstRow = endRow;
  }
}

/**
 * The texts of the rows by column. Columns are decoded one at a time, since values use far more
 * memory than texts.
 */
async function decodeCells({ buffer, metadata, shape }: Opened, rowStart: number, rowEnd: number) {
  const cells: string[][] = [];
  for (const [place, column] of shape.names.entries()) {
    const texts = Array.from({ length: rowEnd - rowStart }, () => '');
    const textOf = shape.texts[place] ?? String;
    await parquetRead({
      file: buffer,
      metadata,
      columns: [column],
      rowStart,
      rowEnd,
      compressors: COMPRESSORS,
      parsers: PARSERS,
      utf8: false,
      geoparquet: false,
      onChunk({ columnData, rowStart: at, rowEnd: endsAt }) {
        for (let row = Math.max(at, rowStart); row < Math.min(endsAt, rowEnd); row += 1) {
          texts[row - rowStart] = textOf(columnData[row - at]);
        }
      },
    });
    cells.push(texts);
  }
  return cells;
}

/** Node's own decompressors where available, and the library's for the others. */
const COMPRESSORS: Compressors = {
  ...compressors,
  GZIP: (packed, maxOutputLength) => gunzipSync(packed, { maxOutputLength }),
  ZSTD: (packed, maxOutputLength) => zstdDecompressSync(packed, { maxOutputLength }),
  BROTLI: (packed, maxOutputLength) => brotliDecompressSync(packed, { maxOutputLength }),
};

function requireGroupSize(
  { columns }: FileMetaData['row_groups'][number],
  { names }: ColumnLayout,
  file: string,
): void {
  const sizes = columns.map(({ meta_data: chunk }) =>
    chunk !== undefined && names.includes(chunk.path_in_schema[0] ?? '')
      ? Number(chunk.total_uncompressed_size)
      : 0,
  );
  if (sizes.reduce((sum, size) => sum + size, 0) <= MAX_GROUP_BYTES) return;
  throw new Failure('usage', `a row group of ${file} is larger than 1 GiB`, {
    where: file,
    expected: 'Parquet with row groups of the usual size, as clouds and tools write it',
    hint: 'write the file again with smaller row groups, or export it as CSV',
  });
}

/**
 * Converts any error of the library to a failure of the file, since only its bytes can be the
 * cause.
 */
async function orDamaged<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('usage', `cannot read the Parquet file ${file}: ${message}`, {
      where: file,
      expected: 'a complete file, written by a common tool',
      hint: 'download the file again, or export it as CSV',
      cause,
    });
  }
}

interface RowPlace {
  /** Counted from 1. */
  readonly line: number;
  readonly cells: readonly (readonly string[])[];
  readonly place: number;
  readonly shape: ColumnLayout;
}

class ParquetRow implements FileRow {
  readonly line: number;
  readonly #place: RowPlace;

  constructor(place: RowPlace) {
    this.line = place.line;
    this.#place = place;
  }

  cell(column: string): string {
    const { cells, place, shape } = this.#place;
    return cells[shape.placeOf.get(column) ?? -1]?.[place]?.trim() ?? '';
  }

  extras(): undefined {
    return undefined;
  }

  excerpt(): string {
    const { cells, place, shape } = this.#place;
    const filled = shape.names.flatMap((name, at) => {
      const text = cells[at]?.[place] ?? '';
      return text === '' ? [] : [[name, text] as const];
    });
    return excerptText(JSON.stringify(Object.fromEntries(filled)));
  }
}

/** A file without a name, which is deleted when it is closed or the process ends. */
export interface SpooledFile {
  readonly bytes: number;
  /** Reads the bytes from `start` up to, but not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Saves the whole stream and returns the file. */
export async function spoolToDisk(stream: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const handle = await openUnnamedFile();
  try {
    let bytes = 0;
    for await (const chunk of stream) bytes += await writeAll(handle, chunk, bytes);
    return {
      bytes,
      read: (start, end) => readRange(handle, start, Math.min(end, bytes)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openUnnamedFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-spool-'));
  try {
    return await open(join(folder, 'file'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, at + done);
    done += bytesWritten;
  }
  return chunk.byteLength;
}

async function readRange(handle: FileHandle, start: number, end: number) {
  const range = new Uint8Array(Math.max(0, end - start));
  for (let done = 0; done < range.byteLength; ) {
    const { bytesRead } = await handle.read(range, done, range.byteLength - done, start + done);
    if (bytesRead === 0) return range.slice(0, done);
    done += bytesRead;
  }
  return range;
}
