/** Two Redis lists through which the leader and another worker exchange values, cut into pieces. */

import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Cluster, Redis } from 'ioredis';
import { Failure } from '../domain/failure.ts';

/** What a hand says, in order: that it lives, values, and how it ended. */
export type Word =
  | { readonly kind: 'alive' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly value: unknown };

/** One byte before each piece: what it is, and whether the value goes on in the next one. */
const SIGNS = { alive: 97, value: 118, part: 112, done: 100, failed: 102 } as const;
/** After it the piece's number: a connection that breaks may lose one, or bring it twice. */
const HEAD_BYTES = 5;

/** What nobody reads is forgotten. */
const KEEP_MS = 600_000;
/** Pieces that wait to be read before a hand waits, too. */
const MOST_WAITING = 32;

/** For how long a hand waits for room before it takes it that nobody reads any more. */
const PATIENCE_MS = 120_000;
/** A connection that says nothing for longer is taken for a dead one. */
const LONGEST_WAIT_SECONDS = 5;
const PAUSE_MS = 100;

export interface Mailbox {
  /**
   * Puts a word in; a value waits while the other side is far behind.
   * @throws {Failure} `unavailable` where it stays behind, `too-large` for what is not to be sent.
   */
  say(word: Word): Promise<void>;
  /**
   * The next word, or `undefined` when there was none for the time; 0 asks without waiting.
   * @throws {Failure} `unavailable` where one was lost on its way.
   */
  hear(forSeconds: number): Promise<Word | undefined>;
}

/** One end of a list; who speaks and who hears each have their own. */
export function mailboxAt(redis: Redis | Cluster, key: string): Mailbox {
  const held: Buffer[] = [];
  let said = 0;
  let heard = 0;
  const next = async (forSeconds: number) => {
    if (forSeconds === 0) return redis.lpopBuffer(key);
    for (let left = forSeconds; left > 0; left -= LONGEST_WAIT_SECONDS) {
      const found = await redis.blpopBuffer(key, Math.min(left, LONGEST_WAIT_SECONDS));
      if (found !== null) return found[1];
    }
    return undefined;
  };
  return {
    async say(word) {
      if (word.kind === 'value') await room(redis, key);
      for (const item of itemsOf(word)) {
        item.writeUInt32BE(said, 1);
        said += 1;
        await put(redis, key, item);
      }
    },
    async hear(forSeconds) {
      for (;;) {
        const item = await next(forSeconds);
        if (item === null || item === undefined) return undefined;
        const number = item.readUInt32BE(1);
        if (number < heard) continue;
        if (number > heard) throw lost();
        heard += 1;
        const word = wordOf(item, held);
        if (word !== undefined) return word;
      }
    },
  };
}

/** In one step: a hand that died in between would leave a list that nobody ever forgets. */
async function put(redis: Redis | Cluster, key: string, item: Buffer): Promise<void> {
  const answers = await redis.multi().rpush(key, item).pexpire(key, KEEP_MS).exec();
  for (const [problem] of answers ?? []) if (problem !== null) throw problem;
}

function lost(): Failure {
  return new Failure('unavailable', 'a message between two workers was lost', {
    hint: 'Redis was unavailable for a moment; the job is retried',
    retryAfterMs: 1_000,
  });
}

async function room(redis: Redis | Cluster, key: string): Promise<void> {
  for (let waitedMs = 0; (await redis.llen(key)) > MOST_WAITING; waitedMs += PAUSE_MS) {
    if (waitedMs >= PATIENCE_MS) {
      throw new Failure('unavailable', 'the requesting worker stopped reading the results');
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function itemsOf(word: Word): Buffer[] {
  if (!('value' in word)) return [itemOf(SIGNS[word.kind])];
  const pieces = pack(word.value);
  return pieces.map((piece, at) => {
    const sign = at === pieces.length - 1 ? SIGNS[word.kind] : SIGNS.part;
    return itemOf(sign, piece);
  });
}

/** Its number is written when it is its turn. */
function itemOf(sign: number, piece: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = sign;
  return Buffer.concat([head, piece]);
}

/** A word when it is whole; pieces of one that is not are held until then. */
function wordOf(item: Buffer, held: Buffer[]): Word | undefined {
  const [sign] = item;
  if (sign === SIGNS.alive) return { kind: 'alive' };
  if (sign === SIGNS.done) return { kind: 'done' };
  held.push(item.subarray(HEAD_BYTES));
  if (sign === SIGNS.part) return undefined;
  return { kind: sign === SIGNS.value ? 'value' : 'failed', value: unpack(held.splice(0)) };
}

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
