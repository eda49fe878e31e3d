/** Message ids: the same message to the same recipient always has the same id. */

import { sha256Hex } from '../platform/digest.ts';
import { toAsciiAddress } from './wireAddress.ts';

/**
 * `key` identifies the message and its recipient. The domain is the sender's. Returns the id with
 * angle brackets, as in the header.
 */
export function toMessageId(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)/i.exec(toAsciiAddress(from))?.[1] ?? 'rentcheck.invalid';
  return `<${sha256Hex(key)}@${domain.toLowerCase()}>`;
}
