/**
 * The same against s3rver, an independent S3 server. Its tokens for further pages need a cipher
 * that Node no longer has, and it checks no signature of version 4: both are the emulator's.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { billCsv, putAws } from './exports.ts';
import type { Objects } from './emulator.ts';
import { secret, startBillSource } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'rentcheck-s3-'));
let server: S3rver;
let origin = '';
const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const client = new AwsClient({ ...keys, service: 's3', region: 'us-east-1' });

beforeAll(async () => {
  server = new S3rver({ directory: folder, port: 0, address: '127.0.0.1', silent: true });
  const { port } = await server.run();
  origin = `http://127.0.0.1:${port}`;
  await sent('PUT', '/bills');
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function sent(method: 'PUT' | 'DELETE', path: string, body?: Buffer): Promise<void> {
  const response = await client.fetch(`${origin}${path}`, {
    method,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  expect(response.ok).toBe(true);
}

async function put(objects: Objects): Promise<void> {
  for (const [key, { body }] of objects) {
    const path = key.split('/').map(encodeURIComponent).join('/');
    await sent('PUT', `/bills/${path}`, body);
  }
}

const options = () => ({
  bucket: 'bills',
  endpoint: origin,
  prefix: 'exports',
  accessKeyId: keys.accessKeyId,
  secretAccessKey: secret(keys.secretAccessKey),
});

const row = (resource: string, usd: string) => ({ resource, usd, hour: '2026-07-01T00' });
const run = { month: '2026-07', atMs: 0 };

test('an export is read, read again only where it changed, and replaced', async () => {
  const objects: Objects = new Map();
  const packed = gzipSync(billCsv(row('i-2', '0.25')));
  putAws(objects, { ...run, files: { 'a.csv': billCsv(row('i-1', '1.5')), 'b.csv.gz': packed } });
  await put(objects);
  const at = await startBillSource({ options, nowMs: Date.now() });
  expect(await at.pull()).toMatchObject({ added: 2, failures: [] });
  expect(await at.spend()).toEqual({ 'i-1': '1.5', 'i-2': '0.25' });
  expect(await at.pull()).toMatchObject({ added: 0, restated: 0, unchanged: 0, failures: [] });
  const next: Objects = new Map();
  putAws(next, { ...run, files: { 'a.csv': billCsv(row('i-1', '1.75')) } });
  await put(next);
  expect(await at.pull()).toMatchObject({ restated: 2, failures: [] });
  expect(await at.spend()).toEqual({ 'i-1': '1.75' });
});

test('keys with any letters are found again', async () => {
  const objects: Objects = new Map();
  for (const [at, name] of ['a+b', 'a b', "q'(1)!", 'x&y=z', 'ü'].entries()) {
    const body = billCsv(row(`i-${at}`, '1'));
    objects.set(`odd/${name}/2026-07.csv`, { body, modifiedMs: 0 });
  }
  await put(objects);
  const at = await startBillSource({ options, nowMs: Date.now() });
  expect((await at.pull({ prefix: 'odd', files: 'all' })).failures).toEqual([]);
  expect(Object.keys(await at.spend())).toHaveLength(5);
});
