/** A store over HTTP: its list page by page, and its files by their addresses. */

import { Failure } from '../../domain/failure.ts';
import { parseXml, textIn, type XmlElement } from '../../platform/xml.ts';
import { orFailure, unsentFetch } from '../fetchRecord.ts';
import { askShort, bareTag, type Place, readFile, saveFile } from './asking.ts';
import type { Got, Store, StoredFile } from './store.ts';

/** How one kind of store is asked, and how its lists are read. */
export interface Dialect {
  /** For messages: `the bucket bills`. */
  readonly name: string;
  readonly prefix: string;
  /** @throws {Failure} `malformed` for a key that no address can name. */
  urlOf(file: StoredFile): URL;
  /** Of the page that begins at a mark; the first one begins at `''`. */
  listUrl(mark: string): URL;
  /**
   * @param root - of an answer that is no error
   * @param seen - the marks of the pages before
   * @throws {Failure} where the answer is no list, or leads back to a page before.
   */
  readPage(root: XmlElement, where: string, seen: ReadonlySet<string>): ListPage;
  keyOf(address: string): string;
}

export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** The mark of the next page; `''` after the last. */
  readonly next: string;
  /** What is kept of the answer, as XML. */
  readonly kept: string;
}

export interface ListEntry {
  readonly key: string;
  readonly tag: string;
  /** When it was written, as the store spells it. */
  readonly modified: string;
}

export function remoteStore(place: Place, dialect: Dialect): Store {
  const { name, prefix } = dialect;
  const below = <Value>(file: StoredFile, ask: (url: URL) => Promise<Got<Value>>) => {
    const url = orFailure(() => dialect.urlOf(file));
    return url instanceof Failure ? refused(place, file, url) : ask(url);
  };
  return {
    prefix,
    name: `${name}${prefix === '' ? '' : `, under ${prefix}`}`,
    list: () => pagesOf(place, dialect),
    read: async (file) => below(file, (url) => readFile(place, url, file)),
    save: async (file, path) => below(file, (url) => saveFile(place, url, { file, path })),
    keyOf: (address) => dialect.keyOf(address),
  };
}

/** A file that has no address: nothing is asked. */
function refused({ asker }: Place, { key }: StoredFile, failure: Failure) {
  const about = { sourceId: asker.sourceId, kind: `${asker.kind}.file` };
  const { fetch } = unsentFetch(about, { url: `key:${key}`, nowMs: asker.nowMs() }, failure);
  return { fetch, failure };
}

/** The pages of a list; a server chooses how long each is. */
async function* pagesOf(
  place: Place,
  dialect: Dialect,
): AsyncGenerator<Got<readonly StoredFile[]>> {
  const seen = new Set<string>();
  const kind = `${place.asker.kind}.list`;
  for (let mark: string | undefined = ''; mark !== undefined; ) {
    seen.add(mark);
    const url: URL = dialect.listUrl(mark);
    const got: Got<ListPage> = await askShort(place, { kind, url }, (bytes, where) => {
      const root = parseXml(bytes, where);
      if (root.name === 'Error') throw errorInside(root, where);
      const page = dialect.readPage(root, where, seen);
      return { value: page, kept: new TextEncoder().encode(page.kept) };
    });
    if ('failure' in got) return yield got;
    yield { fetch: got.fetch, value: got.value.entries.map(fileOf) };
    mark = got.value.next === '' ? undefined : got.value.next;
  }
}

function fileOf({ key, tag, modified }: ListEntry): StoredFile {
  const modifiedMs = Date.parse(modified);
  return { key, version: bareTag(tag), ...(Number.isNaN(modifiedMs) ? {} : { modifiedMs }) };
}

/** An error that is dressed as a success. */
function errorInside(error: XmlElement, where: string): Failure {
  const [code = 'an error', message = ''] = ['Code', 'Message'].map((name) =>
    textIn(error, name, where),
  );
  const said = `${code} ${message.split('\n', 1)[0] ?? ''}`.trim().slice(0, 200);
  return new Failure('refused', `${where} returned an error inside its response: ${said}`, {
    where,
  });
}
