import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/platform/redact.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);

test('a secret that is part of a longer word is removed from it', () => {
  expect(createRedactor(['s3cret']).text('xs3cretx s3cre s3crets')).toBe(
    'x[redacted]x s3cre [redacted]s',
  );
});

test('a secret that contains another secret leaves no piece behind', () => {
  expect(createRedactor(['abcd', 'abcdefgh']).text('abcdefgh abcd')).toBe('[redacted] [redacted]');
});

test('special characters of regular expressions and of replace are plain text', () => {
  const secret = '.*+?^${}()|[]\\$&$1';
  expect(createRedactor([secret]).text(`<${secret}> anything`)).toBe('<[redacted]> anything');
});

test('empty and tiny secrets are ignored, since they would remove ordinary text', () => {
  expect(createRedactor(['', 'a', 'abc']).text('a banana abc')).toBe('a banana abc');
  expect(text(createRedactor(['', 'abc']).bytes(bytes('abc')))).toBe('abc');
});

test('URL-encoded, form-encoded and JSON-escaped forms are removed', () => {
  const secret = 'p@ss word"/+';
  const spelled = [
    encodeURIComponent(secret),
    new URLSearchParams({ q: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
  ];
  for (const spelling of spelled) {
    expect(createRedactor([secret]).text(`<${spelling}>`)).toBe('<[redacted]>');
  }
});

test('parameters that usually carry a key lose their value, known or not', () => {
  const url = 'https://h/p?api_key=abc&podId=7&access_token=x%20y#top';
  expect(createRedactor([]).text(url)).toBe(
    'https://h/p?api_key=[redacted]&podId=7&access_token=[redacted]#top',
  );
});

test('Authorization values and user info lose their value, known or not', () => {
  const clean = (shown: string) => createRedactor([]).text(shown);
  expect(clean('authorization: Bearer abc.def-1')).toBe('authorization: [redacted]');
  expect(clean('{"Authorization":"Basic dTpw"}')).toBe('{"Authorization":"[redacted]"}');
  expect(clean('sent Bearer abcdefgh12 there')).toBe('sent Bearer [redacted] there');
  expect(clean('redis://user:pa@h:1/0')).not.toContain('user');
});

test('ordinary URLs and sentences are unchanged', () => {
  const plain =
    'https://h/v2/billing/pods?startTime=2026-07-01T00:00:00Z&podId=a returned 500: bad';
  expect(createRedactor(['zzzz1']).text(plain)).toBe(plain);
});

test('any base64 that contains the secret loses it, whatever stands before and after', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }),
      fc.string({ maxLength: 7 }),
      fc.string({ maxLength: 7 }),
      (secret, before, after) => {
        const whole = Buffer.from(`${before}${secret}${after}`).toString('base64');
        expect(createRedactor([secret]).text(whole)).toContain('[redacted]');
      },
    ),
  );
});

test('no text keeps a given secret', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        fc.pre(!'[redacted]'.includes(secret));
        expect(createRedactor([secret]).text(before + secret + after)).not.toContain(secret);
        expect(text(createRedactor([secret]).bytes(bytes(before + secret + after)))).not.toContain(
          secret,
        );
      },
    ),
  );
});

test('a body without secrets is returned as the same bytes', () => {
  const body = new Uint8Array([0, 255, 128, 10]);
  expect(createRedactor(['secret-1']).bytes(body)).toBe(body);
});

test('bytes that are not text survive around a secret', () => {
  const body = Buffer.concat([
    Buffer.from([0xff, 0x00]),
    Buffer.from('kéy-é'),
    Buffer.from([0xfe]),
  ]);
  const clean = createRedactor(['kéy-é']).bytes(body);
  expect([clean[0], clean[1], clean.at(-1)]).toEqual([0xff, 0x00, 0xfe]);
  expect(text(clean.subarray(2, -1))).toBe('[redacted]');
});
