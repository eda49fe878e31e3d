/** How a message gets its id: the same letter to the same reader has the same for good. */

import { sha256Hex } from '../platform/digest.ts';
import { wireAddress } from './wireAddress.ts';

/**
 * `key` names the letter and its reader; the domain is the sender's. With angle brackets, as the
 * header has it.
 */
export function messageIdOf(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)/i.exec(wireAddress(from))?.[1] ?? 'rentcheck.invalid';
  return `<${sha256Hex(key)}@${domain.toLowerCase()}>`;
}
