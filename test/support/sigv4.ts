/** Verifies a request's Signature Version 4 with node:crypto, from Amazon's own description. */

import { createHash, createHmac } from 'node:crypto';
import type { ReceivedRequest } from './httpServer.ts';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/** The fault in the signature of a GET. `undefined` if there is none. */
export function signatureFault(request: ReceivedRequest, keys: SigningKeys): string | undefined {
  const parsed = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;
  const [, credential, names, signature] = parsed.exec(header(request, 'authorization')) ?? [];
  if (credential === undefined || names === undefined) return 'Missing Authentication Token';
  const stamp = header(request, 'x-amz-date');
  const scope = [stamp.slice(0, 8), keys.region, keys.service, 'aws4_request'].join('/');
  if (credential !== `${keys.accessKeyId}/${scope}`) return `Credential should be scoped: ${scope}`;
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...names.split(';').map((name) => `${name}:${header(request, name).trim()}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${keys.secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === signature
    ? undefined
    : 'The request signature we calculated does not match the signature you provided';
}

function header({ headers }: ReceivedRequest, name: string): string {
  return [headers[name]].flat().join(',');
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map((pair) => pair.map(rfc3986).join('='));
  return pairs.sort().join('&');
}

function rfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
