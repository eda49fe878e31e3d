/** Keeps every secret that was revealed in this process, and its parts, out of the log. */

import { createRedactor, type Redactor } from './redact.ts';
import { revealedSecrets } from './secret.ts';

/** Shorter pieces of a path are words, such as `services` in a webhook address. */
const SHORTEST_PIECE = 16;

/** Redacts everything that has been revealed so far. */
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
 * The secret parts of a secret URL: its password, and pieces of its path as long as a webhook key.
 */
function withParts(secret: string): string[] {
  const url = URL.parse(secret);
  if (url === null) return [secret];
  const password = url.password === '' ? [] : [url.password, plain(url.password)];
  const pieces = `${url.pathname}/${url.search}`.split(/[/?&=]/);
  return [secret, ...password, ...pieces.filter((piece) => piece.length >= SHORTEST_PIECE)];
}

/** The text decoded, or unchanged if it was not encoded. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
