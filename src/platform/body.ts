/** The bytes of an answer: as they are while they are few, packed piece by piece when many. */

import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Body, PackedPiece } from '../domain/provenance.ts';
import type { Redactor } from './redact.ts';

const PIECE_BYTES = 1024 * 1024;

/** Shorter bodies are not worth the time. */
const PACKED_FROM_BYTES = 4 * PIECE_BYTES;

/** What came, secrets removed, and the SHA-256 of the bytes as they came. */
export interface Gathered {
  readonly body: Body;
  readonly digest: string;
}

/**
 * Takes a body in as it arrives. What it holds meanwhile is the packed pieces and one plain one: a
 * JSON answer of 128 MiB takes about 10 MiB, one that cannot be packed as much as it is long.
 */
export class BodyIntake {
  size = 0;
  readonly #redactor: Redactor;
  readonly #hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #pieces: PackedPiece[] = [];
  /** The end of the last piece: a secret may lie across two of them. */
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

  end(): Gathered {
    const digest = this.#hash.digest('hex');
    if (this.#pieces.length === 0) {
      return { body: this.#redactor.bytes(this.#joined()), digest };
    }
    if (this.#waiting > 0) this.#pack();
    const body = { byteLength: this.size, pieces: this.#pieces };
    // A provider that quotes our key in so long an answer is rare: only then it is held whole.
    const clean = this.#holdsSecret ? packed(this.#redactor.bytes(plainBytes(body))) : body;
    return { body: clean, digest };
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
    this.#pieces.push(...piecesFrom(plain));
  }
}

function packed(plain: Uint8Array): Body {
  return { byteLength: plain.byteLength, pieces: [...piecesFrom(plain)] };
}

function* piecesFrom(plain: Uint8Array): Generator<PackedPiece> {
  for (let from = 0; from < plain.byteLength; from += PIECE_BYTES) {
    const piece = plain.subarray(from, from + PIECE_BYTES);
    yield { plainBytes: piece.byteLength, zstd: zstdCompressSync(piece) };
  }
}

/** The bytes in order, one piece at a time. */
export function* plainPieces(body: Body): Generator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else for (const { zstd } of body.pieces) yield zstdDecompressSync(zstd);
}

/** Lower-case hex SHA-256 of the plain bytes. */
export function bodyDigest(body: Body): string {
  const hash = createHash('sha256');
  for (const piece of plainPieces(body)) hash.update(piece);
  return hash.digest('hex');
}

/** All bytes at once, for bodies that are known to be short. */
export function plainBytes(body: Body): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat([...plainPieces(body)]);
}

/** How a body begins: at most so many bytes. */
export function headOf(body: Body, bytes: number): Uint8Array {
  const [first = new Uint8Array()] = plainPieces(body);
  return first.subarray(0, bytes);
}
