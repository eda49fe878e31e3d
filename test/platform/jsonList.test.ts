import { zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { FetchBody } from '../../src/domain/provenance.ts';
import { BodyCollector, plainBytes, plainPieces } from '../../src/platform/body.ts';
import { sha256Hex } from '../../src/platform/digest.ts';
import { parsePlain } from '../../src/platform/json.ts';
import { openJsonList } from '../../src/platform/jsonList.ts';
import { createRedactor } from '../../src/platform/redact.ts';

const options = {
  path: ['data', 'result'],
  where: 'h',
  parse: parsePlain,
};
const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads the body in pieces of this many bytes. */
function taken(body: Uint8Array, step: number, secrets: readonly string[] = []) {
  const intake = new BodyCollector(createRedactor(secrets));
  for (let from = 0; from < body.length; from += step) intake.take(body.slice(from, from + step));
  return intake.end();
}

/** Pieces of these lengths, and one with the rest. */
function cutInto(whole: Uint8Array, lengths: readonly number[]): FetchBody {
  let from = 0;
  const pieces = [...lengths, whole.length].map((length) => {
    const piece = whole.subarray(from, from + length);
    from += piece.length;
    return { plainBytes: piece.length, zstd: zstdCompressSync(piece) };
  });
  return { byteLength: whole.length, pieces };
}

/** What JSON.parse makes of it: the list, and what surrounds it. */
function parsedWith(text: string) {
  let frame: { data?: { result?: unknown } };
  try {
    frame = JSON.parse(text) as typeof frame;
  } catch {
    return undefined;
  }
  const items = frame?.data?.result;
  if (!Array.isArray(items)) return { frame, items: [] };
  return { frame: { ...frame, data: { ...frame.data, result: [] } }, items: items as unknown[] };
}

const read = (body: FetchBody, changes: object = {}) => {
  const list = openJsonList(body, { ...options, ...changes });
  return { frame: list.frame, count: list.count, items: [...list.items()] };
};
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was read, though it should have failed');
};

