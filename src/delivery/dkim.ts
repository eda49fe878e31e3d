/** The DKIM key that signs mail, and the check of its public half in DNS. */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { resolveTxt } from 'node:dns/promises';
import { Failure } from '../domain/failure.ts';
import type { SignatureFact } from '../domain/finding.ts';
import type { DkimSignature } from './eml.ts';
import type { DkimOptions } from './options.ts';

/** RFC 8301: signatures with shorter keys must be ignored. */
const SHORTEST_BITS = 1024;

/**
 * The signature as nodemailer takes it. The key is checked here, because nodemailer sends unsigned
 * mail without an error if it cannot sign.
 * @throws {Failure} `config` if the key is not an RSA key in PEM.
 */
export function toDkimSignature({ domain, selector, privateKey }: DkimOptions): DkimSignature {
  const pem = privateKey.reveal();
  readKey(pem, privateKey.origin);
  return { domain, selector, privateKey: pem };
}

function readKey(pem: string, origin: string): KeyObject {
  const key = parseKey(pem);
  const bits = key?.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key?.asymmetricKeyType === 'rsa' && bits >= SHORTEST_BITS) return key;
  throw new Failure('config', `invalid DKIM key in ${origin}`, {
    where: 'smtp.dkim.privateKey',
    expected: `an RSA key of at least ${SHORTEST_BITS} bits in PEM, without a passphrase`,
    hint: 'create one: openssl genrsa -out dkim.pem 2048',
  });
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // The error may quote the key and is dropped on purpose.
    return undefined;
  }
}

/** Looks up TXT records, with the system's resolver except in tests. */
export type TxtLookup = (name: string) => Promise<string[][]>;

/**
 * Checks that receivers find the public key in DNS, and returns its name.
 * @throws {Failure} `config` for a key that cannot sign, or a record that is missing or has another
 * key; `unavailable` if DNS does not answer.
 */
export async function checkDkimRecord(
  options: DkimOptions,
  lookUp: TxtLookup = resolveTxt,
): Promise<SignatureFact> {
  const { privateKey } = toDkimSignature(options);
  const name = `${options.selector}._domainkey.${options.domain}`;
  const published = publishedKey(await recordsOf(name, lookUp));
  const own = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  if (published === own.toString('base64')) return { code: 'signature-published', name };
  throw new Failure(
    'config',
    `${name} ${published === undefined ? 'has no key' : 'has another key'}`,
    {
      where: 'smtp.dkim',
      expected: `a TXT record at ${name}: v=DKIM1; k=rsa; p=${own.toString('base64')}`,
      hint:
        'publish that record, or correct domain and selector; mail that fails DKIM may be ' +
        'marked as spam',
    },
  );
}

function publishedKey(records: readonly string[][]): string | undefined {
  const texts = records.map((parts) => parts.join(''));
  const key = texts.map((text) => /(?:^|;)\s*p=([^;]*)/.exec(text)?.[1]?.replace(/\s+/g, ''));
  return key.find((one) => one !== undefined && one !== '');
}

const NO_RECORD = ['ENODATA', 'ENOTFOUND'];

async function recordsOf(name: string, lookUp: TxtLookup): Promise<string[][]> {
  try {
    return await lookUp(name);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (NO_RECORD.includes(code)) return [];
    throw new Failure('unavailable', `DNS does not answer for ${name} (${code})`, {
      hint: 'check the name servers of this machine, then try again',
      cause,
    });
  }
}
