/** Reads a response body as text, in any of its forms, and opens one as a source does. */

import type { FetchBody } from '../../src/domain/provenance.ts';
import { plainBytes } from '../../src/platform/body.ts';
import { parseLossless } from '../../src/platform/json.ts';
import { type JsonList, openJsonList } from '../../src/platform/jsonList.ts';

export function bodyText(body: FetchBody | undefined): string {
  return body === undefined ? '' : new TextDecoder().decode(plainBytes(body));
}

/** A value with its list, as if a server had sent it. */
export function listBody(value: unknown, list: string): JsonList {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return openJsonList(body, { path: [list], where: 'h', parse: parseLossless });
}
