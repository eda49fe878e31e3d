/** One request to a bucket or a container, and the fetch that it becomes. */

import { Failure, type FailureCode } from '../../domain/failure.ts';
import type { Fetch } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import type { HttpAnswer, HttpClient, HttpResult } from '../../platform/http.ts';
import { parseXml, textIn } from '../../platform/xml.ts';
import { failedFetch, orFailure, unreadableFetch } from '../fetchRecord.ts';
import type { Asker, Got, StoredFile } from './store.ts';

/** A bucket or a container over HTTP. */
export interface Place {
  readonly http: HttpClient;
  readonly asker: Asker;
  readonly timeoutMs?: number;
  /** What must be removed from whatever is kept or said. */
  readonly secrets: readonly string[];
  /** Headers of one request, its signature among them. */
  headers(url: URL, own: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  /** The address as it is kept: without a signature. */
  shown(url: URL): string;
  readonly meanings: Meanings;
}

/** What a store's own error codes mean, with what to do. */
export type Meanings = Readonly<Record<string, readonly [code: FailureCode, hint: string]>>;

interface Wish {
  /** `focus.list`. */
  readonly kind: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly into?: string;
  readonly maxBytes?: number;
}

type Answered =
  | { readonly answer: HttpAnswer; readonly fetch: Fetch }
  | { readonly failed: Failed };
type Failed = { readonly fetch: Fetch; readonly failure: Failure };

async function asked(place: Place, wish: Wish): Promise<Answered> {
  const { http, asker, secrets, timeoutMs } = place;
  const { kind, url, headers = {}, into, maxBytes } = wish;
  const result = await http.get({
    url,
    headers: await place.headers(url, { accept: '*/*', ...headers }),
    secrets,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(into === undefined ? {} : { into }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  const about = { sourceId: asker.sourceId, kind };
  const shown = place.shown(url);
  if (!result.ok) return { failed: failedAs(place, about, { ...result, url: shown }) };
  const { startedAtMs, endedAtMs, status, digest } = result.answer;
  const fetch = { ...about, url: shown, startedAtMs, endedAtMs, status, digest };
  return { answer: result.answer, fetch };
}

function failedAs(
  place: Place,
  about: { readonly sourceId: string; readonly kind: string },
  result: HttpResult & { ok: false },
): Failed {
  const failure = explained(place, result);
  return { fetch: failedFetch(about, { ...result, failure }).fetch, failure };
}

/** The failure in the words of the error that the body holds as XML, where it does. */
function explained(place: Place, { failure, body, status, url }: HttpResult & { ok: false }) {
  if (status === 412) return changed(url);
  const error = body === undefined ? failure : orFailure(() => parseXml(plainBytes(body), url));
  if (error instanceof Failure) return failure;
  const [code = '', message = ''] = ['Code', 'Message'].map((name) =>
    orFailure(() => textIn(error, name, url) ?? ''),
  );
  if (typeof code !== 'string' || code === '' || typeof message !== 'string') return failure;
  const said = `${url} returned ${status}: ${code}, ${message.trim().split('\n', 1)[0] ?? ''}`;
  const meaning = Object.hasOwn(place.meanings, code) ? place.meanings[code] : undefined;
  const [means, hint] = meaning ?? [failure.code, failure.hint];
  const isToWait = meaning === undefined && failure.retryAfterMs !== undefined;
  return new Failure(means, said.slice(0, 400), {
    where: url,
    hint,
    ...(isToWait ? { retryAfterMs: failure.retryAfterMs } : {}),
  });
}

/** The file is another one than a moment ago, when it was listed. */
function changed(url: string): Failure {
  return new Failure('not-settled', `${url} changed while the bill was being read`, {
    where: url,
    hint:
      'the provider is writing its next version; known charges are kept, and the next pull ' +
      'reads it',
  });
}

/** A list or a manifest: what `read` makes of its bytes, and what of them is kept. */
export async function askShort<Value>(
  place: Place,
  wish: Wish,
  read: (bytes: Uint8Array, url: string) => { readonly value: Value; readonly kept: Uint8Array },
): Promise<Got<Value>> {
  const got = await asked(place, wish);
  if ('failed' in got) return got.failed;
  const { answer, fetch } = got;
  const told = orFailure(() => read(plainBytes(answer.body), fetch.url));
  if (told instanceof Failure) {
    return { fetch: unreadableFetch(fetch, told).fetch, failure: told };
  }
  return { fetch: { ...fetch, body: told.kept }, value: told.value };
}

/** A manifest as it is; who reads it keeps what it reads. */
export function readFile(place: Place, url: URL, file: StoredFile): Promise<Got<Uint8Array>> {
  const kind = `${place.asker.kind}.manifest`;
  const wish = { kind, url, headers: unchanged(file), maxBytes: MOST_MANIFEST_BYTES };
  return askShort(place, wish, (bytes) => ({ value: bytes, kept: new Uint8Array() }));
}

const MOST_MANIFEST_BYTES = 16 * 1024 * 1024;

/** One terabyte: no file of a bill is longer. */
const MOST_FILE_BYTES = 1024 ** 4;

/** A file of any length, to the disk. */
export async function saveFile(
  place: Place,
  url: URL,
  { file, path }: { readonly file: StoredFile; readonly path: string },
): Promise<Got<undefined>> {
  const kind = `${place.asker.kind}.file`;
  const wish = { kind, url, headers: unchanged(file), into: path, maxBytes: MOST_FILE_BYTES };
  const got = await asked(place, wish);
  if ('failed' in got) return got.failed;
  const { answer, fetch } = got;
  const now = bareTag(answer.headers.get('etag') ?? '');
  if (now !== '' && now !== file.version) {
    const failure = changed(fetch.url);
    return { fetch: unreadableFetch(fetch, failure).fetch, failure };
  }
  return { fetch, value: undefined };
}

/** Servers compare strong tags alone. */
function unchanged({ version }: StoredFile): Record<string, string> {
  return version === '' || version.startsWith('W/') ? {} : { 'if-match': `"${version}"` };
}

/** `"abc"` and `abc` are one tag. */
export function bareTag(tag: string): string {
  return tag.startsWith('W/') ? tag : tag.replaceAll(/^"|"$/g, '');
}

/** A path or a query value as RFC 3986 spells it; SigV4 signs it so. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The key below a path, each segment encoded for itself.
 * @throws {Failure} `malformed` for a segment `.` or `..`, which every address would lose.
 */
export function keyPath(key: string): string {
  const segments = key.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new Failure('malformed', `invalid object key ${JSON.stringify(key)}`, {
      where: key,
      expected: 'a key without the path segments . and ..',
      hint: 'write the export under another prefix',
    });
  }
  return segments.map(percentEncoded).join('/');
}
