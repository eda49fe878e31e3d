/** Decompresses gzip and zstd files as they are read. */

import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Failure } from '../../domain/failure.ts';

interface Compression {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly open: () => Transform;
}

const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', bytes: [0x1f, 0x8b], open: () => createGunzip() },
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd], open: () => createZstdDecompress() },
];
const LONGEST_SIGNATURE = 4;

/** The name without its compression suffix: `bill.csv` for `bill.csv.gz`. */
export function unpackedName(file: string): string {
  return file.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');
}

/**
 * The decompressed content, or the bytes of a file that is not compressed. Memory is bounded
 * whatever the size of the content.
 * @throws {Failure} `usage` if a compressed file is damaged or cut off.
 */
export async function* decompressFile(
  stream: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const rest = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < LONGEST_SIGNATURE) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const compression = COMPRESSIONS.find(({ bytes }) =>
    bytes.every((byte, at) => head[at] === byte),
  );
  if (compression === undefined) yield* prepend(head, rest);
  else yield* decompress(compression, prepend(head, rest), file);
}

async function* prepend(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* decompress(
  { name, open }: Compression,
  packed: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const content = open();
  // The loop below handles the end of the stream and its errors.
  pipeline(Readable.from(packed), content, () => undefined);
  try {
    for await (const chunk of content) yield chunk as Uint8Array;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('usage', `${file} is ${name} compressed and damaged or incomplete`, {
      where: file,
      expected: 'a complete file',
      hint: 'download the file again',
      cause,
    });
  }
}

interface Peeked {
  readonly head: string;
  /** All bytes, including those of the head. */
  readonly whole: AsyncIterable<Uint8Array>;
}

/** Reads until `isEnough` is true, or until the stream ends. */
export async function readHead(
  stream: AsyncIterable<Uint8Array>,
  isEnough: (head: string) => boolean,
): Promise<Peeked> {
  const rest = stream[Symbol.asyncIterator]();
  const decoder = new TextDecoder('utf-8');
  const read: Uint8Array[] = [];
  let head = '';
  while (!isEnough(head)) {
    const next = await rest.next();
    if (next.done === true) break;
    read.push(next.value);
    head += decoder.decode(next.value, { stream: true });
  }
  return { head, whole: replay(read, rest) };
}

async function* replay(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* read;
  yield* { [Symbol.asyncIterator]: () => rest };
}

interface Signature {
  readonly bytes: readonly number[];
  readonly what: string;
  readonly hint: string;
}

const SIGNATURES: readonly Signature[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: 'a zip archive or an Excel workbook',
    hint: 'save the sheet as CSV in UTF-8, or unpack the archive first',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'Parquet', hint: 'export it as CSV first' },
  { bytes: [0xff, 0xfe], what: 'UTF-16 text', hint: 'save it as UTF-8' },
  { bytes: [0xfe, 0xff], what: 'UTF-16 text', hint: 'save it as UTF-8' },
];

/** @throws {Failure} `usage` for packed, binary and UTF-16 files. */
export function refuseUnsupported(firstBytes: Uint8Array, file: string): void {
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => firstBytes[i] === byte));
  if (known !== undefined) throw unsupported(file, known.what, known.hint);
  if (!firstBytes.subarray(0, 4096).includes(0)) return;
  throw unsupported(file, 'binary, or text in UTF-16', 'save it as CSV in UTF-8');
}

function unsupported(file: string, what: string, hint: string): Failure {
  return new Failure('usage', `${file} is ${what}`, {
    where: file,
    expected: 'CSV or JSON in UTF-8',
    hint,
  });
}
