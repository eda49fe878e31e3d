/** How every secret that was ever revealed here, and each part of it, stays out of a log. */

import { createRedactor, type Redactor } from './redact.ts';
import { revealedSecrets } from './secret.ts';

/** A shorter piece of a path is a word, such as `services` in a webhook's address. */
const SHORTEST_PIECE = 16;

/** Takes out all that has been revealed up to the moment it is asked. */
export function revealedRedactor(): Redactor {
  let known = -1;
  let redactor = createRedactor([]);
  const current = () => {
    const secrets = revealedSecrets();
    if (secrets.size !== known) {
      known = secrets.size;
      redactor = createRedactor([...secrets].flatMap(withParts));
    }
    return redactor;
  };
  return {
    text: (text) => current().text(text),
    bytes: (body) => current().bytes(body),
    finds: (body) => current().finds(body),
    get longest() {
      return current().longest;
    },
  };
}

/**
 * An address that is a secret has parts that are: its password, and pieces of its path as long as a
 * webhook's key.
 */
function withParts(secret: string): string[] {
  const url = URL.parse(secret);
  if (url === null) return [secret];
  const password = url.password === '' ? [] : [url.password, plain(url.password)];
  const pieces = `${url.pathname}/${url.search}`.split(/[/?&=]/);
  return [secret, ...password, ...pieces.filter((piece) => piece.length >= SHORTEST_PIECE)];
}

/** As it was before it was put into an address; as it stands where it never was encoded. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
