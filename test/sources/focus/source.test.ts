import { describe, expect, test } from 'vitest';
import { yieldedText } from '../../contract/source.ts';
import { awsRow, awsRun, JULY_5, secret, startAwsBucket, startBillSource } from './stage.ts';
import { azureEmulator, type Objects } from './emulator.ts';
import { billCsv, putAws, putAzure } from './exports.ts';

describe('an AWS data export', () => {
  test('is read file by file over pages of a list, signed as AWS checks it', async () => {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a-1.csv': billCsv(awsRow('i-1', '1.5'), awsRow('i-2', '0.25')) }));
    putAws(
      objects,
      awsRun({ 'a-1.csv': billCsv(awsRow('i-1', '4', '2026-08-02T05')) }, { month: '2026-08' }),
    );
    for (let at = 0; at < 9; at += 1) {
      objects.set(`exports/other/readme ${at}.txt`, { body: Buffer.from('no'), modifiedMs: 1 });
    }
    const at = await startAwsBucket(objects, { pageKeys: 2 });
    const result = await at.pull();
    expect(result).toMatchObject({ added: 3, failures: [], rejected: 0 });
    expect(await at.spend()).toEqual({ 'i-1': '5.5', 'i-2': '0.25' });
  });

  test('that has not changed is not fetched again', async () => {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a-1.csv': billCsv(awsRow('i-1', '1.5')) }));
    const at = await startAwsBucket(objects);
    await at.pull();
    expect(at.asked().filter((path) => path.endsWith('.csv'))).toHaveLength(1);
    const again = await at.pull();
    expect(at.asked().filter((path) => path.endsWith('.csv'))).toEqual([]);
    expect(again).toMatchObject({ added: 0, restated: 0, failures: [] });
    putAws(objects, awsRun({ 'a-1.csv': billCsv(awsRow('i-1', '1.75')) }));
    expect(await at.pull()).toMatchObject({ added: 0, restated: 1, failures: [] });
    expect(await at.spend()).toEqual({ 'i-1': '1.75' });
  });

  test('replaces its month: what the newest run no longer has is withdrawn', async () => {
    const objects: Objects = new Map();
    const august = { month: '2026-08' };
    putAws(
      objects,
      awsRun({ 'a-1.csv': billCsv(awsRow('i-1', '1'), awsRow('i-2', '1'), awsRow('i-3', '1')) }),
    );
    putAws(objects, awsRun({ 'a-1.csv': billCsv(awsRow('i-9', '9', '2026-08-02T05')) }, august));
    const at = await startAwsBucket(objects);
    await at.pull();
    putAws(objects, awsRun({ 'b-1.csv': billCsv(awsRow('i-1', '1'), awsRow('i-3', '2')) }));
    expect(await at.pull()).toMatchObject({ added: 0, restated: 2, failures: [] });
    expect(await at.spend()).toEqual({ 'i-1': '1', 'i-3': '2', 'i-9': '9' });
  });

  test('counts identical rows in two files twice, and withdraws over all files', async () => {
    const objects: Objects = new Map();
    const many = (from: number, count: number) =>
      billCsv(...Array.from({ length: count }, (_, at) => awsRow(`i-${from + at}`, '0.5')));
    const alike = billCsv(awsRow('twin', '1'));
    putAws(objects, awsRun({ '1.csv': many(0, 6000), '2.csv': alike, '3.csv': alike }));
    const at = await startAwsBucket(objects);
    expect(await at.pull()).toMatchObject({ added: 6002, failures: [] });
    expect((await at.spend())['twin']).toBe('2');
    putAws(objects, awsRun({ '1.csv': many(1, 5999), '2.csv': alike }));
    expect(await at.pull()).toMatchObject({ added: 0, restated: 2, failures: [] });
    expect(await at.spend()).toMatchObject({ twin: '1', 'i-1': '0.5' });
    expect(await at.spend()).not.toHaveProperty('i-0');
  });

  test('requires confirmation before much of it is withdrawn', async () => {
    const objects: Objects = new Map();
    const rows = Array.from({ length: 40 }, (_, at) => awsRow(`i-${at}`, '1'));
    putAws(objects, awsRun({ '1.csv': billCsv(...rows) }));
    const at = await startAwsBucket(objects);
    await at.pull();
    putAws(objects, awsRun({ '1.csv': billCsv(...rows.slice(0, 20)) }));
    const held = await at.pull();
    expect(held.failures).toMatchObject([{ code: 'withdrawal' }]);
    expect(Object.keys(await at.spend())).toHaveLength(40);
    // Nothing was settled: the next pull tries again.
    expect((await at.pull()).failures).toHaveLength(1);
    expect((await at.pull({}, { confirmWithdrawal: true })).failures).toEqual([]);
    expect(Object.keys(await at.spend())).toHaveLength(20);
  });

  test('with all executions kept is read by its newest manifest', async () => {
    const objects: Objects = new Map();
    const old = { execution: '20260703-0001', atMs: JULY_5 - 86_400_000 };
    putAws(
      objects,
      awsRun({ 'a.csv': billCsv(awsRow('i-1', '3')) }, { execution: '20260704-0002' }),
    );
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1'), awsRow('i-2', '1')) }, old));
    const at = await startAwsBucket(objects);
    await at.pull();
    expect(await at.spend()).toEqual({ 'i-1': '3' });
  });

  test('holds a correction of an earlier month beside the month itself', async () => {
    const objects: Objects = new Map();
    const of = { ChargeClass: 'Correction' };
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '10')) }));
    for (const [month, usd] of [
      ['2026-08', '-1'],
      ['2026-09', '-2'],
    ] as const) {
      putAws(
        objects,
        awsRun({ 'a.csv': billCsv(awsRow('i-1', usd, '2026-07-01T00', of)) }, { month }),
      );
    }
    const at = await startAwsBucket(objects);
    at.clock.set(Date.UTC(2026, 8, 20));
    await at.pull();
    expect(await at.spend()).toEqual({ 'i-1': '9' });
  });

  test('holds usage of the hours by which its month ends later than in UTC', async () => {
    const objects: Objects = new Map();
    const last = awsRow('i-1', '2', '2026-08-01T06');
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1'), last) }));
    putAws(
      objects,
      awsRun({ 'a.csv': billCsv(awsRow('i-1', '4', '2026-08-01T07')) }, { month: '2026-08' }),
    );
    const at = await startAwsBucket(objects);
    expect(await at.pull()).toMatchObject({ added: 3, rejected: 0, failures: [] });
    expect(await at.spend()).toEqual({ 'i-1': '7' });
  });

  test('rejects usage that cannot belong to its month', async () => {
    const objects: Objects = new Map();
    putAws(
      objects,
      awsRun({ 'a.csv': billCsv(awsRow('i-1', '1'), awsRow('i-2', '1', '2025-07-01T00')) }),
    );
    const at = await startAwsBucket(objects);
    const result = await at.pull();
    expect(result).toMatchObject({ added: 1, rejected: 1 });
    expect(result.rejects[0]?.reason).toContain('has usage from 2025-07-01T00:00:00Z');
    // A newer program may fix a row: the month is read again.
    at.asked();
    await at.pull();
    expect(at.asked().some((path) => path.endsWith('a.csv'))).toBe(true);
  });
});

