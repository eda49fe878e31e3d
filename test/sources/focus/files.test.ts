import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { writeParquet } from '../../support/parquet.ts';
import { yieldedText } from '../../contract/source.ts';
import { AWS_KEYS, awsRow, awsRun, JULY_5, startAwsBucket } from './stage.ts';
import type { Objects } from './emulator.ts';
import { AWS_ROOT, billCsv, putAws } from './exports.ts';

describe('what a bucket holds', () => {
  test('may be packed by gzip or zstd, be Parquet, or be unpacked on the way', async () => {
    const objects: Objects = new Map();
    const table = (resource: string) =>
      `SELECT 8 AS "BilledCost", 'USD' AS "BillingCurrency", 'Usage' AS "ChargeCategory",
        TIMESTAMP '2026-07-01' AS "ChargePeriodStart", TIMESTAMP '2026-07-02' AS "ChargePeriodEnd",
        '${resource}' AS "ResourceId"`;
    putAws(
      objects,
      awsRun({
        '1.csv.gz': gzipSync(billCsv(awsRow('gzip', '1'))),
        '2.csv.zst': zstdCompressSync(billCsv(awsRow('zstd', '2'))),
        '3.snappy.parquet': await writeParquet({ select: table('parquet') }),
        '4.csv.gz': gzipSync(billCsv(awsRow('encoded', '4'))),
      }),
    );
    const key = `${AWS_ROOT}/data/BILLING_PERIOD=2026-07/4.csv.gz`;
    const last = objects.get(key);
    if (last !== undefined) objects.set(key, { ...last, encoding: 'gzip' });
    const at = await startAwsBucket(objects);
    expect((await at.pull()).failures).toEqual([]);
    expect(await at.spend()).toEqual({ encoded: '4', gzip: '1', parquet: '8', zstd: '2' });
  });

  test.each([true, false])('may have any name, listed URL-encoded: %s', async (encodes) => {
    const objects: Objects = new Map();
    const names = ['a+b', 'a b', 'ü%41', "q'(1)*!", 'x&y=<z>', '日本', 'semi;colon@$,:'];
    for (const [at, name] of names.entries()) {
      const body = billCsv(awsRow(`i-${at}`, '1'));
      objects.set(`exports/${name}/2026-07.csv`, { body, modifiedMs: JULY_5 });
    }
    const at = await startAwsBucket(objects, { encodes });
    expect((await at.pull({ files: 'all' })).failures).toEqual([]);
    expect(Object.keys(await at.spend())).toHaveLength(names.length);
  });

  test('is named where it cannot be requested', async () => {
    const body = billCsv(awsRow('i-1', '1'));
    const objects: Objects = new Map([['exports/../2026-07.csv', { body, modifiedMs: JULY_5 }]]);
    const at = await startAwsBucket(objects);
    const result = await at.pull();
    expect(result.failures).toMatchObject([{ code: 'malformed' }]);
    expect(result.failures[0]?.message).toContain('invalid object key "exports/../2026-07.csv"');
  });

  test('is traceable to its address, its version and its bytes, without a signature', async () => {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1')) }));
    const at = await startAwsBucket(objects);
    const request = { window: { startMs: JULY_5, endMs: JULY_5 + 1 }, usage: [], models: [] };
    const all = await Array.fromAsync(at.sourceOf({}).pull(request));
    const file = all.at(-1)?.fetch;
    const path = `${AWS_ROOT}/data/BILLING_PERIOD%3D2026-07/a.csv`.replaceAll(' ', '%20');
    expect(file?.url).toMatch(new RegExp(`^${at.origin}/bills/${path}#[0-9a-f]{32}$`));
    expect(file?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(new TextDecoder().decode(file?.body as Uint8Array)).toMatch(/^\{"BilledCost":"1",/);
    for (const word of [AWS_KEYS.secret, AWS_KEYS.token, 'Signature=']) {
      expect(yieldedText(all)).not.toContain(word);
    }
  });

  test('is selected by rules, and is read again for other rules', async () => {
    const objects: Objects = new Map();
    const other = { ServiceName: 'Blob Storage', ServiceCategory: 'Storage' };
    putAws(
      objects,
      awsRun({ 'a.csv': billCsv(awsRow('vm', '10'), awsRow('disk', '1', '2026-07-01T00', other)) }),
    );
    const at = await startAwsBucket(objects);
    const take = [{ ServiceName: 'Virtual*' }];
    await at.pull({ take });
    expect(await at.spend()).toEqual({ vm: '10' });
    await at.pull();
    expect(await at.spend()).toEqual({ disk: '1', vm: '10' });
    const request = { window: { startMs: JULY_5, endMs: JULY_5 + 1 }, usage: [], models: [] };
    const all = await Array.fromAsync(at.sourceOf({ take }).pull(request));
    const amounts = [{ currency: 'USD', taken: '10', billed: '11' }];
    const note = { code: 'rows-taken', rows: 2, takenRows: 1, amounts };
    expect(all.at(-1)?.remarks).toEqual([{ code: 'section-read', section: '2026-07', note }]);
    expect(yieldedText(all)).not.toContain('Blob Storage');
  });

  test('in another currency waits for the rate of its month, and is read again then', async () => {
    const objects: Objects = new Map();
    const euros = { BillingCurrency: 'EUR' };
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '10', '2026-07-01T00', euros)) }));
    const at = await startAwsBucket(objects);
    expect(await at.pull()).toMatchObject({ added: 0, rejected: 1 });
    expect(await at.spend()).toEqual({});
    const rate = { sourceId: 'ecb', currency: 'EUR', monthMs: Date.UTC(2026, 6, 1) };
    const nowMs = at.clock.nowMs();
    const asked = { sourceId: 'ecb', kind: 'rates', url: 'file:ecb.csv', startedAtMs: nowMs };
    const exchangeRates = [{ position: 0, fact: { ...rate, usdPerUnit: decimal('1.1') } }];
    await at.ledger.facts.append({ fetch: { ...asked, endedAtMs: nowMs }, exchangeRates }, nowMs);
    expect(await at.pull()).toMatchObject({ added: 1, rejected: 0, failures: [] });
    at.asked();
    await at.pull();
    expect(at.asked().filter((path) => path.endsWith('.csv'))).toEqual([]);
    const { rows } = await at.ledger.query(
      "SELECT billed_nano_usd FROM charge WHERE source_id = 'cloud'",
    );
    expect(rows.map(([nano]) => String(nano))).toEqual(['11000000000']);
  });
});
