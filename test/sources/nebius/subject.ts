/** A healthy Nebius export in a bucket, for the source contract. */

import { nebiusKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { type Objects, s3Emulator } from '../focus/emulator.ts';
import { billCsv } from '../focus/exports.ts';

const objects: Objects = new Map([
  [
    'billing/export/2026-07/usage.csv',
    {
      body: billCsv({ resource: 'computeinstance-1', usd: '2.95', hour: '2026-07-01T00' }),
      modifiedMs: Date.UTC(2026, 6, 2),
    },
  ],
]);

export const nebius: SourceSubject = {
  kind: nebiusKind,
  options: (origin, secret) => ({
    bucket: 'usage',
    endpoint: origin,
    prefix: '/billing/export',
    accessKeyId: secret,
    secretAccessKey: secret,
  }),
  request: {
    window: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 2) },
    usage: [],
    models: [],
  },
  healthy: s3Emulator({ bucket: 'usage', objects }),
  toldIn: { charges: 'charges' },
};
