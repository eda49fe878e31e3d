/** A bucket with an AWS export, for tests. */

import { type Objects, s3Emulator, type S3World } from './emulator.ts';
import type { AwsRun, PlantedRow } from './exports.ts';
import { AWS_KEYS, secret, startBillSource } from './stage.ts';

export const JULY_5 = Date.UTC(2026, 6, 5);

type Rest = readonly [hour?: string, more?: Readonly<Record<string, string>>];

export function awsRow(
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
  accessKeyId: AWS_KEYS.id,
  secretAccessKey: secret(AWS_KEYS.secret),
  sessionToken: secret(AWS_KEYS.token),
});

export async function startAwsBucket(objects: Objects, world: Partial<S3World> = {}) {
  const reply = s3Emulator({
    bucket: 'bills',
    objects,
    keys: AWS_KEYS,
    region: 'eu-central-1',
    ...world,
  });
  return startBillSource({ options: bucketOptions, reply });
}

export function awsRun(files: AwsRun['files'], more: Partial<AwsRun> = {}): AwsRun {
  return { month: '2026-07', atMs: JULY_5, files, ...more };
}
