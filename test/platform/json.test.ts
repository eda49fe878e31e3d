import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/domain/failure.ts';
import { type JsonNumber, parseLossless, parsePlain, shortText } from '../../src/platform/json.ts';
import {
  instantMsSchema,
  numberText,
  parseResponse,
  wholeNumber,
} from '../../src/platform/responseSchemas.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each(['0.1', '1.10', '12345678901234567.000000001', '7.5e-08', '-0', '1E+2'])(
  'the number %s keeps its text',
  (text) => {
    const value = parseLossless(bytes(`{"a":[${text}]}`), 'x') as { a: JsonNumber[] };
    expect(value.a[0]?.text).toBe(text);
  },
);

test('JSON is written back exactly as it was read', () => {
  const text = '{"a":1.50,"b":[1e2,-0,0.44],"c":"x"}';
  expect(JSON.stringify(parseLossless(bytes(text), 'x'))).toBe(text);
});

test('values other than numbers are as JSON.parse reads them', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseLossless(bytes(text), 'x'))).toBe(text);
      expect(parsePlain(bytes(text), 'x')).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['', 'h returned an empty body instead of JSON'],
  [' \n', 'h returned an empty body instead of JSON'],
  ['<!doctype html><p>Hi', 'h returned an HTML page instead of JSON'],
  ['<html>', 'h returned an HTML page instead of JSON'],
  ['{"a":[1,2', 'h returned incomplete JSON that ends after 9 characters'],
  ['{"a":"b', 'h returned incomplete JSON that ends after 7 characters'],
  ['nope', 'h returned text that is not JSON'],
  ['{"a":1}}', 'h returned text that is not JSON'],
])('%j is refused with its reason', (text, message) => {
  const failure = refusal(() => parseLossless(bytes(text), 'h'));
  expect(failure).toMatchObject({ code: 'malformed', where: 'h', message });
});

test('an unreadable body is refused without quoting it, since it may hold secrets', () => {
  const failure = refusal(() => parseLossless(bytes('{"env":"hunter2"'), 'h'));
  expect(failure.message).toBe('h returned incomplete JSON that ends after 16 characters');
  expect(failure.cause).toBeUndefined();
});

test('bytes that are not UTF-8 are refused', () => {
  const failure = refusal(() => parsePlain(new Uint8Array([0x22, 0xff, 0x22]), 'h'));
  expect(failure.message).toBe('h returned 3 bytes that are not UTF-8 text');
});

const money = z.object({ amount: numberText });

test('"found a string, expected a number" is refused with its path', () => {
  const failure = refusal(() =>
    parseResponse(money, parseLossless(bytes('{"amount":"1.5"}'), 'h'), 'h'),
  );
  expect(failure.message).toBe(
    'h returned an unexpected response: amount: found a string, expected a number',
  );
});

test.each([
  ['{}', 'found nothing, expected a number'],
  ['{"amount":null}', 'found null, expected a number'],
  ['{"amount":[]}', 'found a list, expected a number'],
  ['{"amount":1e999}', 'expected a number of ordinary size'],
  [`{"amount":${'9'.repeat(65)}}`, 'expected a number of ordinary size'],
])('%s is refused in words', (text, words) => {
  const failure = refusal(() => parseResponse(money, parseLossless(bytes(text), 'h'), 'h'));
  expect(failure.message).toContain(words);
});

test('a whole number with a fraction is refused', () => {
  const read = (text: string) => wholeNumber.safeParse(parseLossless(bytes(text), 'h'));
  expect(read('3').data).toBe(3);
  expect(read('3.5').success).toBe(false);
  expect(read('9007199254740993').success).toBe(false);
});

test('a time is in milliseconds, and a time that does not exist is refused', () => {
  expect(instantMsSchema.parse('2026-06-01T00:00:00Z')).toBe(Date.UTC(2026, 5, 1));
  expect(instantMsSchema.safeParse('2026-02-30T00:00:00Z').error?.issues[0]?.message).toBe(
    '"2026-02-30T00:00:00Z" is not a time',
  );
});

test('hostile text becomes one short line', () => {
  expect(shortText('a\u001b[31m\r\n\u202eb  c', 80)).toBe('a [31m b c');
});
