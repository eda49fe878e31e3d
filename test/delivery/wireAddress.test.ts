/** A mail address in ASCII for servers that support nothing else. */

import { expect, it } from 'vitest';
import { toAsciiAddress } from '../../src/delivery/eml.ts';

it.each([
  ['cfo@example.com', 'cfo@example.com'],
  ['Ada@MÜLLER.example', 'Ada@xn--mller-kva.example'],
  ['weird"@x@例え.jp', 'weird"@x@xn--r8jz45g.jp'],
  ['nobody', 'nobody'],
])('%s is written %s', (address, written) => {
  expect(toAsciiAddress(address)).toBe(written);
});
