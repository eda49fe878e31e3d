/** Reads an answer's body as text, whichever way it is kept. */

import type { Body } from '../../src/domain/provenance.ts';
import { plainBytes } from '../../src/platform/body.ts';

export function bodyText(body: Body | undefined): string {
  return body === undefined ? '' : new TextDecoder().decode(plainBytes(body));
}
