/** Mail addresses with an ASCII domain. */

import { domainToASCII } from 'node:url';

/**
 * The address with its domain in ASCII (RFC 5890), which every server accepts. `x@müller.example`
 * becomes `x@xn--mller-kva.example`. An invalid domain is left alone for its server to reject.
 */
export function toAsciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at + 1)}${domain}`;
}
