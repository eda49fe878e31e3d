/** A healthy bucket with an export, for the source contract, and its world for the fault matrix. */

import { focusKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { type Objects, s3Emulator } from './emulator.ts';
import { billCsv, putAws } from './exports.ts';
import type { Emulator } from '../../../src/demo/emulators/emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { TABLE_CODEC, xmlCodec } from '../../faults/codecs.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import { type FaultWorld, NO_CHOICE, NO_TARGETS, WORLD_WINDOW } from '../../faults/world.ts';
import { startServer } from '../../support/httpServer.ts';

const objects: Objects = new Map();
putAws(objects, {
  month: '2026-07',
  files: {
    'main-00001.csv': billCsv({ resource: 'i-1', usd: '1.5', hour: '2026-07-01T00' }),
    'main-00002.csv': billCsv({ resource: 'i-2', usd: '2.5', hour: '2026-07-01T00' }),
  },
  atMs: Date.UTC(2026, 6, 2),
});

export const focus: SourceSubject = {
  kind: focusKind,
  options: (origin, secret) => ({
    bucket: 'bills',
    endpoint: origin,
    prefix: 'exports',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: secret,
    sessionToken: secret,
  }),
  request: {
    window: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 2) },
    usage: [],
    models: [],
  },
  healthy: s3Emulator({ bucket: 'bills', objects, pageKeys: 2 }),
  toldIn: { charges: 'charges' },
};

const hours = ['08', '09', '10', '11'];
const bill = (resource: string) =>
  billCsv(...hours.map((hour) => ({ resource, usd: '2.5', hour: `2026-09-01T${hour}` })));

const worldObjects: Objects = new Map();
putAws(worldObjects, {
  month: '2026-09',
  files: { 'main-00001.csv': bill('i-1'), 'main-00002.csv': bill('i-2') },
  atMs: Date.UTC(2026, 8, 2),
});

const WHOLE = { none: 'it comes in one response' };
const NOT_MONEY = { none: 'it has no amounts' };

/** A list of a bucket: the manifest shows everything that a fault hides from it. */
const NEWER = 'a time only says which of two files is newer, and all move alike';

export const LIST: FaultPage = {
  name: 'the list of the bucket',
  path: /^\/bills\/\?/,
  codec: xmlCodec('ListBucketResult', 'Contents'),
  list: 'Contents',
  amount: NOT_MONEY,
  required: 'Contents.*.Key',
  id: 'Contents.*.Key',
  choice: NO_CHOICE,
  times: ['Contents.*.LastModified'],
  nextPage: { IsTruncated: 'true', NextContinuationToken: 'abc' },
  harmless: {
    'a clock that is an hour ahead': NEWER,
    'a year other than requested': NEWER,
    'times of 2099': NEWER,
  },
};

const NO_TOTAL =
  'a bill has neither a count nor a total: charges that it no longer has are withdrawn, but more ' +
  'than a fifth only after confirmation';
const NO_TYPES = 'in a table every cell is text';

/** The files, whose rows are the bill. */
export const FILE: FaultPage = {
  name: 'the files of the bill',
  path: /-0000\d\.csv$/,
  codec: TABLE_CODEC,
  list: 'records',
  amount: 'records.*.BilledCost',
  required: 'records.*.BilledCost',
  id: 'records.*.ResourceId',
  choice: 'records.*.ChargeCategory',
  times: ['records.*.ChargePeriodStart', 'records.*.ChargePeriodEnd'],
  nextPage: WHOLE,
  harmless: {
    'plain bytes labeled as compressed': 'bytes show by themselves whether they are compressed',
    'bytes that are not text': 'a compressed table is read like a plain one',
  },
  blind: {
    'half of the records': NO_TOTAL,
    'every record twice':
      'two identical rows of a bill are two charges, and clouds write such rows',
    'a negative amount': 'a refund is negative',
    'an id that is a number': NO_TYPES,
    'a clock that is an hour ahead':
      'usage of the next hour is usage too; there is no total to compare it with',
  },
};

export async function startBucket(stored: Objects): Promise<Emulator> {
  const server = await startServer(s3Emulator({ bucket: 'bills', objects: stored, pageKeys: 100 }));
  return { url: server.origin, requests: [], close: () => server.close() };
}

export const focusWorld: FaultWorld = {
  kind: 'focus',
  start: () => startBucket(worldObjects),
  options: (endpoint, timeoutSeconds) => ({
    bucket: 'bills',
    endpoint,
    timeoutSeconds,
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: createSecret('${AWS_SECRET_ACCESS_KEY}', () => 'secret-of-the-bucket'),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  problem: (secret) =>
    `<Error><Code>InternalError</Code><Message>no</Message><Env>${secret}</Env></Error>`,
  pages: [
    LIST,
    {
      name: 'the manifest',
      path: /Manifest\.json$/,
      list: 'dataFiles',
      amount: NOT_MONEY,
      required: 'dataFiles',
      id: { none: 'its files are addresses' },
      choice: NO_CHOICE,
      times: { none: 'it has no times that are read' },
      nextPage: WHOLE,
      blind: { 'half of the records': 'only the manifest lists the files' },
    },
    FILE,
  ],
};
