/**
 * Verifies a DKIM signature as a recipient does, by the rules of RFC 6376, without a mail library.
 */

import { createHash, createVerify } from 'node:crypto';

/** RFC 6376, 3.4.2: lower-case names, unfolded lines, single spaces, no trailing space. */
function relaxedHeader(header: string): string {
  const colon = header.indexOf(':');
  const value = header.slice(colon + 1).replace(/\r\n(?=[ \t])/g, '');
  return `${header.slice(0, colon).toLowerCase().trim()}:${value.replace(/[ \t]+/g, ' ').trim()}`;
}

/** RFC 6376, 3.4.4: single spaces, none at line ends, no empty lines at the end. */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  return `${lines.join('\r\n').replace(/(\r\n)+$/, '')}\r\n`;
}

/** What a recipient finds: whether the body matches its hash, and the headers the signature. */
export function verifyDkim(
  publicKey: string,
  message: string,
): { body: boolean; headers: boolean } {
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