describe('a bucket that refuses access says what to do:', () => {
  test.each([
    [{ secretAccessKey: secret('wrong') }, 'auth', /SignatureDoesNotMatch.*check secretAccessKey/],
    [{ accessKeyId: 'AKIDOTHER' }, 'auth', /InvalidAccessKeyId.*does not recognize it/],
    [{ sessionToken: secret('old') }, 'auth', /InvalidToken/],
    [{ region: 'us-west-2' }, 'config', /set region to that of the bucket/],
    [{ bucket: 'other' }, 'not-found', /NoSuchBucket.*check bucket/],
    [{ prefix: 'nowhere' }, 'not-found', /no bill in the bucket bills/],
  ])('%o', async (options, code, words) => {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1')) }));
    const at = await startAwsBucket(objects);
    const { failures } = await at.pull(options);
    expect(failures).toMatchObject([{ code }]);
    expect(failures[0]?.message).toMatch(words);
  });

  test('two exports below one prefix, because they would count twice', async () => {
    const objects: Objects = new Map();
    putAws(objects, awsRun({ 'a.csv': billCsv(awsRow('i-1', '1')) }));
    const twin = [...objects].map(
      ([key, object]) => [key.replace('main', 'twin'), object] as const,
    );
    const at = await startAwsBucket(new Map([...objects, ...twin]));
    const { failures } = await at.pull();
    expect(failures).toMatchObject([{ code: 'config' }]);
    expect(failures[0]?.message).toContain('more than one export under one prefix');
  });
});

