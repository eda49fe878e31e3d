/** A bucket with an AWS export, for tests. */

import { type Objects, s3Emulator, type S3World } from './emulator.ts';
import type { AwsRun, PlantedRow } from './exports.ts';
import { KEYS, secret, stage } from './stage.ts';

export const JULY_5 = Date.UTC(2026, 6, 5);

type Rest = readonly [hour?: string, more?: Readonly<Record<string, string>>];

export function row(
  resource: string,
  usd: string,
  ...[hour = '2026-07-01T00', more]: Rest
): PlantedRow {
  return { resource, usd, hour, ...(more === undefined ? {} : { more }) };
}

export const bucketOptions = (origin: string) => ({
  bucket: 'bills',
  endpoint: origin,
  region: 'eu-central-1',
  prefix: 'exports',
  accessKeyId: KEYS.id,
  secretAccessKey: secret(KEYS.secret),
  sessionToken: secret(KEYS.token),
});

export async function bucket(objects: Objects, world: Partial<S3World> = {}) {
  const reply = s3Emulator({
    bucket: 'bills',
    objects,
    keys: KEYS,
    region: 'eu-central-1',
    ...world,
  });
  return stage({ options: bucketOptions, reply });
}

export function run(files: AwsRun['files'], more: Partial<AwsRun> = {}): AwsRun {
  return { month: '2026-07', atMs: JULY_5, files, ...more };
}
