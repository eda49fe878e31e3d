import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { settableClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { createSecret, secretSchema } from '../../src/platform/secret.ts';

const key = createSecret('${RUNPOD_API_KEY}', () => ' rpa_123456 \n');

test('a secret is revealed on demand, without surrounding whitespace', () => {
  expect(key.reveal()).toBe('rpa_123456');
});

test('a secret shows where it comes from, never its value', () => {
  const shown = [String(key), JSON.stringify({ key }), inspect({ key }, { depth: 5 })].join('\n');
  expect(shown).not.toContain('123456');
  expect(shown.split('\n').every((line) => line.includes('[secret ${RUNPOD_API_KEY}]'))).toBe(true);
});

test.each([undefined, '', '  '])('a secret of %j is missing, and the error names it', (value) => {
  const missing = createSecret('${NOPE}', () => value);
  expect(() => missing.reveal()).toThrow('the secret ${NOPE} is not set');
});

test('an option that takes a secret refuses plain strings and look-alikes', () => {
  const options = z.strictObject({ apiKey: secretSchema });
  expect(options.parse({ apiKey: key }).apiKey).toBe(key);
  for (const apiKey of ['rpa_123456', { origin: 'x', reveal: () => 'y' }, undefined]) {
    expect(options.safeParse({ apiKey }).error?.issues[0]?.message).toContain('${ENV}');
  }
});

test('the log writes JSON lines at or above its level, without secrets', () => {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    clock: settableClock(Date.UTC(2026, 6, 1)),
    redactor: createRedactor(['rpa_123456']),
    write: (line) => lines.push(line),
  });
  log.debug('unseen');
  log.warn('asked with rpa_123456', { url: 'https://h/?api_key=zzz', tries: 2 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: '2026-07-01T00:00:00Z',
    url: 'https://h/?api_key=[redacted]',
    tries: 2,
    msg: 'asked with [redacted]',
  });
});
