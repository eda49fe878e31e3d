/**
 * S3 and Azure Blob servers for tests, from their documents: S3's ListObjectsV2 and GetObject with
 * Signature Version 4, checked by separate code, and Azure's List Blobs and Get Blob.
 */

import { createHash, createHmac } from 'node:crypto';
import type { Reply, ReceivedRequest } from '../../support/httpServer.ts';

export interface StoredObject {
  readonly body: Buffer;
  readonly modifiedMs: number;
  /** By its content unless given. */
  readonly etag?: string;
  /** Sent as `Content-Encoding`. */
  readonly encoding?: string;
}

export type Objects = Map<string, StoredObject>;

function etagOf({ body, etag }: StoredObject): string {
  return etag ?? createHash('md5').update(body).digest('hex');
}

interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

function sent({ status, body, headers = {} }: Answer): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(body);
  };
}

const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export interface S3World {
  readonly bucket: string;
  readonly objects: Objects;
  /** Keys per page. */
  readonly pageKeys?: number;
  /** Whether keys are listed URL-encoded where that is requested. */
  readonly encodes?: boolean;
  /** Absent: any signature is accepted. */
  readonly keys?: { readonly id: string; readonly secret: string; readonly token?: string };
  readonly region?: string;
}

/** An S3 server that finds buckets by path. */
export function s3Emulator(world: S3World): Reply {
  return (response, request) => sent(s3Answer(world, request))(response, request);
}

function s3Answer(world: S3World, request: ReceivedRequest): Answer {
  const { bucket, objects } = world;
  const refusal = signatureFault(world, request);
  if (refusal !== undefined) return s3Error(403, refusal);
  const [, first = '', ...rest] = request.path.split('/').map(decodeURIComponent);
  if (first !== bucket) return s3Error(404, 'NoSuchBucket');
  const key = rest.join('/');
  if (key === '') return listed(world, request.query);
  const object = objects.get(key);
  if (object === undefined) return s3Error(404, 'NoSuchKey');
  const etag = `"${etagOf(object)}"`;
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== etag) return s3Error(412, 'PreconditionFailed');
  const packed = object.encoding === undefined ? {} : { 'content-encoding': object.encoding };
  return {
    status: 200,
    body: object.body,
    headers: { etag, 'content-type': 'binary/octet-stream', ...packed },
  };
}

function s3Error(status: number, code: string): Answer {
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
    `<Message>${code} it is</Message><RequestId>1</RequestId></Error>`;
  return { status, body };
}

function listed(
  { bucket, objects, pageKeys = 3, encodes = true }: S3World,
  asked: URLSearchParams,
) {
  if (asked.get('list-type') !== '2') return s3Error(400, 'InvalidArgument');
  const prefix = asked.get('prefix') ?? '';
  const from = Buffer.from(asked.get('continuation-token') ?? '', 'base64').toString('utf8');
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > from);
  const page = keys.toSorted().slice(0, pageKeys);
  const isEncoded = encodes && asked.get('encoding-type') === 'url';
  const shown = (key: string) =>
    xml(isEncoded ? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') : key);
  const contents = page.map((key) => {
    const object = objects.get(key);
    if (object === undefined) return '';
    return (
      `<Contents><Key>${shown(key)}</Key>` +
      `<LastModified>${new Date(object.modifiedMs).toISOString()}</LastModified>` +
      `<ETag>${xml(`"${etagOf(object)}"`)}</ETag><Size>${object.body.length}</Size>` +
      '<StorageClass>STANDARD</StorageClass></Contents>'
    );
  });
  const isTruncated = page.length < keys.length;
  const token = Buffer.from(page.at(-1) ?? '', 'utf8').toString('base64');
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${bucket}</Name><Prefix>${xml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>` +
    `<MaxKeys>1000</MaxKeys>${isEncoded ? '<EncodingType>url</EncodingType>' : ''}` +
    `<IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}` +
    (isTruncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : '') +
    '</ListBucketResult>';
  return { status: 200, body };
}

const AUTHORIZATION =
  /^\S+ Credential=(.+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, Sig\w+=([^,]+), Sig\w+=(\w+)$/;

/** Signature Version 4, recomputed from the request as received. */
function signatureFault({ keys, region }: S3World, request: ReceivedRequest): string | undefined {
  const { headers } = request;
  const [, id = '', day = '', scope = '', names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (signature === undefined) return 'AccessDenied';
  if (keys === undefined) return undefined;
  if (id !== keys.id) return 'InvalidAccessKeyId';
  if (keys.token !== undefined && headers['x-amz-security-token'] !== keys.token) {
    return 'InvalidToken';
  }
  if (region !== undefined && scope !== region) return 'AuthorizationHeaderMalformed';
  const at = String(headers['x-amz-date']);
  const canonical = [
    'GET',
    request.path,
    sortedQuery(request.query),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    String(headers['x-amz-content-sha256']),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', at, `${day}/${scope}/s3/aws4_request`, hash].join('\n');
  const key = [day, scope, 's3', 'aws4_request'].reduce(
    (last: string | Buffer, part) => createHmac('sha256', last).update(part).digest(),
    `AWS4${keys.secret}`,
  );
  const right = createHmac('sha256', key).update(toSign).digest('hex');
  return right === signature ? undefined : 'SignatureDoesNotMatch';
}

function sortedQuery(query: URLSearchParams): string {
  const spelled = (text: string) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => {
      return `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
    });
  return [...query]
    .map((pair) => pair.map(spelled).join('='))
    .toSorted()
    .join('&');
}

