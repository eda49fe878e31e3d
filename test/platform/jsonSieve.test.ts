/** What remains of a JSON text when only some fields are read. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { FetchBody } from '../../src/domain/provenance.ts';
import { type JsonFields, JsonFilter } from '../../src/platform/jsonFilter.ts';
import {
  findReadFields,
  recordList,
  toStoredBody,
  filterBody,
  withMatchingMembers,
} from '../../src/platform/schemaFields.ts';
import { bodyText } from '../support/bodyText.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (kept: FetchBody | undefined) => (kept === undefined ? undefined : bodyText(kept));
const sifted = (text: string, schema: z.ZodType) =>
  textOf(filterBody(bytes(text), findReadFields(schema)));

const pod = z.object({
  id: z.string(),
  cost: z.number().nullish(),
  gpu: z.object({ id: z.string() }),
});
const pods = z.object({ pods: recordList(pod) });

test('only the fields that a schema reads remain, unchanged', () => {
  const text =
    '{"pods": [ {"env":{"A":"x"}, "id":"a\\u0022b" ,"cost":0.440,"deep":[{"id":"no"}]},' +
    '{"id":"b","gpu":{"id":"H100","serial":"s-1"},"cost":1e2}],"next":null}';
  expect(sifted(text, pods)).toBe(
    '{"pods":[{"id":"a\\u0022b","cost":0.440},{"id":"b","gpu":{"id":"H100"},"cost":1e2}]}',
  );
});

test('a value in a wrong place leaves its type and nothing else', () => {
  const text = '{"pods":[{"id":{"a":"s1"},"cost":["s2"],"gpu":"s3"},"s4",["s5"],7,true,null]}';
  expect(sifted(text, pods)).toBe('{"pods":[{"id":{},"cost":[],"gpu":""},"",[],7,true,null]}');
});

test('a name is matched by its meaning, however it is escaped', () => {
  const text = '{"p\\u006fds":[],"__proto__":{"s":1},"constructor":"s"}';
  expect(sifted(text, pods)).toBe('{"p\\u006fds":[]}');
});

test('members that are read by name alone keep their numbers', () => {
  const record = withMatchingMembers(z.object({ id: z.string() }), /Amount$/);
  expect(sifted('{"id":"a","newAmount":1.50,"oldAmount":"s","amount":2}', record)).toBe(
    '{"id":"a","newAmount":1.50,"oldAmount":""}',
  );
});

test.each([
  '',
  ' ',
  '{"pods":[',
  '{"pods":[{"id":"a"}',
  '{"pods":[]}}',
  '{"pods":[]]',
  '{"pods":[],}',
  '{"pods" []}',
  '{"pods":,}',
  '{,}',
  '[1,]',
  '[1 2]',
  '{"a":1 "pods":[]}',
  '{"pods":[]} x',
  '<html></html>',
  '"a',
  '{"\\u00":1}',
  '['.repeat(201) + ']'.repeat(201),
])('nothing remains of %j', (text) => {
  expect(filterBody(bytes(text), findReadFields(pods))).toBeUndefined();
});

test('a byte order mark is no part of the text', () => {
  expect(sifted('\ufeff{"pods":[]}', pods)).toBe('{"pods":[]}');
});

test('a schema that does not say what it reads is a bug', () => {
  expect(() => findReadFields(z.object({ all: z.unknown() }))).toThrow(
    /unknown says not what it reads/,
  );
});

test('JSON that is nested too deeply is refused with that reason', () => {
  const deep = `{"pods":${'['.repeat(300)}${']'.repeat(300)}}`;
  const open = () => toStoredBody(bytes(deep), findReadFields(pods), 'h');
  expect(open).toThrow('h returned JSON that is nested too deeply');
});

/** Fields of any shape over a few names, so that they match the values below. */
const names = fc.constantFrom('a', 'b', 'é', '"');

function fieldsTo(depth: number): fc.Arbitrary<JsonFields> {
  if (depth === 0) return fc.record({ scalar: fc.boolean() });
  const inner = fieldsTo(depth - 1);
  const parts = { list: inner, members: fc.dictionary(names, inner, { maxKeys: 3 }) };
  return fc
    .tuple(fc.boolean(), fc.record(parts, { requiredKeys: [] }))
    .map(([scalar, { list, members }]) => ({
      scalar,
      ...(list === undefined ? {} : { list }),
      ...(members === undefined
        ? {}
        : { member: (name: string) => (Object.hasOwn(members, name) ? members[name] : undefined) }),
    }));
}

function valueTo(depth: number): fc.Arbitrary<unknown> {
  const scalar = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0.1, -3e-7, 12),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  if (depth === 0) return scalar;
  const inner = valueTo(depth - 1);
  const list = fc.array(inner, { maxLength: 3 });
  return fc.oneof(scalar, list, fc.dictionary(names, inner, { maxKeys: 3 }));
}

const [anyFields, anyValue] = [fieldsTo(3), valueTo(3)];

/** The same filter, applied to a parsed value. */
function pruned(value: unknown, fields: JsonFields): unknown {
  if (typeof value === 'string') return fields.scalar ? value : '';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const { list } = fields;
    return list === undefined ? [] : value.map((one) => pruned(one, list));
  }
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const inside = fields.member?.(name);
    return inside === undefined ? [] : [[name, pruned(inner, inside)] as const];
  });
  return Object.fromEntries(kept);
}

test('any text in any pieces leaves what its value would leave', () => {
  fc.assert(
    fc.property(anyFields, anyValue, fc.nat(40), (fields, value, cut) => {
      const whole = bytes(JSON.stringify(value, undefined, cut % 2));
      const sieve = new JsonFilter(fields);
      const kept: Uint8Array[] = [];
      for (let from = 0; from < whole.length; from += cut + 1) {
        kept.push(sieve.push(whole.subarray(from, from + cut + 1)));
      }
      expect(sieve.end()).toBe(true);
      expect(Buffer.concat(kept).toString()).toBe(JSON.stringify(pruned(value, fields)));
    }),
  );
});

test('a text that breaks off anywhere is refused', () => {
  fc.assert(
    fc.property(anyFields, fc.array(anyValue, { maxLength: 3 }), fc.nat(), (fields, value, at) => {
      const text = bytes(JSON.stringify(value));
      expect(filterBody(text.subarray(0, at % text.length), fields)).toBeUndefined();
    }),
  );
});

test('lists of scalars leave the same in one piece as byte by byte, valid or not', () => {
  const fields = findReadFields(
    z.object({ v: recordList(z.array(z.union([z.number(), z.string()]))) }),
  );
  const part = fc.constantFrom('[', ']', ',', '"', '\\', ' ', '1', '-1.5', '"2"', '[1,"2"]', '{');
  const inside = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(fc.constantFrom('[1,"2"]', '[]', '["\\""]', '[1 ,2]', '3', '["a",true]')).map(String),
  );
  const outcome = (text: string, step: number) => {
    const [sieve, whole, kept] = [new JsonFilter(fields), bytes(text), [] as Uint8Array[]];
    for (let from = 0; from < whole.length; from += step) {
      kept.push(sieve.push(whole.subarray(from, from + step)));
    }
    return sieve.end() ? Buffer.concat(kept).toString() : undefined;
  };
  fc.assert(
    fc.property(inside, (text) => {
      const answer = `{"v":[${text}],"w":[[1,"2"]]}`;
      expect(outcome(answer, answer.length)).toBe(outcome(answer, 1));
    }),
    { numRuns: 1_000 },
  );
});
