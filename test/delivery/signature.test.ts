/** Signed mail is verified here by the rules of RFC 6376, without a mail library. */

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openChannel } from '../../src/delivery/openChannel.ts';
import { composeMessage } from '../../src/delivery/eml.ts';
import type { DkimOptions } from '../../src/delivery/options.ts';
import { checkDkimRecord, toDkimSignature } from '../../src/delivery/dkim.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { verifyDkim } from '../support/dkim.ts';
import { startMailServer } from '../support/mailServer.ts';
import { makeOutgoing } from '../support/outgoing.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const publishedKey = publicKey.replace(/-----[^-]+-----|\s/g, '');

const options = (key: string = privateKey): DkimOptions => ({
  domain: 'example.com',
  selector: 'audit2026',
  privateKey: createSecret('file /run/dkim.pem', () => key),
});

const signedMail = async (outgoing = makeOutgoing()) =>
  Buffer.from(await composeMessage(outgoing, toDkimSignature(options()))).toString('latin1');

describe('a signed message', () => {
  test('can be verified by a recipient', async () => {
    const message = await signedMail();
    expect(verifyDkim(publicKey, message)).toEqual({ body: true, headers: true });
    expect(message).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example.com;/,
    );
    expect(message).toMatch(/s=audit2026/);
  });

  test('does not verify with another body or another subject', async () => {
    const message = await signedMail();
    expect(verifyDkim(publicKey, message.replace('Delete chat', 'Keep chat')).body).toBe(false);
    expect(
      verifyDkim(publicKey, message.replace(/^Subject: .*$/m, 'Subject: keep all')).headers,
    ).toBe(false);
    expect(verifyDkim(publicKey, message.replace(/^To: .*$/m, 'To: all@example.com')).headers).toBe(
      false,
    );
  });

  test('is the same to the byte when it is made again', async () => {
    expect(await signedMail()).toBe(await signedMail());
  });

  test('can be verified with words in other scripts and with long lines', async () => {
    const { letter } = makeOutgoing();
    const words = 'Größe 你好 \u{1f600} '.repeat(60);
    const outgoing = makeOutgoing({
      letter: { ...letter, subject: words, text: `${words}\n\n\n` },
    });
    expect(verifyDkim(publicKey, await signedMail(outgoing))).toEqual({
      body: true,
      headers: true,
    });
  });
});

const { privateKey: curve } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { privateKey: locked } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
});

test.each([
  ['no key at all', 'hush'],
  ['a public key', publicKey],
  ['a key with a passphrase', locked],
  ['a key of another kind', curve],
])('%s is refused, since such mail would go out unsigned', (_, key) => {
  const attempt = () => toDkimSignature(options(key));
  expect(attempt).toThrow('invalid DKIM key in file /run/dkim.pem');
  expect(attempt).not.toThrow(/hush|BEGIN/);
});

describe('the DNS record', () => {
  const record = (text: string) => async () => [[text.slice(0, 40), text.slice(40)]];

  test('has the key that signs, in however many pieces', async () => {
    expect(await checkDkimRecord(options(), record(`v=DKIM1; k=rsa; p=${publishedKey}`))).toEqual({
      code: 'signature-published',
      name: 'audit2026._domainkey.example.com',
    });
  });

  test('is requested if it is missing, empty, or has another key', async () => {
    const missing = async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    };
    for (const [lookUp, problem] of [
      [missing, 'has no key'],
      [record('v=DKIM1; p='), 'has no key'],
      [record('v=DKIM1; p=MIGfMA0GCSqG'), 'has another key'],
    ] as const) {
      await expect(checkDkimRecord(options(), lookUp)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(problem),
        expected: expect.stringContaining(`p=${publishedKey}`),
      });
    }
  });

  test('is reported as unknown if the DNS does not answer', async () => {
    const silent = async () => {
      throw Object.assign(new Error('no'), { code: 'ETIMEOUT' });
    };
    await expect(checkDkimRecord(options(), silent)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('mail to a real server is signed, and equals the stored message to the byte', async () => {
  const { port, received } = await startMailServer();
  const url = createSecret('${SMTP_URL}', () => `smtp://127.0.0.1:${port}`);
  const places = { from: 'audit@example.com', channels: [], smtp: { url, timeoutMs: 30_000 } };
  const signing = { ...places, smtp: { ...places.smtp, dkim: options() } };
  const tools = { clock: systemClock, write: () => Promise.resolve() };
  const channel = openChannel('mail', signing, tools);
  const message = await channel.prepare(makeOutgoing());
  const handing = { recipient: 'cfo@example.com', beforeSend: () => Promise.resolve() };
  expect(await channel.send(message, handing)).toMatchObject({ kind: 'sent' });
  const [mail] = received;
  expect(mail?.message.equals(message)).toBe(true);
  expect(verifyDkim(publicKey, mail?.message.toString('latin1') ?? '')).toEqual({
    body: true,
    headers: true,
  });
});

test('a key that cannot sign makes no message at all', async () => {
  const url = createSecret('${SMTP_URL}', () => 'smtp://127.0.0.1:1');
  const smtp = { url, timeoutMs: 1_000, dkim: options('hush') };
  const places = { from: 'audit@example.com', channels: [], smtp };
  const tools = { clock: systemClock, write: () => Promise.resolve() };
  const channel = openChannel('mail', places, tools);
  await expect(channel.prepare(makeOutgoing())).rejects.toMatchObject({ code: 'config' });
});
