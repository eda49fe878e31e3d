/** Sends one request to a bucket or a container and converts the result to a fetch. */

import { Failure, type FailureCode } from '../../domain/failure.ts';
import type { Fetch } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import type { HttpResponse, HttpClient, HttpResult } from '../../platform/http.ts';
import { parseXml, childText } from '../../platform/xml.ts';
import { failedFetch, catchFailure, unreadableFetch } from '../fetchRecord.ts';
import type { StoreClient, StoreResult, StoredFile } from './store.ts';

/** A bucket or a container over HTTP. */
export interface RemotePlace {
  readonly http: HttpClient;
  readonly asker: StoreClient;
  readonly timeoutMs?: number;
  /** Texts to remove from everything that is stored or logged. */
  readonly secrets: readonly string[];
  /** Headers of one request, including its signature. */
  headers(url: URL, own: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  /** The URL as it is stored, without a signature. */
  displayUrl(url: URL): string;
  readonly meanings: ErrorMeanings;
}

/** What a store's own error codes mean, with a hint. */
export type ErrorMeanings = Readonly<Record<string, readonly [code: FailureCode, hint: string]>>;

interface FileRequest {
  /** For example `focus.list`. */
  readonly kind: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly into?: string;
  readonly maxBytes?: number;
}

type SendResult =
  | { readonly answer: HttpResponse; readonly fetch: Fetch }
  | { readonly failed: Failed };
type Failed = { readonly fetch: Fetch; readonly failure: Failure };

async function sendRequest(place: RemotePlace, request: FileRequest): Promise<SendResult> {
  const { http, asker, secrets, timeoutMs } = place;
  const { kind, url, headers = {}, into, maxBytes } = request;
  const result = await http.get({
    url,
    headers: await place.headers(url, { accept: '*/*', ...headers }),
    secrets,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(into === undefined ? {} : { into }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  const about = { sourceId: asker.sourceId, kind };
  const shown = place.displayUrl(url);
  if (!result.ok) return { failed: toFailed(place, about, { ...result, url: shown }) };
  const { startedAtMs, endedAtMs, status, digest } = result.answer;
  const fetch = { ...about, url: shown, startedAtMs, endedAtMs, status, digest };
  return { answer: result.answer, fetch };
}

function toFailed(
  place: RemotePlace,
  about: { readonly sourceId: string; readonly kind: string },
  result: HttpResult & { ok: false },
): Failed {
  const failure = toStoreFailure(place, result);
  return { fetch: failedFetch(about, { ...result, failure }).fetch, failure };
}

/** The failure, with the store's own error code and message if the body holds them as XML. */
function toStoreFailure(
  place: RemotePlace,
  { failure, body, status, url }: HttpResult & { ok: false },
) {
  if (status === 412) return fileChanged(url);
  const error = body === undefined ? failure : catchFailure(() => parseXml(plainBytes(body), url));
  if (error instanceof Failure) return failure;
  const [code = '', message = ''] = ['Code', 'Message'].map((name) =>
    catchFailure(() => childText(error, name, url) ?? ''),
  );
  if (typeof code !== 'string' || code === '' || typeof message !== 'string') return failure;
  const text = `${url} returned ${status}: ${code}, ${message.trim().split('\n', 1)[0] ?? ''}`;
  const meaning = Object.hasOwn(place.meanings, code) ? place.meanings[code] : undefined;
  const [failureCode, hint] = meaning ?? [failure.code, failure.hint];
  const hasRetryTime = meaning === undefined && failure.retryAfterMs !== undefined;
  return new Failure(failureCode, text.slice(0, 400), {
    where: url,
    hint,
    ...(hasRetryTime ? { retryAfterMs: failure.retryAfterMs } : {}),
  });
}

/** The failure of a file that changed after it was listed. */
function fileChanged(url: string): Failure {
  return new Failure('not-settled', `${url} changed while the bill was being read`, {
    where: url,
    hint:
      'the provider is writing its next version; known charges are kept, and the next pull ' +
      'reads it',
  });
}

/** Requests a list or a manifest. `read` parses its bytes and returns the part that is stored. */
export async function requestShort<Value>(
  place: RemotePlace,
  request: FileRequest,
  read: (bytes: Uint8Array, url: string) => { readonly value: Value; readonly kept: Uint8Array },
): Promise<StoreResult<Value>> {
  const sent = await sendRequest(place, request);
  if ('failed' in sent) return sent.failed;
  const { answer, fetch } = sent;
  const parsed = catchFailure(() => read(plainBytes(answer.body), fetch.url));
  if (parsed instanceof Failure) {
    return { fetch: unreadableFetch(fetch, parsed).fetch, failure: parsed };
  }
  return { fetch: { ...fetch, body: parsed.kept }, value: parsed.value };
}

/** Reads a manifest. The caller decides which part of it is stored. */
export function readRemoteFile(
  place: RemotePlace,
  url: URL,
  file: StoredFile,
): Promise<StoreResult<Uint8Array>> {
  const kind = `${place.asker.kind}.manifest`;
  const request = { kind, url, headers: ifUnchanged(file), maxBytes: MAX_MANIFEST_BYTES };
  return requestShort(place, request, (bytes) => ({ value: bytes, kept: new Uint8Array() }));
}

const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

/** One terabyte. No file of a bill is longer. */
const MAX_FILE_BYTES = 1024 ** 4;

/** Saves a file of any length to disk. */
export async function saveRemoteFile(
  place: RemotePlace,
  url: URL,
  { file, path }: { readonly file: StoredFile; readonly path: string },
): Promise<StoreResult<undefined>> {
  const kind = `${place.asker.kind}.file`;
  const request = { kind, url, headers: ifUnchanged(file), into: path, maxBytes: MAX_FILE_BYTES };
  const sent = await sendRequest(place, request);
  if ('failed' in sent) return sent.failed;
  const { answer, fetch } = sent;
  const currentTag = unquoteEtag(answer.headers.get('etag') ?? '');
  if (currentTag !== '' && currentTag !== file.version) {
    const failure = fileChanged(fetch.url);
    return { fetch: unreadableFetch(fetch, failure).fetch, failure };
  }
  return { fetch, value: undefined };
}

/** The header that requires the listed version. Servers compare only strong ETags. */
function ifUnchanged({ version }: StoredFile): Record<string, string> {
  return version === '' || version.startsWith('W/') ? {} : { 'if-match': `"${version}"` };
}

/** Removes the quotes of an ETag: `"abc"` and `abc` are the same tag. */
export function unquoteEtag(tag: string): string {
  return tag.startsWith('W/') ? tag : tag.replaceAll(/^"|"$/g, '');
}

/** Percent-encodes a path or a query value by RFC 3986, as SigV4 signs it. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The URL path of a key, with each segment encoded.
 * @throws {Failure} `malformed` for a segment `.` or `..`, which URLs drop.
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
