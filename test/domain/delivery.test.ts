/** Tests which strings are accepted as one mail address. */

import { expect, it } from 'vitest';
import { MAIL_ADDRESS } from '../../src/domain/delivery.ts';

it.each(['cfo@example.com', "o'hara+rent@x.example", 'ü@müller.example', 'root@[192.0.2.1]'])(
  'one mail address may be %s',
  (address) => {
    expect(address).toMatch(MAIL_ADDRESS);
  },
);

it.each([
  'cfo',
  'a@b@c',
  'a@b, c@d',
  'Ada <a@b>',
  'a b@c',
  'a@b\nBcc: c@d',
  'cfo(finance)@example.com',
  'list:cfo@example.com',
  'a\\b@c',
  '"a"@b',
])('%j is rejected, because a header would read it differently', (address) => {
  expect(address).not.toMatch(MAIL_ADDRESS);
});
