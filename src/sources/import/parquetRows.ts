/** Reads a Parquet file as rows, one stretch of a row group after the other. */

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
import { type Columns, readHeader } from './columns.ts';
import { type CellText, cellTextOf, PARSERS, unmarkDecimals } from './parquetCells.ts';
import { excerptText, type Row } from './row.ts';
import type { Spool } from './spool.ts';

export interface ParquetRows {
  /** In the file's order, some thousand at a time; what is in memory is one stretch. */
  stretches(): AsyncGenerator<readonly Row[]>;
}

/** Does a file that begins so hold Parquet? */
export function isParquet(head: string): boolean {
  return head.startsWith('PAR1');
}

/** So many rows are decoded at once, one column after the other; so many are handed on. */
const DECODED_ROWS = 32_768;
const HANDED_ROWS = 1_000;

/** Beyond this a row group is no bill: 1 GiB of the columns that are read. */
const MOST_GROUP_BYTES = 1024 ** 3;

/**
 * Opens the file by its end, where its columns are told.
 * @throws {Failure} `usage` for a damaged file, and for columns as {@link readHeader} does.
 */
export async function openParquet(
  spool: Spool,
  columns: Columns,
  file: string,
): Promise<ParquetRows> {
  const buffer: AsyncBuffer = {
    byteLength: spool.bytes,
    slice: async (start, end = spool.bytes) => (await spool.read(start, end)).buffer,
  };
  const metadata = await orDamaged(file, parquetMetadataAsync(buffer, { geoparquet: false }));
  const scales = unmarkDecimals(metadata);
  const fields = parquetSchema(metadata).children;
  const header = readHeader(
    fields.map(({ element }) => element.name),
    columns,
    file,
  );
  const places = [...header.indexOf.values()];
  const found = places.flatMap((at) => fields.slice(at, at + 1));
  const shape: Shape = {
    names: found.map(({ element }) => element.name),
    texts: found.map((field) => cellTextOf(field, scales)),
    placeOf: new Map([...header.indexOf.keys()].map((column, place) => [column, place])),
  };
  return {
    stretches: () => stretchesOf({ buffer, metadata, shape, file }),
  };
}

/** The columns that are read, in one order. */
interface Shape {
  readonly names: string[];
  readonly texts: readonly CellText[];
  /** Where a column of ours stands. */
  readonly placeOf: ReadonlyMap<string, number>;
}

interface Opened {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly shape: Shape;
  readonly file: string;
}

async function* stretchesOf(opened: Opened): AsyncGenerator<readonly Row[]> {
  const { metadata, shape, file } = opened;
  let firstRow = 0;
  for (const group of metadata.row_groups) {
    requireModest(group, shape, file);
    const endRow = firstRow + Number(group.num_rows);
    for (let rowStart = firstRow; rowStart < endRow; rowStart += DECODED_ROWS) {
      const rowEnd = Math.min(rowStart + DECODED_ROWS, endRow);
      const cells = await orDamaged(file, decode(opened, rowStart, rowEnd));
      for (let first = rowStart; first < rowEnd; first += HANDED_ROWS) {
        const handed = Math.min(HANDED_ROWS, rowEnd - first);
        yield Array.from({ length: handed }, (_, at) => {
          const place = first - rowStart + at;
          return new ParquetRow({ line: first + at + 1, cells, place, shape });
        });
      }
    }
    firstRow = endRow;
  }
}

/** By column, the texts of the rows. One column at a time: its values take far more than they. */
async function decode({ buffer, metadata, shape }: Opened, rowStart: number, rowEnd: number) {
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

/** Node's own where it has one; the library's for the others. */
const COMPRESSORS: Compressors = {
  ...compressors,
  GZIP: (packed, maxOutputLength) => gunzipSync(packed, { maxOutputLength }),
  ZSTD: (packed, maxOutputLength) => zstdDecompressSync(packed, { maxOutputLength }),
  BROTLI: (packed, maxOutputLength) => brotliDecompressSync(packed, { maxOutputLength }),
};

function requireModest(
  { columns }: FileMetaData['row_groups'][number],
  { names }: Shape,
  file: string,
): void {
  const sizes = columns.map(({ meta_data: told }) =>
    told !== undefined && names.includes(told.path_in_schema[0] ?? '')
      ? Number(told.total_uncompressed_size)
      : 0,
  );
  if (sizes.reduce((sum, size) => sum + size, 0) <= MOST_GROUP_BYTES) return;
  throw new Failure('usage', `a row group of ${file} is larger than 1 GiB`, {
    where: file,
    expected: 'Parquet with row groups of the usual size, as clouds and tools write it',
    hint: 'write the file again with smaller row groups, or export it as CSV',
  });
}

/** What the library throws is said of the file: nothing but its bytes can be the reason. */
async function orDamaged<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('usage', `cannot read the Parquet file ${file}: ${words}`, {
      where: file,
      expected: 'a complete file, written by a common tool',
      hint: 'download the file again, or export it as CSV',
      cause,
    });
  }
}

interface Placed {
  /** Counted from 1. */
  readonly line: number;
  readonly cells: readonly (readonly string[])[];
  readonly place: number;
  readonly shape: Shape;
}

class ParquetRow implements Row {
  readonly line: number;
  readonly #placed: Placed;

  constructor(placed: Placed) {
    this.line = placed.line;
    this.#placed = placed;
  }

  cell(column: string): string {
    const { cells, place, shape } = this.#placed;
    return cells[shape.placeOf.get(column) ?? -1]?.[place]?.trim() ?? '';
  }

  extras(): undefined {
    return undefined;
  }

  excerpt(): string {
    const { cells, place, shape } = this.#placed;
    const told = shape.names.flatMap((name, at) => {
      const text = cells[at]?.[place] ?? '';
      return text === '' ? [] : [[name, text] as const];
    });
    return excerptText(JSON.stringify(Object.fromEntries(told)));
  }
}
