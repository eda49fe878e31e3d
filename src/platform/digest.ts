/** How bytes and values get their fingerprint: the same content, the same SHA-256. */

import { createHash, type Hash } from 'node:crypto';
import { invariant } from '../domain/invariant.ts';

/** Lower-case hex SHA-256. `sha256Hex('')` begins with `e3b0c442`. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * SHA-256 of a value whatever the order of its keys: objects by sorted key, absent and `undefined`
 * alike, bigints apart from numbers, typed arrays by their bytes, maps as sorted pairs. A function,
 * a symbol or a number that is not finite has no digest and is a bug; unknowns in a typed array
 * (`NaN`) are allowed.
 */
export function canonicalDigest(value: unknown): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

/** A digest of many texts, one after the other; none of them is kept. */
export interface RunningDigest {
  /** Takes one text without a line end in it, as JSON is. */
  add(text: string): void;
  end(): string;
}

const FLUSHED_CHARACTERS = 65_536;

/** Lower-case hex SHA-256 of the texts, each with a line end behind it. */
export function runningDigest(): RunningDigest {
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
  const told = entries.filter(([, value]) => value !== undefined);
  const sorted = told
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
