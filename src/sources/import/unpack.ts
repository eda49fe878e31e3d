/** Unpacks a file that gzip or zstd has compressed, as it is read. */

import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Failure } from '../../domain/failure.ts';

interface Packing {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly open: () => Transform;
}

const PACKINGS: readonly Packing[] = [
  { name: 'gzip', bytes: [0x1f, 0x8b], open: () => createGunzip() },
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd], open: () => createZstdDecompress() },
];
const LONGEST_MARK = 4;

/** `bill.csv.gz` holds `bill.csv`. */
export function unpackedName(file: string): string {
  return file.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');
}

/**
 * The content of a packed file, and any other as it is: what was packed differently is the same
 * file. Memory is bounded however far it unpacks.
 * @throws {Failure} `usage` where a packed file is damaged or cut off.
 */
export async function* unpacked(
  stream: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const rest = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < LONGEST_MARK) {
    const next = await rest.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const packing = PACKINGS.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  if (packing === undefined) yield* begunWith(head, rest);
  else yield* opened(packing, begunWith(head, rest), file);
}

async function* begunWith(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* opened(
  { name, open }: Packing,
  packed: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const content = open();
  // Its end and its faults are seen by the loop below.
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
