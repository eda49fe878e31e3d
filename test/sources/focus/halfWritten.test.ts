import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { awsRow, awsRun, bucketOptions, JULY_5, startAwsBucket, startBillSource } from './stage.ts';
import { s3Emulator, type Objects } from './emulator.ts';
import { AWS_ROOT, billCsv, putAws } from './exports.ts';

describe('a half-written run is a named failure, and the known facts remain:', () => {
  async function known() {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1'), awsRow('i-2', '2')) }));
    const at = await startAwsBucket(objects);
    await at.pull();
    return { objects, at };
  }

  test.each<[string, (objects: Objects) => void, RegExp]>([
    [
      'a file of the manifest is missing',
      (objects) => void objects.delete(`${AWS_ROOT}/data/BILLING_PERIOD=2026-07/a.csv`),
      /lists s3:\/\/bills\/.*a\.csv, which does not exist/,
    ],
    [
      'a file is newer than the manifest',
      (objects) => {
        const body = billCsv(awsRow('i-1', '7'));
        const modifiedMs = Date.UTC(2026, 7, 20);
        objects.set(`${AWS_ROOT}/data/BILLING_PERIOD=2026-07/a.csv`, { body, modifiedMs });
      },
      /is newer than its manifest/,
    ],
    [
      'a month has files and no manifest',
      (objects) => {
        const body = billCsv(awsRow('i-1', '7', '2026-08-01T00'));
        objects.set(`${AWS_ROOT}/data/BILLING_PERIOD=2026-08/a.csv`, { body, modifiedMs: JULY_5 });
      },
      /has files of 2026-08, but no manifest yet/,
    ],
    [
      'a packed file breaks off',
      (objects) =>
        putAws(
          objects,
          awsRun({ 'a.csv.gz': gzipSync(billCsv(awsRow('i-1', '7'))).subarray(0, 60) }),
        ),
      /gzip compressed and damaged or incomplete/,
    ],
    [
      'the second file is no bill',
      (objects) =>
        putAws(
          objects,
          awsRun({ 'a.csv': billCsv(awsRow('i-1', '7')), 'b.csv': Buffer.from('x,y\n') }),
        ),
      /b\.csv has no column BilledCost/,
    ],
    [
      'a file is empty',
      (objects) => putAws(objects, awsRun({ 'a.csv': Buffer.alloc(0) })),
      /a\.csv is empty/,
    ],
  ])('%s', async (_name, spoil, words) => {
    const { objects, at } = await known();
    spoil(objects);
    const result = await at.pull();
    expect(result.failures).toHaveLength(1);
    expect(result.failures[0]?.message).toMatch(words);
    expect(result.failures[0]?.code).toMatch(/not-settled|malformed/);
    expect(await at.spend()).toEqual({ 'i-1': '1', 'i-2': '2' });
  });

  test('a file changes between the list and its download', async () => {
    const objects: Objects = new Map();
    putAws(
      objects,
      awsRun({ 'a.csv': billCsv(awsRow('i-1', '1')), 'b.csv': billCsv(awsRow('i-2', '1')) }),
    );
    const inner = s3Emulator({ bucket: 'bills', objects });
    const at = await startBillSource({
      options: bucketOptions,
      reply(response, request) {
        inner(response, request);
        if (!request.path.endsWith('a.csv')) return;
        const changed = {
          'a.csv': billCsv(awsRow('i-1', '5')),
          'b.csv': billCsv(awsRow('i-2', '5')),
        };
        putAws(objects, awsRun(changed));
      },
    });
    const result = await at.pull();
    expect(result.failures).toMatchObject([{ code: 'not-settled' }]);
    expect(result.failures[0]?.message).toContain('b.csv changed while the bill was being read');
    expect(await at.spend()).toEqual({});
  });
});
