/** How addresses of mail servers are read. No password crosses a network unencrypted. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSmtpAccess } from '../../src/delivery/smtp/session.ts';
import { createSecret } from '../../src/platform/secret.ts';

const access = (address: string, more: { requireTls?: boolean; ca?: string } = {}) =>
  readSmtpAccess({ url: createSecret('${SMTP_URL}', () => address), timeoutMs: 5_000, ...more });

test.each([
  ['smtps://u:p@mail.example.com', { host: 'mail.example.com', port: 465, secure: true }],
  ['smtps://mail.example.com:1465/', { host: 'mail.example.com', port: 1465, secure: true }],
  ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, secure: false }],
  ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, secure: false }],
  ['smtp://[::1]:25', { host: '::1', port: 25, secure: false }],
])('%s', async (address, expected) => {
  const { connection } = await access(address);
  expect(connection).toMatchObject({ ...expected, socketTimeout: 5_000 });
});

test('user and password are decoded', async () => {
  const { auth } = await access('smtp://me%40example.com:a%2Fb%25@h');
  expect(auth).toEqual({ user: 'me@example.com', pass: 'a/b%' });
  expect((await access('smtp://h')).auth).toBeUndefined();
});

test('a password requires TLS unless it stays on this machine or config allows it', async () => {
  const asks = async (address: string, requireTls?: boolean) =>
    (await access(address, requireTls === undefined ? {} : { requireTls })).connection.requireTLS;
  expect(await asks('smtp://u:p@h')).toBe(true);
  expect(await asks('smtp://u:p@h', false)).toBe(false);
  expect(await asks('smtp://u:p@127.0.0.1')).toBe(false);
  expect(await asks('smtp://h')).toBe(false);
  expect(await asks('smtp://h', true)).toBe(true);
  expect(await asks('smtps://u:p@h')).toBe(false);
});

test.each([
  'http://hush@h',
  'hush',
  'smtp://u:hush@',
  'smtp://u:hush@h/box',
  'smtp://u:hush@h?tls.rejectUnauthorized=false',
  'smtp://u:hush%zz@h',
])('%s is refused and not repeated', async (address) => {
  const failure: unknown = await access(address).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'config', where: 'smtp.url' });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('hush');
});

test('authorities are read from their file, or a missing file is reported', async () => {
  const ca = join(mkdtempSync(join(tmpdir(), 'rentcheck-ca-')), 'ca.pem');
  await expect(access('smtp://h', { ca })).rejects.toMatchObject({ code: 'file-unreadable' });
  writeFileSync(ca, 'PEM');
  expect((await access('smtp://h', { ca })).connection.tls).toEqual({ ca: 'PEM' });
});
