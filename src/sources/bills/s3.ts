/** A bucket that speaks S3: AWS, Nebius, Google Cloud by HMAC, R2, MinIO and others. */

import { AwsV4Signer } from 'aws4fetch';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { allIn, parseXml, textIn, xmlText, type XmlElement } from '../../platform/xml.ts';
import { orFailure, unreadableFetch } from '../fetchRecord.ts';
import {
  askShort,
  bareTag,
  keyPath,
  percentEncoded,
  type Place,
  readFile,
  saveFile,
} from './asking.ts';
import type { Asker, Got, Store, StoredFile } from './store.ts';

export interface S3Options {
  readonly bucket: string;
  /** `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** `https://host/bucket/key`, else `https://bucket.host/key`. */
  readonly isPathStyle: boolean;
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Tools = Pick<Place, 'http' | 'timeoutMs'> & { readonly asker: Asker };

export function s3Store(options: S3Options, tools: Tools): Store {
  const { bucket, prefix } = options;
  const root = rootOf(options);
  const place = placeOf(options, tools);
  const urlOf = (file: StoredFile) => new URL(`${root}/${keyPath(file.key)}`);
  return {
    prefix,
    name: `the bucket ${bucket}${prefix === '' ? '' : `, below ${prefix}`}`,
    list: () => pagesOf(place, root, prefix),
    read: (file) => orRefused(place, { file, urlOf }, (url) => readFile(place, url, file)),
    save: (file, path) =>
      orRefused(place, { file, urlOf }, (url) => saveFile(place, url, { file, path })),
    keyOf: (address) => address.replace(/^s3:\/\/[^/]+\//, ''),
  };
}

/** Asks for a file by its address; one that has none is a failure, and nothing is asked. */
export async function orRefused<Value>(
  { asker }: Place,
  { file, urlOf }: { readonly file: StoredFile; readonly urlOf: (file: StoredFile) => URL },
  ask: (url: URL) => Promise<Got<Value>>,
): Promise<Got<Value>> {
  const url = orFailure(() => urlOf(file));
  if (!(url instanceof Failure)) return ask(url);
  const nowMs = asker.nowMs();
  const about = { sourceId: asker.sourceId, kind: `${asker.kind}.file`, url: `key:${file.key}` };
  const fetch = { ...about, startedAtMs: nowMs, endedAtMs: nowMs };
  return { fetch: unreadableFetch(fetch, url).fetch, failure: url };
}

function rootOf({ endpoint, bucket, isPathStyle }: S3Options): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (isPathStyle) return `${url.origin}${path}/${percentEncoded(bucket)}`;
  return `${url.protocol}//${bucket}.${url.host}${path}`;
}

function placeOf(options: S3Options, { http, asker, timeoutMs }: Tools): Place {
  const { accessKeyId, secretAccessKey, sessionToken, region } = options;
  const keys = [
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? [] : [sessionToken]),
  ];
  return {
    http,
    asker,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    secrets: keys,
    shown: (url) => url.href,
    async headers(url, headers) {
      const datetime = new Date(asker.nowMs()).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
      const signer = new AwsV4Signer({
        url: url.href,
        headers: { ...headers },
        service: 's3',
        region,
        accessKeyId,
        secretAccessKey,
        datetime,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      });
      const signed = await signer.sign();
      return Object.fromEntries(signed.headers);
    },
    explain: explained,
  };
}

/** The pages of a list; a server chooses how long each is. */
async function* pagesOf(
  place: Place,
  root: string,
  prefix: string,
): AsyncGenerator<Got<readonly StoredFile[]>> {
  const seen = new Set<string>();
  for (let token: string | undefined = ''; token !== undefined; ) {
    seen.add(token);
    const query = [
      ...(token === '' ? [] : [['continuation-token', token]]),
      ['encoding-type', 'url'],
      ['list-type', '2'],
      ...(prefix === '' ? [] : [['prefix', prefix]]),
    ];
    const search = query.map((pair) => pair.map(percentEncoded).join('=')).join('&');
    const url = new URL(`${root}/?${search}`);
    const wish = { kind: `${place.asker.kind}.list`, url };
    const got: Got<Page> = await askShort(place, wish, (bytes, where) =>
      readPage(bytes, where, seen),
    );
    if ('failure' in got) return yield got;
    yield { fetch: got.fetch, value: got.value.files };
    token = got.value.next;
  }
}

interface Page {
  readonly files: readonly StoredFile[];
  readonly next: string | undefined;
}

