/** Mail addresses with an ASCII domain. */

import { domainToASCII } from 'node:url';
import { sha256Hex } from '../platform/digest.ts';

/**
 * The address with its domain in ASCII (RFC 5890), which every server accepts. `x@müller.example`
 * becomes `x@xn--mller-kva.example`. An invalid domain is left alone for its server to reject.
 */
export function toAsciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at + 1)}${domain}`;
}

/**
 * `key` identifies the message and its recipient. The domain is the sender's. Returns the id with
 * angle brackets, as in the header.
 */
export function toMessageId(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)/i.exec(toAsciiAddress(from))?.[1] ?? 'rentcheck.invalid';
  return `<${sha256Hex(key)}@${domain.toLowerCase()}>`;
}