describe('files without a manifest', () => {
  const daily = (hours: readonly string[]): Objects =>
    new Map(
      hours.map((hour, at) => [
        `exports/bill-${hour.slice(0, 10)}.csv`,
        { body: billCsv(awsRow('i-1', String(at + 1), hour)), modifiedMs: JULY_5 + at },
      ]),
    );

  test('are one bill together, or only the newest of them, as the config says', async () => {
    const objects = daily(['2026-07-01T00', '2026-07-02T00', '2026-08-01T00']);
    const together = await startAwsBucket(objects);
    await together.pull({ files: 'all' });
    expect(await together.spend()).toEqual({ 'i-1': '6' });
    const newest = await startAwsBucket(objects);
    await newest.pull({ files: 'newest' });
    expect(await newest.spend()).toEqual({ 'i-1': '5' });
  });

  test('are refused without that setting', async () => {
    const at = await startAwsBucket(daily(['2026-07-01T00', '2026-07-02T00']));
    const { failures } = await at.pull();
    expect(failures).toMatchObject([{ code: 'config' }]);
    expect(failures[0]?.message).toContain('set files: all if they are parts of one bill');
    expect(await at.spend()).toEqual({});
  });

  test('are chosen by a glob', async () => {
    const at = await startAwsBucket(daily(['2026-07-01T00', '2026-07-02T00']));
    await at.pull({ match: '*07-02.csv' });
    expect(await at.spend()).toEqual({ 'i-1': '2' });
  });

  test('have their month below the prefix, whatever the prefix is called', async () => {
    const july = { body: billCsv(awsRow('i-1', '2')), modifiedMs: JULY_5 };
    const august = { body: billCsv(awsRow('i-1', '3', '2026-08-01T00')), modifiedMs: JULY_5 };
    const root = 'exports/since-2025-01';
    const at = await startAwsBucket(
      new Map([
        [`${root}/2026-07.csv`, july],
        [`${root}/2026-08.csv`, august],
      ]),
    );
    expect(await at.pull({ prefix: root })).toMatchObject({ added: 2, failures: [] });
    expect(await at.spend()).toEqual({ 'i-1': '5' });
    const one = await startAwsBucket(new Map([['exports/2026-07/bill.csv', july]]));
    expect(await one.pull({ prefix: 'exports/2026-07' })).toMatchObject({ added: 1, failures: [] });
  });

  test('that all end before the requested time are no bill of zero', async () => {
    const at = await startAwsBucket(daily(['2026-05-01T00', '2026-06-01T00']));
    const { failures } = await at.pull();
    expect(failures).toMatchObject([{ code: 'no-data' }]);
    expect(failures[0]?.message).toContain('the last bill of the export ends on 2026-06-30');
  });

  test('leave a gap between months, which is reported', async () => {
    const at = await startAwsBucket(daily(['2026-06-01T00', '2026-08-01T00']));
    const { failures } = await at.pull();
    expect(failures).toMatchObject([{ code: 'no-data' }]);
    expect(failures[0]?.message).toContain('before and after 2026-07, but none');
  });
});

describe('an Azure export', () => {
  const SIG = 'a%2Fb%2Bc%3D-signature-of-azure';
  const options = (origin: string) => ({
    containerUrl: secret(`${origin}/finops?sv=2022-11-02&sr=c&sp=rl&se=2027-01-01&sig=${SIG}`),
    prefix: 'costs',
  });
  const signature = decodeURIComponent(SIG);

  test('is read by the newest run of each period, page by page', async () => {
    const objects: Objects = new Map();
    const july = { period: '20260701-20260731', modifiedMs: JULY_5 };
    putAzure(objects, {
      ...july,
      run: 'b1',
      files: {
        'part_0_0001.csv': billCsv(awsRow('vm', '3')),
        'part_1_0001.csv': billCsv(awsRow('vm', '1')),
      },
      submitted: '2026-07-05T02:00:00.1234567Z',
    });
    putAzure(objects, {
      ...july,
      run: 'a9',
      files: { 'part_0_0001.csv': billCsv(awsRow('vm', '2'), awsRow('old', '2')) },
      submitted: '2026-07-04T02:00:00.1234567Z',
    });
    const reply = azureEmulator({ container: 'finops', objects, signature });
    const at = await startBillSource({ options, reply });
    expect((await at.pull()).failures).toEqual([]);
    expect(await at.spend()).toEqual({ vm: '4' });
    at.asked();
    await at.pull();
    expect(at.asked().filter((path) => path.endsWith('.csv'))).toEqual([]);
    const request = { window: { startMs: JULY_5, endMs: JULY_5 + 1 }, usage: [], models: [] };
    const all = await Array.fromAsync(at.sourceOf({}).pull(request));
    for (const word of [SIG, signature, 'sig=', 'se=2027'])
      expect(yieldedText(all)).not.toContain(word);
    expect(all.at(-1)?.fetch.url).toMatch(/\/finops\/costs\/.*part_1_0001\.csv#0xb1\d+$/);
  });

  test('that keeps every run has a folder for the time of each', async () => {
    const objects: Objects = new Map();
    const july = { period: '20260701-20260731', modifiedMs: JULY_5 };
    for (const [time, usd] of [
      ['202607041210', '1'],
      ['202607051210', '2.5'],
    ] as const) {
      const submitted = `2026-07-${time.slice(6, 8)}T12:10:03.5234447Z`;
      const files = { 'part_0_0001.csv': billCsv(awsRow('vm', usd)) };
      putAzure(objects, { ...july, run: `${time}/7f-${time}`, files, submitted });
    }
    const reply = azureEmulator({ container: 'finops', objects, signature });
    const at = await startBillSource({ options, reply });
    expect(await at.pull()).toMatchObject({ added: 1, failures: [] });
    expect(await at.spend()).toEqual({ vm: '2.5' });
    expect(await at.pull()).toMatchObject({ added: 0, restated: 0, failures: [] });
  });

  test('reports what is wrong with its signature', async () => {
    const reply = azureEmulator({ container: 'finops', objects: new Map(), signature: 'other' });
    const at = await startBillSource({ options, reply });
    const { failures } = await at.pull();
    expect(failures).toMatchObject([{ code: 'auth' }]);
    expect(failures[0]?.message).toMatch(/AuthenticationFailed.*create a new one/);
    expect(JSON.stringify(failures)).not.toContain('signature-of-azure');
  });
});