describe('a list in a long answer', () => {
  test('is read the same in any pieces', () => {
    const item = fc.jsonValue({
      stringUnit: fc.constantFrom('a', '"', '\\', ']', '}', '[', '{', ','),
    });
    const cut = (whole: Uint8Array, step: number): FetchBody => ({
      byteLength: whole.length,
      pieces: Array.from({ length: Math.ceil(whole.length / step) }, (_, at) => {
        const piece = whole.subarray(at * step, (at + 1) * step);
        return { plainBytes: piece.length, zstd: zstdCompressSync(piece) };
      }),
    });
    fc.assert(
      fc.property(fc.array(item), fc.integer({ min: 1, max: 9 }), (items, step) => {
        const whole = bytes(JSON.stringify({ data: { result: items } }));
        expect(read(cut(whole, step))).toEqual(read(whole));
        expect(read(whole).items).toEqual(JSON.parse(JSON.stringify(items)));
      }),
    );
  });

  test('is what JSON.parse makes of it, whatever surrounds it and wherever it is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 0, max: 2 }),
        (items, around, indent) => {
          const { data: _data, ...rest } = around;
          const { result: _result, ...beside } = around;
          const value = { ...rest, data: { ...beside, result: items }, z: 1 };
          const text = JSON.stringify(value, null, indent);
          const whole = read(bytes(text));
          expect(whole.items).toEqual(JSON.parse(JSON.stringify(items)));
          expect(whole.count).toBe(items.length);
          const empty = { ...value, data: { ...value.data, result: [] } };
          expect(whole.frame).toEqual(JSON.parse(JSON.stringify(empty)));
        },
      ),
    );
  });

  test('is read where JSON.parse reads it, and refused where it does not', () => {
    const wreck = fc.record({
      at: fc.nat(200),
      drop: fc.nat(2),
      put: fc.constantFrom('', '{', '}', '[', ']', ',', '"', '\\', ':', '1', '}]', ']}'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
        fc.array(wreck, { maxLength: 2 }),
        fc.array(fc.nat(40), { maxLength: 6 }),
        (items, wrecks, cuts) => {
          const good = JSON.stringify({ a: [1], data: { b: {}, result: items }, c: { d: [] } });
          const text = wrecks.reduce(
            (whole, { at, drop, put }) => whole.slice(0, at) + put + whole.slice(at + drop),
            good,
          );
          const expected = parsedWith(text);
          const body = cutInto(bytes(text), cuts);
          const actual = expected === undefined ? failureOf(() => read(body)).code : read(body);
          const right = expected && { ...expected, count: expected.items.length };
          expect(actual).toEqual(right ?? 'malformed');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([1, 7, 17, 18, 25, 26])(
    'with an item that ends in another bracket is refused, split after %i bytes',
    (at) => {
      const body = cutInto(bytes('{"data":{"result":[ {"a":1] }}'), [at]);
      expect(failureOf(() => read(body)).message).toContain('unmatched "]" after 26 bytes');
    },
  );

  test('is read the same when the answer comes in compressed pieces', () => {
    const items = Array.from({ length: 300_000 }, (_, i) => ({ i, text: `"[{,\\${i}` }));
    const body = bytes(JSON.stringify({ data: { result: items, more: [1] } }));
    const packed = taken(body, 65_537);
    expect(packed.body).not.toBeInstanceOf(Uint8Array);
    expect(packed.body.byteLength).toBe(body.length);
    expect(packed.digest).toBe(sha256Hex(body));
    const result = read(packed.body);
    expect(result.frame).toEqual({ data: { result: [], more: [1] } });
    expect(result.items).toEqual(items);
  });

  test.each([
    ['under an escaped key', '{"d\\u0061ta":{"result":[1,2]}}', [1, 2]],
    ['next to a list of the same name elsewhere', '{"result":[9],"data":{"result":[1]}}', [1]],
    ['of texts with its own brackets', '{"data":{"result":["]","}",","]}}', [']', '}', ',']],
    ['that is empty', '{"data":{"result":[ \n ]}}', []],
    ['that is missing', '{"status":"error"}', []],
  ])('%s is found', (_name, text, items) => {
    expect(read(bytes(text)).items).toEqual(items);
  });

  test.each([
    ['present twice', '{"data":{"result":[1],"result":[2]}}', /the list "data.result" twice/],
    ['in two parents', '{"data":{"result":[1]},"data":{"result":[2]}}', /twice/],
    ['with a gap', '{"data":{"result":[1,,2]}}', /a gap between its items/],
    ['with a trailing comma', '{"data":{"result":[1,]}}', /a gap between its items/],
    ['with two values for one', '{"data":{"result":[0,1 2]}}', /not JSON, in item 1 of its list/],
    ['that is closed as a map', '{"data":{"result":[1}}', /unmatched "}" after 20 bytes/],
    ['that breaks off', '{"data":{"result":[1,2', /incomplete JSON/],
    ['in an item that breaks off', '{"data":{"result":[{"a":1]}}', /unmatched "]" after 25 bytes/],
    [
      'with more brackets than there are',
      '{"data":{"result":[1]}}}',
      /unmatched "}" after 23 bytes/,
    ],
    ['in a page', '<!DOCTYPE html><p>[1,2]</p>', /HTML page/],
    ['nested endlessly', `{"data":{"result":[${'['.repeat(1e6)}`, /nested more than 64 deep/],
  ])('%s is malformed, and no part of it is returned', (_name, text, words) => {
    const failure = failureOf(() => read(bytes(text)));
    expect(failure.code).toBe('malformed');
    expect(failure.message).toMatch(words);
  });

  test('with an item above the limit is too large', () => {
    const text = `{"data":{"result":["${'x'.repeat(2_000)}"]}}`;
    expect(failureOf(() => read(bytes(text), { longestItem: 1_000 })).code).toBe('too-large');
  });

  test('next to megabytes of other data is no answer', () => {
    const text = `{"x":"${'x'.repeat(2_000_000)}","data":{"result":[1]}}`;
    expect(failureOf(() => read(bytes(text))).message).toContain('outside its list "data.result"');
  });
});

describe('a long body', () => {
  const SECRET = 'sk-S3cret+0123456789==';
  const long = (at: number) => {
    const text = 'abcdefghij'.repeat(600_000);
    return bytes(text.slice(0, at) + SECRET + text.slice(at));
  };

  test.each([0, 1_048_570, 4_194_300, 5_999_999])(
    'keeps no secret, even across two pieces: at %i',
    (at) => {
      const { body, digest } = taken(long(at), 1_048_576, [SECRET]);
      const text = Buffer.from(plainBytes(body)).toString();
      expect(text).not.toContain('S3cret');
      expect(text).toContain('[redacted]');
      expect(text).toHaveLength(6_000_000 + '[redacted]'.length);
      expect(body.byteLength).toBe(text.length);
      expect(digest).toBe(sha256Hex(long(at)));
    },
  );

  test('is held in pieces that together are the body', () => {
    const plain = long(7);
    const { body } = taken(plain, 100_000);
    const pieces = [...plainPieces(body)];
    expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(1_048_576);
    expect(Buffer.concat(pieces).equals(plain)).toBe(true);
  });
});
