/** Stores of bills over HTTP: buckets with the S3 protocol, and containers of Azure. */

import { Failure } from '../../domain/failure.ts';
import { awsHeaders, type AwsKeys, awsSecrets } from '../../platform/awsSigning.ts';
import { childrenNamed, childText, renderXml, type XmlElement } from '../../platform/xml.ts';
import {
  type ErrorMeanings,
  keyPath,
  type ListEntry,
  type ListPage,
  percentEncoded,
  type RemotePlace,
  remoteStore,
} from './remoteStore.ts';
import type { BillStore, StoreClient } from './store.ts';

interface S3Options extends AwsKeys {
  readonly bucket: string;
  /** For example `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** `https://host/bucket/key` if true, else `https://bucket.host/key`. */
  readonly isPathStyle: boolean;
  readonly prefix: string;
}

type Tools = Pick<RemotePlace, 'http' | 'timeoutMs'> & { readonly asker: StoreClient };

export function s3Store(options: S3Options, tools: Tools): BillStore {
  const { bucket, prefix } = options;
  const root = rootUrl(options);
  return remoteStore(toPlace(options, tools), {
    name: `the bucket ${bucket}`,
    prefix,
    urlOf: ({ key }) => new URL(`${root}/${keyPath(key)}`),
    listUrl: (token) => listUrl(root, prefix, token),
    readPage: readObjects,
    keyOf: (address) => address.replace(/^s3:\/\/[^/]+\//, ''),
  });
}

function rootUrl({ endpoint, bucket, isPathStyle }: S3Options): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (isPathStyle) return `${url.origin}${path}/${percentEncoded(bucket)}`;
  return `${url.protocol}//${bucket}.${url.host}${path}`;
}

function toPlace(options: S3Options, tools: Tools): RemotePlace {
  const { region } = options;
  return {
    ...tools,
    secrets: awsSecrets(options),
    displayUrl: (url) => url.href,
    headers: (url, headers) =>
      awsHeaders({ url, headers }, options, { service: 's3', region, nowMs: tools.asker.nowMs() }),
    meanings: S3_MEANINGS,
  };
}

function listUrl(root: string, prefix: string, token: string): URL {
  const query = [
    ...(token === '' ? [] : [['continuation-token', token]]),
    ['encoding-type', 'url'],
    ['list-type', '2'],
    ...(prefix === '' ? [] : [['prefix', prefix]]),
  ];
  const search = query.map((pair) => pair.map(percentEncoded).join('=')).join('&');
  return new URL(`${root}/?${search}`);
}

function readObjects(list: XmlElement, where: string, seen: ReadonlySet<string>): ListPage {
  if (list.name !== 'ListBucketResult') throw notABucket(where, list.name);
  const encoding = childText(list, 'EncodingType', where) ?? '';
  const entries = childrenNamed(list, 'Contents').map((entry) => readEntry(entry, where));
  const isTruncated = childText(list, 'IsTruncated', where) ?? 'false';
  const next =
    isTruncated === 'true' ? (childText(list, 'NextContinuationToken', where) ?? '') : '';
  if (isTruncated === 'true' && (next === '' || seen.has(next))) {
    const message = `the list of ${where} continues, but has no token for its next page`;
    throw new Failure('malformed', message, { where });
  }
  const kept = renderXml('ListBucketResult', [
    renderXml('EncodingType', encoding),
    renderXml('IsTruncated', isTruncated),
    renderXml('NextContinuationToken', next),
    ...entries.map(({ key, tag, modified }) =>
      renderXml('Contents', [
        renderXml('Key', key),
        renderXml('ETag', tag),
        renderXml('LastModified', modified),
      ]),
    ),
  ]);
  const decode = encoding === 'url' ? (key: string) => decodeKey(key, where) : (key: string) => key;
  return { entries: entries.map((one) => ({ ...one, key: decode(one.key) })), next, kept };
}

function readEntry(entry: XmlElement, where: string): ListEntry {
  const [key = '', tag = '', modified = ''] = ['Key', 'ETag', 'LastModified'].map((name) =>
    childText(entry, name, where),
  );
  if (key !== '') return { key, tag, modified };
  throw new Failure('malformed', `${where} lists an object without a key`, { where });
}

/** Decodes a key as in a form, where a plus is a space. */
function decodeKey(key: string, where: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    const message = `${where} lists the key ${JSON.stringify(key)}, which is not URL-encoded`;
    throw new Failure('malformed', message, { where, cause });
  }
}

function notABucket(where: string, name: string): Failure {
  const message = `${where} returned <${name}>, expected a list of objects`;
  return new Failure('malformed', message, {
    where,
    hint: 'check endpoint, bucket and pathStyle; the address is not that of an S3 bucket',
  });
}

const S3_MEANINGS: ErrorMeanings = {
  AccessDenied: ['forbidden', 'allow the key s3:ListBucket on the bucket and s3:GetObject in it'],
  AllAccessDisabled: [
    'forbidden',
    'access to the bucket is disabled; ask the owner of the account',
  ],
  AuthorizationHeaderMalformed: ['config', 'set region to that of the bucket'],
  ExpiredToken: ['auth', 'the session token has expired; replace it'],
  InvalidAccessKeyId: ['auth', 'check accessKeyId; the provider does not recognize it'],
  InvalidToken: ['auth', 'the session token does not match this key'],
  NoSuchBucket: ['not-found', 'check bucket, and endpoint if it is not on AWS'],
  NoSuchKey: ['not-settled', 'the export is still being written; the next pull reads it'],
  PermanentRedirect: ['config', 'set region (or endpoint) to that of the bucket'],
  RequestTimeTooSkewed: [
    'auth',
    'correct the clock of this machine; a signature is valid for minutes only',
  ],
  SignatureDoesNotMatch: ['auth', 'check secretAccessKey, and region'],
  TokenRefreshRequired: ['auth', 'the session token has expired; replace it'],
};

interface AzureOptions {
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…`. The whole query is secret. */
  readonly containerUrl: string;
  readonly prefix: string;
}

/** The requested version of the service, which every account supports. */
const VERSION = '2021-12-02';

/** @throws {Failure} `config` if the URL is not that of a container with a signature. */
export function azureStore({ containerUrl, prefix }: AzureOptions, tools: Tools): BillStore {
  const container = parseContainerUrl(containerUrl);
  const signature = container.search.slice(1);
  const root = `${container.origin}${container.pathname.replace(/\/+$/, '')}`;
  const values = [...container.searchParams].map(([, value]) => value);
  const place: RemotePlace = {
    ...tools,
    secrets: [signature, ...values.filter((value) => value.length > SHORT_VALUE_LENGTH)],
    headers: async (_url, headers) => ({ ...headers, 'x-ms-version': VERSION }),
    displayUrl: (url) => url.href.replace(`&${signature}`, '').replace(`?${signature}`, ''),
    meanings: AZURE_MEANINGS,
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
    readPage: readBlobs,
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

function readBlobs(result: XmlElement, where: string, seen: ReadonlySet<string>): ListPage {
  if (result.name !== 'EnumerationResults') {
    const message = `${where} returned <${result.name}>, expected a list of blobs`;
    throw new Failure('malformed', message, { where });
  }
  const next = childText(result, 'NextMarker', where) ?? '';
  if (seen.has(next) && next !== '') {
    const message = `the list of ${where} returned to a page that was already read`;
    throw new Failure('malformed', message, { where });
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

const AZURE_MEANINGS: ErrorMeanings = {
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
