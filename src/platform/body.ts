/** The body of a response: plain if it is short, compressed piece by piece if it is long. */

import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { FetchBody, PackedPiece } from '../domain/provenance.ts';
import type { Redactor } from './redact.ts';

const PIECE_BYTES = 1024 * 1024;

/** Compressing shorter bodies is not worth the time. */
const PACKED_FROM_BYTES = 4 * PIECE_BYTES;

/** The received body without secrets, and the SHA-256 of the bytes as received. */
export interface ReceivedBody {
  readonly body: FetchBody;
  readonly digest: string;
}

/**
 * Collects a body as it arrives. It holds the compressed pieces and one plain piece. A JSON
 * response of 128 MiB takes about 10 MiB; one that does not compress takes its full length.
 */
export class BodyCollector {
  size = 0;
  readonly #redactor: Redactor;
  readonly #hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #pieces: PackedPiece[] = [];
  /** The end of the last piece, because a secret may span two pieces. */
  #tail: Uint8Array = new Uint8Array();
  #holdsSecret = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  take(chunk: Uint8Array): void {
    this.size += chunk.byteLength;
    this.#hash.update(chunk);
    this.#chunks.push(chunk);
    this.#waiting += chunk.byteLength;
    const isLong = this.size >= PACKED_FROM_BYTES;
    if (isLong && this.#waiting >= PIECE_BYTES) this.#pack();
  }

  end(): ReceivedBody {
    const digest = this.#hash.digest('hex');
    if (this.#pieces.length === 0) {
      return { body: this.#redactor.bytes(this.#joined()), digest };
    }
    if (this.#waiting > 0) this.#pack();
    const body = { byteLength: this.size, pieces: this.#pieces };
    // Only the rare long response that quotes our key is decompressed as a whole.
    const redacted = this.#holdsSecret ? compress(this.#redactor.bytes(plainBytes(body))) : body;
    return { body: redacted, digest };
  }

  #joined(): Uint8Array {
    const [first] = this.#chunks;
    const isOne = this.#chunks.length === 1 && first !== undefined;
    return isOne ? first : Buffer.concat(this.#chunks, this.#waiting);
  }

  #pack(): void {
    const plain = this.#joined();
    this.#chunks = [];
    this.#waiting = 0;
    const seam = Buffer.concat([this.#tail, plain.subarray(0, this.#redactor.longest)]);
    this.#holdsSecret ||= this.#redactor.finds(plain) || this.#redactor.finds(seam);
    this.#tail = plain.slice(-this.#redactor.longest || plain.length);
    this.#pieces.push(...compressedPieces(plain));
  }
}

function compress(plain: Uint8Array): FetchBody {
  return { byteLength: plain.byteLength, pieces: [...compressedPieces(plain)] };
}

function* compressedPieces(plain: Uint8Array): Generator<PackedPiece> {
  for (let from = 0; from < plain.byteLength; from += PIECE_BYTES) {
    const piece = plain.subarray(from, from + PIECE_BYTES);
    yield { plainBytes: piece.byteLength, zstd: zstdCompressSync(piece) };
  }
}

export function* plainPieces(body: FetchBody): Generator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else for (const { zstd } of body.pieces) yield zstdDecompressSync(zstd);
}

/** Lower-case hex SHA-256 of the plain bytes. */
export function bodyDigest(body: FetchBody): string {
  const hash = createHash('sha256');
  for (const piece of plainPieces(body)) hash.update(piece);
  return hash.digest('hex');
}

/** All bytes at once, for short bodies. */
export function plainBytes(body: FetchBody): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat([...plainPieces(body)]);
}

/** The first bytes of a body, at most `bytes` of them. */
export function bodyHead(body: FetchBody, bytes: number): Uint8Array {
  const [first = new Uint8Array()] = plainPieces(body);
  return first.subarray(0, bytes);
}
