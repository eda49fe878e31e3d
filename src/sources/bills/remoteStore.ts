/** A file store over HTTP: pages of its list, and files by URL. */

import { Failure } from '../../domain/failure.ts';
import { parseXml, childText, type XmlElement } from '../../platform/xml.ts';
import { catchFailure, unsentFetch } from '../fetchRecord.ts';
import {
  requestShort,
  unquoteEtag,
  type RemotePlace,
  readRemoteFile,
  saveRemoteFile,
} from './asking.ts';
import type { StoreResult, BillStore, StoredFile } from './store.ts';

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