function readPage(bytes: Uint8Array, where: string, seen: ReadonlySet<string>) {
  const list = parseXml(bytes, where);
  if (list.name === 'Error') throw errorInside(list, where);
  if (list.name !== 'ListBucketResult') throw otherList(where, list.name);
  const encoding = textIn(list, 'EncodingType', where) ?? '';
  const entries = allIn(list, 'Contents').map((entry) => entryOf(entry, where));
  const isTruncated = textIn(list, 'IsTruncated', where) ?? 'false';
  const next = isTruncated === 'true' ? (textIn(list, 'NextContinuationToken', where) ?? '') : '';
  if (isTruncated === 'true' && (next === '' || seen.has(next))) {
    throw new Failure('malformed', `the list of ${where} goes on and does not say where`, {
      where,
    });
  }
  const files = entries.map(({ key, tag, modified }): StoredFile => {
    const modifiedMs = Date.parse(modified);
    return {
      key: encoding === 'url' ? decoded(key, where) : key,
      version: bareTag(tag),
      ...(Number.isNaN(modifiedMs) ? {} : { modifiedMs }),
    };
  });
  const kept = xmlText('ListBucketResult', [
    xmlText('EncodingType', encoding),
    xmlText('IsTruncated', isTruncated),
    xmlText('NextContinuationToken', next),
    ...entries.map(({ key, tag, modified }) =>
      xmlText('Contents', [
        xmlText('Key', key),
        xmlText('ETag', tag),
        xmlText('LastModified', modified),
      ]),
    ),
  ]);
  const value: Page = { files, next: next === '' ? undefined : next };
  return { value, kept: new TextEncoder().encode(kept) };
}

function entryOf(entry: XmlElement, where: string) {
  const [key = '', tag = '', modified = ''] = ['Key', 'ETag', 'LastModified'].map((name) =>
    textIn(entry, name, where),
  );
  if (key !== '') return { key, tag, modified };
  throw new Failure('malformed', `${where} lists an object without a key`, { where });
}

/** As in a form: a space is a plus. */
function decoded(key: string, where: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    const message = `${where} lists the key ${JSON.stringify(key)}, which is not URL-encoded`;
    throw new Failure('malformed', message, { where, cause });
  }
}

/** An error that is dressed as a success. */
export function errorInside(error: XmlElement, where: string): Failure {
  const [code = 'an error', message = ''] = ['Code', 'Message'].map((name) =>
    textIn(error, name, where),
  );
  const said = `${code} ${message.split('\n', 1)[0] ?? ''}`.trim().slice(0, 200);
  return new Failure('refused', `${where} answered with an error inside: ${said}`, { where });
}

function otherList(where: string, name: string): Failure {
  const message = `${where} answered with <${name}>, not with a list of objects`;
  return new Failure('malformed', message, {
    where,
    hint: 'check endpoint, bucket and pathStyle: the address is not that of an S3 bucket',
  });
}

const MEANINGS: Readonly<Record<string, readonly [FailureCode, string]>> = {
  AccessDenied: ['forbidden', 'allow the key s3:ListBucket on the bucket and s3:GetObject in it'],
  AllAccessDisabled: ['forbidden', 'the bucket is closed; ask whoever pays for it'],
  AuthorizationHeaderMalformed: ['config', 'set region to that of the bucket'],
  ExpiredToken: ['auth', 'the session token has expired: put a new one in its place'],
  InvalidAccessKeyId: ['auth', 'check accessKeyId: the provider does not know it'],
  InvalidToken: ['auth', 'the session token does not belong to this key'],
  NoSuchBucket: ['not-found', 'check bucket, and endpoint where it is not AWS'],
  NoSuchKey: ['not-settled', 'the export is being written; the next pull reads it'],
  PermanentRedirect: ['config', 'set region (or endpoint) to that of the bucket'],
  RequestTimeTooSkewed: ['auth', 'set the clock of this machine: signatures are good for minutes'],
  SignatureDoesNotMatch: ['auth', 'check secretAccessKey, and region'],
  TokenRefreshRequired: ['auth', 'the session token has expired: put a new one in its place'],
};

function explained(code: string, failure: Failure): Failure {
  const meaning = MEANINGS[code];
  if (meaning === undefined) return failure;
  const { message, where } = failure;
  return new Failure(meaning[0], message, {
    ...(where === undefined ? {} : { where }),
    hint: meaning[1],
  });
}