export interface AzureWorld {
  readonly container: string;
  readonly objects: Objects;
  readonly signature: string;
  readonly pageBlobs?: number;
}

/** Azure Blob Storage with a shared access signature for one container. */
export function azureEmulator(world: AzureWorld): Reply {
  return (response, request) => sent(azureAnswer(world, request))(response, request);
}

function azureAnswer(world: AzureWorld, { path, query, headers }: ReceivedRequest): Answer {
  const { container, objects, signature } = world;
  if (query.get('sig') !== signature) return azureError(403, 'AuthenticationFailed');
  if (headers['x-ms-version'] === undefined) return azureError(400, 'MissingRequiredHeader');
  const [, first = '', ...rest] = path.split('/').map(decodeURIComponent);
  if (first !== container) return azureError(404, 'ContainerNotFound');
  const key = rest.join('/');
  if (key === '') return blobs(world, query);
  const object = objects.get(key);
  if (object === undefined) return azureError(404, 'BlobNotFound');
  const etag = `"${etagOf(object)}"`;
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== etag) return azureError(412, 'ConditionNotMet');
  return { status: 200, body: object.body, headers: { etag, 'content-type': 'text/csv' } };
}

function azureError(status: number, code: string): Answer {
  const body =
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code>` +
    `<Message>${code}.\nRequestId:1\nTime:now</Message></Error>`;
  return { status, body, headers: { 'x-ms-error-code': code } };
}

function blobs({ container, objects, pageBlobs = 2 }: AzureWorld, query: URLSearchParams): Answer {
  if (query.get('restype') !== 'container' || query.get('comp') !== 'list') {
    return azureError(400, 'InvalidQueryParameterValue');
  }
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('marker') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key >= marker);
  const ordered = keys.toSorted();
  const page = ordered.slice(0, pageBlobs);
  const entries = page.map((key) => {
    const object = objects.get(key);
    if (object === undefined) return '';
    return (
      `<Blob><Name>${xml(key)}</Name><Properties>` +
      `<Last-Modified>${new Date(object.modifiedMs).toUTCString()}</Last-Modified>` +
      `<Etag>${etagOf(object)}</Etag><Content-Length>${object.body.length}</Content-Length>` +
      '<BlobType>BlockBlob</BlobType></Properties></Blob>'
    );
  });
  const next = ordered[pageBlobs];
  const body =
    '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="https://a/" ContainerName="${container}">` +
    `<Prefix>${xml(prefix)}</Prefix><Blobs>${entries.join('')}</Blobs>` +
    (next === undefined ? '<NextMarker />' : `<NextMarker>${xml(next)}</NextMarker>`) +
    '</EnumerationResults>';
  return { status: 200, body };
}
