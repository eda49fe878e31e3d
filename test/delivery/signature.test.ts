/** Knows that signed mail is signed: checked here by the rules of RFC 6376, without a mailer. */

import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { composeParcel } from '../../src/delivery/eml.ts';
import type { DkimOptions } from '../../src/delivery/options.ts';
import { checkSignature, signatureOf } from '../../src/delivery/signature.ts';
import { secretFrom } from '../../src/platform/secret.ts';
import { parcelOf } from '../support/parcel.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const publishedKey = publicKey.replace(/-----[^-]+-----|\s/g, '');

const options = (key: string = privateKey): DkimOptions => ({
  domain: 'example.com',
  selector: 'audit2026',
  privateKey: secretFrom('file /run/dkim.pem', () => key),
});

const signedMail = async (parcel = parcelOf()) =>
  Buffer.from(await composeParcel(parcel, signatureOf(options()))).toString('latin1');

/** RFC 6376, 3.4.2: names in lower case, folds undone, blanks made one, none at the end. */
function relaxedHeader(header: string): string {
  const colon = header.indexOf(':');
  const value = header.slice(colon + 1).replace(/\r\n(?=[ \t])/g, '');
  return `${header.slice(0, colon).toLowerCase().trim()}:${value.replace(/[ \t]+/g, ' ').trim()}`;
}

/** RFC 6376, 3.4.4: blanks made one, none at line ends, no empty lines at the end. */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  return `${lines.join('\r\n').replace(/(\r\n)+$/, '')}\r\n`;
}

/** What a receiver finds: does the body fit its hash, do the headers fit the signature? */
function verified(message: string): { body: boolean; headers: boolean } {
  const [head = '', ...rest] = message.split('\r\n\r\n');
  const headers = head.split(/\r\n(?![ \t])/);
  const own = headers.find((header) => /^dkim-signature:/i.test(header)) ?? '';
  const tags = Object.fromEntries(
    own
      .slice(own.indexOf(':') + 1)
      .split(';')
      .map((tag) => [
        tag.split('=')[0]?.trim(),
        tag.slice(tag.indexOf('=') + 1).replace(/\s/g, ''),
      ]),
  ) as Record<string, string>;
  const hash = createHash('sha256').update(relaxedBody(rest.join('\r\n\r\n')), 'latin1');
  const signed = (tags['h'] ?? '')
    .split(':')
    .map((name) => headers.findLast((header) => header.toLowerCase().startsWith(`${name}:`)) ?? '')
    .map((header) => `${relaxedHeader(header)}\r\n`);
  const unsigned = relaxedHeader(own.replace(/(\bb=)[^;]*$/, '$1'));
  const verify = createVerify('RSA-SHA256').update(signed.join('') + unsigned, 'latin1');
  return {
    body: hash.digest('base64') === tags['bh'],
    headers: verify.verify(publicKey, tags['b'] ?? '', 'base64'),
  };
}

describe('a signed message', () => {
  test('is what a receiver can check', async () => {
    const message = await signedMail();
    expect(verified(message)).toEqual({ body: true, headers: true });
    expect(message).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example.com;/,
    );
    expect(message).toMatch(/s=audit2026/);
  });

  test('does not stand another word in its body, or another subject', async () => {
    const message = await signedMail();
    expect(verified(message.replace('Delete chat', 'Keep chat')).body).toBe(false);
    expect(verified(message.replace(/^Subject: .*$/m, 'Subject: keep all')).headers).toBe(false);
    expect(verified(message.replace(/^To: .*$/m, 'To: all@example.com')).headers).toBe(false);
  });

  test('is the same to the byte when it is made again', async () => {
    expect(await signedMail()).toBe(await signedMail());
  });

  test('can be checked with words in other scripts and with long lines', async () => {
    const { letter } = parcelOf();
    const words = 'Größe 你好 \u{1f600} '.repeat(60);
    const parcel = parcelOf({ letter: { ...letter, subject: words, text: `${words}\n\n\n` } });
    expect(verified(await signedMail(parcel))).toEqual({ body: true, headers: true });
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
])('%s is refused, for such mail would go out unsigned', (_, key) => {
  const attempt = () => signatureOf(options(key));
  expect(attempt).toThrow('the DKIM key in file /run/dkim.pem cannot sign');
  expect(attempt).not.toThrow(/hush|BEGIN/);
});

describe('the record in the DNS', () => {
  const record = (text: string) => async () => [[text.slice(0, 40), text.slice(40)]];

  test('holds the key that signs, in however many pieces', async () => {
    expect(await checkSignature(options(), record(`v=DKIM1; k=rsa; p=${publishedKey}`))).toBe(
      'audit2026._domainkey.example.com holds the key that signs',
    );
  });

  test('is asked for where it is missing, empty, or holds another key', async () => {
    const missing = async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    };
    for (const [lookUp, problem] of [
      [missing, 'has no key'],
      [record('v=DKIM1; p='), 'has no key'],
      [record('v=DKIM1; p=MIGfMA0GCSqG'), 'has another key'],
    ] as const) {
      await expect(checkSignature(options(), lookUp)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining(problem),
        expected: expect.stringContaining(`p=${publishedKey}`),
      });
    }
  });

  test('says so where the DNS is silent', async () => {
    const silent = async () => {
      throw Object.assign(new Error('no'), { code: 'ETIMEOUT' });
    };
    await expect(checkSignature(options(), silent)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
