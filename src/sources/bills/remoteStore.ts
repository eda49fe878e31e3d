/** A file store over HTTP: pages of its list, and files by URL. */

import { Failure, type FailureCode } from '../../domain/failure.ts';
import { childText, parseXml, type XmlElement } from '../../platform/xml.ts';
import { catchFailure, failedFetch, unreadableFetch, unsentFetch } from '../fetchRecord.ts';
import type { BillStore, StoreClient, StoredFile, StoreResult } from './store.ts';
import type { Fetch } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import type { HttpClient, HttpResponse, HttpResult } from '../../platform/http.ts';

/** The requests and list format of one kind of store. */
export interface StoreProtocol {
  /** For messages: `the bucket bills`. */
  readonly name: string;
  readonly prefix: string;
  /** @throws {Failure} `malformed` for a key that no URL can name. */
  urlOf(file: StoredFile): URL;
  /** The URL of the list page after a page token. The token of the first page is `''`. */
  listUrl(token: string): URL;
  /**
   * @param root - the root of an answer that is not an error
   * @param seen - the tokens of earlier pages
   * @throws {Failure} if the answer is not a list, or its next page was already read.
   */
  readPage(root: XmlElement, where: string, seen: ReadonlySet<string>): ListPage;
  keyOf(address: string): string;
}

export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** The token of the next page; `''` after the last page. */
  readonly next: string;
  /** The stored part of the answer, as XML. */
  readonly kept: string;
}

export interface ListEntry {
  readonly key: string;
  readonly tag: string;
  /** When it was written, in the store's format. */
  readonly modified: string;
}

export function remoteStore(place: RemotePlace, dialect: StoreProtocol): BillStore {
  const { name, prefix } = dialect;
  const withUrl = <Value>(file: StoredFile, ask: (url: URL) => Promise<StoreResult<Value>>) => {
    const url = catchFailure(() => dialect.urlOf(file));
    return url instanceof Failure ? unsentFile(place, file, url) : ask(url);
  };
  return {
    prefix,
    name: `${name}${prefix === '' ? '' : `, under ${prefix}`}`,
    list: () => listPages(place, dialect),
    read: async (file) => withUrl(file, (url) => readRemoteFile(place, url, file)),
    save: async (file, path) => withUrl(file, (url) => saveRemoteFile(place, url, { file, path })),
    keyOf: (address) => dialect.keyOf(address),
  };
}

/** The failure of a file whose key has no URL. No request is sent. */
function unsentFile({ asker }: RemotePlace, { key }: StoredFile, failure: Failure) {
  const about = { sourceId: asker.sourceId, kind: `${asker.kind}.file` };
  const { fetch } = unsentFetch(about, { url: `key:${key}`, nowMs: asker.nowMs() }, failure);
  return { fetch, failure };
}

/** The pages of a list. The server chooses their length. */
async function* listPages(
  place: RemotePlace,
  dialect: StoreProtocol,
): AsyncGenerator<StoreResult<readonly StoredFile[]>> {
  const seen = new Set<string>();
  const kind = `${place.asker.kind}.list`;
  for (let token: string | undefined = ''; token !== undefined; ) {
    seen.add(token);
    const url: URL = dialect.listUrl(token);
    const got: StoreResult<ListPage> = await requestShort(place, { kind, url }, (bytes, where) => {
      const root = parseXml(bytes, where);
      if (root.name === 'Error') throw toFailure(root, where);
      const page = dialect.readPage(root, where, seen);
      return { value: page, kept: new TextEncoder().encode(page.kept) };
    });
    if ('failure' in got) return yield got;
    yield { fetch: got.fetch, value: got.value.entries.map(toStoredFile) };
    token = got.value.next === '' ? undefined : got.value.next;
  }
}

function toStoredFile({ key, tag, modified }: ListEntry): StoredFile {
  const modifiedMs = Date.parse(modified);
  return { key, version: unquoteEtag(tag), ...(Number.isNaN(modifiedMs) ? {} : { modifiedMs }) };
}

/** The failure in an error response with a success status. */
function toFailure(error: XmlElement, where: string): Failure {
  const [code = 'an error', message = ''] = ['Code', 'Message'].map((name) =>
    childText(error, name, where),
  );
  const text = `${code} ${message.split('\n', 1)[0] ?? ''}`.trim().slice(0, 200);
  return new Failure('refused', `${where} returned an error inside its response: ${text}`, {
    where,
  });
}

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
async function requestShort<Value>(
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
function readRemoteFile(
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
async function saveRemoteFile(
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
function unquoteEtag(tag: string): string {
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
