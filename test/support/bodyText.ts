/** Reads a response body as text, in any of its forms, and opens one as a source does. */

import type { Body } from '../../src/domain/provenance.ts';
import { plainBytes } from '../../src/platform/body.ts';
import { parseLossless } from '../../src/platform/json.ts';
import { type ListBody, openList } from '../../src/platform/jsonList.ts';

export function bodyText(body: Body | undefined): string {
  return body === undefined ? '' : new TextDecoder().decode(plainBytes(body));
}

/** A value with its list, as if a server had sent it. */
export function listBody(value: unknown, list: string): ListBody {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return openList(body, { path: [list], where: 'h', parse: parseLossless });
}
