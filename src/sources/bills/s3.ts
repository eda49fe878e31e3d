/** A bucket with the S3 API: AWS, Nebius, Google Cloud by HMAC, R2, MinIO and others. */

import { Failure } from '../../domain/failure.ts';
import { childrenNamed, childText, renderXml, type XmlElement } from '../../platform/xml.ts';
import { awsHeaders, type AwsKeys, awsSecrets } from '../../platform/awsSigning.ts';
import {
  type ErrorMeanings,
  keyPath,
  type ListEntry,
  type ListPage,
  percentEncoded,
  type RemotePlace,
  remoteStore,
} from './remoteStore.ts';
import type { StoreClient, BillStore } from './store.ts';

export interface S3Options extends AwsKeys {
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
    readPage,
    keyOf: (address) => address.replace(/^s3:\/\/[^/]+\//, ''),
  });
}

function rootUrl({ endpoint, bucket, isPathStyle }: S3Options): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (isPathStyle) return `${url.origin}${path}/${percentEncoded(bucket)}`;
  return `${url.protocol}//${bucket}.${url.host}${path}`;
}

function toPlace(options: S3Options, { http, asker, timeoutMs }: Tools): RemotePlace {
  const { region } = options;
  return {
    http,
    asker,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    secrets: awsSecrets(options),
    displayUrl: (url) => url.href,
    headers: (url, headers) =>
      awsHeaders({ url, headers }, options, { service: 's3', region, nowMs: asker.nowMs() }),
    meanings: MEANINGS,
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

function readPage(list: XmlElement, where: string, seen: ReadonlySet<string>): ListPage {
  if (list.name !== 'ListBucketResult') throw notABucket(where, list.name);
  const encoding = childText(list, 'EncodingType', where) ?? '';
  const entries = childrenNamed(list, 'Contents').map((entry) => readEntry(entry, where));
  const isTruncated = childText(list, 'IsTruncated', where) ?? 'false';
  const next =
    isTruncated === 'true' ? (childText(list, 'NextContinuationToken', where) ?? '') : '';
  if (isTruncated === 'true' && (next === '' || seen.has(next))) {
    throw new Failure(
      'malformed',
      `the list of ${where} continues, but has no token for its next page`,
      {
        where,
      },
    );
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

const MEANINGS: ErrorMeanings = {
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
