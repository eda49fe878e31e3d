/** A container of Azure Blob Storage, opened by a URL with a shared access signature. */

import { Failure } from '../../domain/failure.ts';
import { childrenNamed, childText, type XmlElement, renderXml } from '../../platform/xml.ts';
import {
  type ErrorMeanings,
  keyPath,
  type ListPage,
  percentEncoded,
  type RemotePlace,
  remoteStore,
} from './remoteStore.ts';
import type { StoreClient, BillStore } from './store.ts';

export interface AzureOptions {
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…`. The whole query is secret. */
  readonly containerUrl: string;
  readonly prefix: string;
}

type Tools = Pick<RemotePlace, 'http' | 'timeoutMs'> & { readonly asker: StoreClient };

/** The requested version of the service, which every account supports. */
const VERSION = '2021-12-02';

/** @throws {Failure} `config` if the URL is not that of a container with a signature. */
export function azureStore({ containerUrl, prefix }: AzureOptions, tools: Tools): BillStore {
  const container = parseContainerUrl(containerUrl);
  const { http, asker, timeoutMs } = tools;
  const signature = container.search.slice(1);
  const root = `${container.origin}${container.pathname.replace(/\/+$/, '')}`;
  const values = [...container.searchParams].map(([, value]) => value);
  const place: RemotePlace = {
    http,
    asker,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    secrets: [signature, ...values.filter((value) => value.length > SHORT_VALUE_LENGTH)],
    headers: async (_url, headers) => ({ ...headers, 'x-ms-version': VERSION }),
    displayUrl: (url) => url.href.replace(`&${signature}`, '').replace(`?${signature}`, ''),
    meanings: MEANINGS,
  };
  const name = container.pathname.split('/').at(-1) ?? '';
  return remoteStore(place, {
    name: `the container ${name}`,
    prefix,
    urlOf: ({ key }) => new URL(`${root}/${keyPath(key)}?${signature}`),
    listUrl(marker) {
      const below = prefix === '' ? '' : `&prefix=${percentEncoded(prefix)}`;
      const from = marker === '' ? '' : `&marker=${percentEncoded(marker)}`;
      return new URL(`${root}?comp=list&restype=container${below}${from}&${signature}`);
    },
    readPage,
    keyOf: (address) => keyOfAddress(address, root, name),
  });
}

/**
 * Short values such as `sr=c` and `sp=rl` are not secret. Removing them would remove letters from
 * every message.
 */
const SHORT_VALUE_LENGTH = 12;

function parseContainerUrl(containerUrl: string): URL {
  const url = URL.parse(containerUrl);
  const isContainer = url !== null && /^https?:$/.test(url.protocol) && url.pathname.length > 1;
  if (isContainer && url.searchParams.has('sig')) return url;
  throw new Failure('config', 'containerUrl is not the address of a container with a signature', {
    where: 'containerUrl',
    expected: 'https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…',
    hint: 'create a signature that may read and list the container, and copy the whole URL',
  });
}

/**
 * The key of a blob in a manifest. Manifests name blobs below the container; some tools write full
 * URLs.
 */
function keyOfAddress(address: string, root: string, container: string): string {
  if (address.startsWith(`${root}/`)) return decodeURIComponent(address.slice(root.length + 1));
  const otherPath = /^https?:\/\/[^/]+\/(.*)$/.exec(address)?.[1];
  const path = otherPath === undefined ? address : decodeURIComponent(otherPath);
  const relative = path.replace(/^\/+/, '');
  return relative.startsWith(`${container}/`) ? relative.slice(container.length + 1) : relative;
}

function readPage(result: XmlElement, where: string, seen: ReadonlySet<string>): ListPage {
  if (result.name !== 'EnumerationResults') {
    const message = `${where} returned <${result.name}>, expected a list of blobs`;
    throw new Failure('malformed', message, { where });
  }
  const next = childText(result, 'NextMarker', where) ?? '';
  if (seen.has(next) && next !== '') {
    throw new Failure(
      'malformed',
      `the list of ${where} returned to a page that was already read`,
      {
        where,
      },
    );
  }
  const blobs = childrenNamed(result, 'Blobs').flatMap((list) => childrenNamed(list, 'Blob'));
  const entries = blobs.map((blob) => {
    const [properties] = childrenNamed(blob, 'Properties');
    const property = (name: string) =>
      properties === undefined ? '' : (childText(properties, name, where) ?? '');
    const key = childText(blob, 'Name', where) ?? '';
    if (key === '')
      throw new Failure('malformed', `${where} lists a blob without a name`, { where });
    return { key, tag: property('Etag'), modified: property('Last-Modified') };
  });
  const kept = renderXml('EnumerationResults', [
    renderXml(
      'Blobs',
      entries.map(({ key, tag, modified }) =>
        renderXml('Blob', [
          renderXml('Name', key),
          renderXml('Properties', [renderXml('Last-Modified', modified), renderXml('Etag', tag)]),
        ]),
      ),
    ),
    renderXml('NextMarker', next),
  ]);
  return { entries, next, kept };
}

const MEANINGS: ErrorMeanings = {
  AuthenticationFailed: ['auth', 'the signature is wrong or has expired; create a new one'],
  AuthorizationFailure: ['forbidden', 'allow this machine in the firewall of the storage account'],
  AuthorizationPermissionMismatch: [
    'forbidden',
    'the signature must include permission to read and list',
  ],
  AuthorizationResourceTypeMismatch: ['forbidden', 'create the signature for the whole container'],
  BlobNotFound: ['not-settled', 'the export is still being written; the next pull reads it'],
  ContainerNotFound: ['not-found', 'check the container in containerUrl'],
};
