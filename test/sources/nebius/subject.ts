/** A healthy Nebius export in a bucket for the source contract, and its world of faults. */

import { nebiusKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { type Objects, s3Emulator } from '../focus/emulator.ts';
import { billCsv } from '../focus/exports.ts';
import type { FaultWorld } from '../../faults/world.ts';
import { FILE, focusWorld, LIST, startBucket } from '../focus/subject.ts';

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

const worldObjects: Objects = new Map(
  ['08', '09', '10', '11'].map((hour, at) => [
    `focus/2026-09/usage-${hour}.csv`,
    {
      body: billCsv(
        { resource: 'computeinstance-1', usd: '2.95', hour: `2026-09-01T${hour}` },
        { resource: 'disk-1', usd: '0.05', hour: `2026-09-01T${hour}` },
      ),
      modifiedMs: Date.UTC(2026, 8, 1, 9 + at),
    },
  ]),
);

const UNSEEN =
  'without a manifest, a file that is not listed, or is not named like a table, looks like one ' +
  'that does not exist; a day without rows shows it';

export const nebiusWorld: FaultWorld = {
  ...focusWorld,
  kind: 'nebius',
  start: () => startBucket(worldObjects),
  pages: [
    {
      ...LIST,
      blind: {
        'half of the records': UNSEEN,
        'an id of a million letters': UNSEEN,
        'an id that is a number': UNSEEN,
        'an id with half a character': UNSEEN,
      },
    },
    { ...FILE, path: /usage-\d\d\.csv$/ },
  ],
};
