/** SHA-256 digests of bytes and values. */

import { createHash, type Hash } from 'node:crypto';
import { invariant } from '../domain/failure.ts';

/** Lower-case hex SHA-256. `sha256Hex('')` begins with `e3b0c442`. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * SHA-256 of a value, independent of the order of its keys. Objects are sorted by key, and absent
 * equals `undefined`. Bigints differ from numbers. Typed arrays are hashed by their bytes, maps as
 * sorted pairs. Functions, symbols and numbers that are not finite are bugs, but `NaN` in a typed
 * array (unknown) is allowed.
 */
export function canonicalDigest(value: unknown): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

/** A digest over many texts. It keeps none of them in memory. */
export interface RunningDigest {
  /** Adds one text. It must not contain a line end, which JSON never does. */
  add(text: string): void;
  end(): string;
}

const FLUSHED_CHARACTERS = 65_536;

/** Lower-case hex SHA-256 of the texts, each followed by a line end. */
export function createRunningDigest(): RunningDigest {
  const hash = createHash('sha256');
  let waiting = '';
  return {
    add(text) {
      waiting += `${text}\n`;
      if (waiting.length < FLUSHED_CHARACTERS) return;
      hash.update(waiting);
      waiting = '';
    },
    end: () => hash.update(waiting).digest('hex'),
  };
}

function feed(hash: Hash, value: unknown): void {
  if (typeof value === 'bigint') hash.update(`${value}n`);
  else if (typeof value !== 'object' || value === null) hash.update(scalarText(value));
  else if (ArrayBuffer.isView(value)) feedView(hash, value);
  else if (Array.isArray(value)) feedList(hash, value);
  else if (value instanceof Map) feedEntries(hash, [...value]);
  else feedEntries(hash, Object.entries(value));
}

function scalarText(value: unknown): string {
  invariant(
    typeof value !== 'function' && typeof value !== 'symbol',
    `a ${typeof value} has no digest`,
  );
  invariant(typeof value !== 'number' || Number.isFinite(value), `${String(value)} has no digest`);
  return value === undefined ? 'null' : JSON.stringify(value);
}

function feedView(hash: Hash, view: ArrayBufferView): void {
  hash.update(`${view.constructor.name}(${view.byteLength})`);
  hash.update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

function feedList(hash: Hash, list: readonly unknown[]): void {
  hash.update('[');
  for (const item of list) {
    feed(hash, item);
    hash.update(',');
  }
  hash.update(']');
}

function feedEntries(hash: Hash, entries: readonly (readonly [unknown, unknown])[]): void {
  const present = entries.filter(([, value]) => value !== undefined);
  const sorted = present
    .map(([key, value]) => [String(key), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update('{');
  for (const [key, value] of sorted) {
    hash.update(`${JSON.stringify(key)}:`);
    feed(hash, value);
    hash.update(',');
  }
  hash.update('}');
}
