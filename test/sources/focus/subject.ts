/** A healthy bucket with an export, for the source contract. */

import { focusKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { type Objects, s3Emulator } from './emulator.ts';
import { billCsv, putAws } from './exports.ts';

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
