/** How a mail address is written where only ASCII is understood. */

import { domainToASCII } from 'node:url';

/**
 * The address with its domain in ASCII (RFC 5890), which every server takes: `x@müller.example` is
 * `x@xn--mller-kva.example`. A domain that is none stays as it is, and its server says so.
 */
export function wireAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at + 1)}${domain}`;
}
