/** How a value travels through Redis: packed, cut into pieces, put together and unpacked. */

import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Failure } from '../domain/failure.ts';

/** One list item; Redis hands it on in one go. */
const PIECE_BYTES = 512 * 1024;
/** Of one value, packed and unpacked. */
const MOST_PACKED = 64 * 1024 * 1024;
const MOST_PLAIN = 1024 * 1024 * 1024;

/**
 * The value in pieces. Bigints, bytes, maps, typed arrays and unknowns (`NaN`) arrive as they were;
 * classes of our own and functions do not.
 * @throws {Failure} `too-large` beyond 64 MB packed.
 */
export function pack(value: unknown): Buffer[] {
  const packed = zstdCompressSync(serialize(value));
  if (packed.byteLength > MOST_PACKED) {
    const size = Math.ceil(packed.byteLength / 1_048_576);
    throw new Failure('too-large', `${size} MB are too large to pass from one worker to another`, {
      expected: `at most ${MOST_PACKED / 1_048_576} MB compressed`,
    });
  }
  const count = Math.max(1, Math.ceil(packed.byteLength / PIECE_BYTES));
  return Array.from({ length: count }, (_, at) =>
    packed.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES),
  );
}

/** What was packed. Pieces that are not whole, or another Node's, throw. */
export function unpack(pieces: readonly Uint8Array[]): unknown {
  return deserialize(zstdDecompressSync(Buffer.concat(pieces), { maxOutputLength: MOST_PLAIN }));
}
