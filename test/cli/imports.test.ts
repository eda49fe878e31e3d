import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  expectRefusal,
  WORKED_EXAMPLE_FILES,
  readFactsBySql,
  fillFolder,
  LAST_START,
  readFactTable,
  steersTerminal,
} from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);
const HEADER = 'id,resource_id,category,start,end,billed_cost,currency';
const line = (id: string, cost: string) =>
  `${id},pod-1,compute,2026-07-01T00:00:00Z,2026-07-01T01:00:00Z,${cost},USD`;

beforeAll(async () => {
  await fillFolder(folder);
});

describe('an import', () => {
  it('of the same file again changes nothing and says so', async () => {
    const before = await readFactsBySql(folder);
    const ran = await run('import', 'charges', 'charges.csv');
    expect(ran).toEqual({
      code: 0,
      stdout:
        'charges.csv: 1 row, 0 new, 0 restated, 1 unchanged (fetch 4, same file as fetch 1)\n',
      stderr: '',
    });
    expect(readFactTable(await readFactsBySql(folder), 'charge')).toEqual(
      readFactTable(before, 'charge'),
    );
  });

  it('with a wrong header is refused whole, with the column that was meant', async () => {
    const before = await readFactsBySql(folder);
    await writeFile(join(folder, 'typo.csv'), `${HEADER.replace('billed', 'biled')}\n`);
    const ran = await run('import', 'charges', 'typo.csv');
    expectRefusal(ran, 2, 'typo.csv has no column "billed_cost"', 'did you mean "biled_cost"?');
    await writeFile(join(folder, 'semi.csv'), HEADER.replaceAll(',', ';'));
    expectRefusal(await run('import', 'charges', 'semi.csv'), 2, 'expected commas');
    expect(await readFactsBySql(folder)).toBe(before);
  });

  it('with bad rows lists them by line and reason, keeps the good, and ends with 1', async () => {
    const rows = [line('a', '1.00'), line('b', 'free'), line('c', ''), line('d', '2.00'), 'e,pod'];
    await writeFile(join(folder, 'mixed.csv'), [HEADER, ...rows].join('\n'));
    const ran = await run('import', 'charges', 'mixed.csv');
    expect(ran).toMatchObject({
      code: 1,
      stdout: 'mixed.csv: 5 rows, 2 new, 0 restated, 0 unchanged, 3 rejected (fetch 5)\n',
    });
    expect(ran.stderr).toMatch(/^incomplete: mixed\.csv: 3 rows rejected$/m);
    expect(ran.stderr).toMatch(/^ {2}mixed\.csv:3: .*billed_cost.*free/m);
    expect(ran.stderr).toMatch(/^ {2}mixed\.csv:4: .*billed_cost/m);
    expect(ran.stderr).toMatch(/^ {2}mixed\.csv:6: \S/m);
  });

  it('prints the same as JSON, and nothing else on standard output', async () => {
    const ran = await run('import', 'charges', 'mixed.csv', '--json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      file: 'mixed.csv',
      rows: 5,
      added: 0,
      unchanged: 2,
      rejected: 3,
      rejects: [{ line: 3 }, { line: 4 }, { line: 6 }],
    });
  });

  it('shows the content of a bad cell without obeying it', async () => {
    const bad = line('x', '\u001b[2J\u009b31m\u202e9');
    await writeFile(join(folder, 'bad.csv'), [HEADER, bad].join('\n'));
    const ran = await run('import', 'charges', 'bad.csv');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/bad\.csv:2: /);
    expect(steersTerminal(ran.stderr)).toBe(false);
  });

  it('reads JSON lines like CSV', async () => {
    const [columns = [], ...cells] = [HEADER, line('json-1', '3.50')].map((row) => row.split(','));
    const record = Object.fromEntries(columns.map((name, at) => [name, cells[0]?.[at]]));
    await writeFile(join(folder, 'bill.jsonl'), `${JSON.stringify(record)}\nnot json\n`);
    const ran = await run('import', 'charges', 'bill.jsonl');
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stdout).toBe(
      'bill.jsonl: 2 rows, 1 new, 0 restated, 0 unchanged, 1 rejected (fetch 8)\n',
    );
    expect(ran.stderr).toMatch(/^ {2}bill\.jsonl:2: /m);
  });

  it('for a source of its own keeps its rows apart, and says where to declare it', async () => {
    const ran = await run('import', 'charges', 'charges.csv', '--source', 'acme');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('1 row, 1 new');
    expect(ran.stderr).toContain('sources: { acme: { kind: import } }');
    const config = WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '';
    const declared = `sources: { acme: { kind: import } }\n${config}`;
    await writeFile(join(folder, 'rentcheck.yaml'), declared);
    const again = await run('import', 'charges', 'charges.csv', '--source', 'acme');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('0 new, 0 restated, 1 unchanged');
  });

  it('of something that is no table is refused with what to do', async () => {
    await writeFile(join(folder, 'bill.xlsx'), Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]));
    expectRefusal(await run('import', 'charges', 'bill.xlsx'), 2, 'Excel', 'save the sheet as CSV');
    await writeFile(join(folder, 'empty.csv'), '');
    expectRefusal(await run('import', 'charges', 'empty.csv'), 2, 'empty.csv is empty');
    expectRefusal(await run('import', 'charges', '.'), 2, 'it is a folder');
  });
});

describe('an export of incidents', () => {
  const CSV = `id,incident_number,description,service_name,created_on,status,engaged_seconds
P1,1,\u001b[2J full,llm-chat-eu,${LAST_START}T01:00:00Z,resolved,5400
P2,2,b,example,${LAST_START}T01:00:00Z,resolved,3600
P3,3,c,billing,${LAST_START}T02:00:00Z,resolved,1800
P4,4,d,billing,${LAST_START}T03:00:00Z,triggered,
`;

  it('becomes hours of the deployments in config, once, and lists the open ones', async () => {
    const config =
      `${WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? ''}ops: ` +
      `{ services: { "llm-*": example } }\n`;
    const own = await folderWith({
      ...WORKED_EXAMPLE_FILES,
      'rentcheck.yaml': config,
      'incidents.csv': CSV,
    });
    const first = await rentcheck(own, ['import', 'ops', 'incidents.csv']);
    expect(first.stdout).toBe(
      'incidents.csv: 4 rows, 3 new, 0 restated, 0 unchanged, 1 rejected (fetch 1)\n',
    );
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('incidents.csv:5: it is not resolved yet');
    expect(first.stderr).toContain('Hours of "billing" count for the whole stack.');
    const again = await rentcheck(own, ['import', 'ops', 'incidents.csv', '--format', 'pagerduty']);
    expect(again.stdout).toContain('4 rows, 0 new, 0 restated, 3 unchanged, 1 rejected');
    const listed = await rentcheck(own, ['ops', 'list']);
    expect(steersTerminal(listed.stdout)).toBe(false);
    expect(listed.stdout.split('\n').slice(-4, -1)).toEqual([
      'total          2.50 h  example',
      'total          0.50 h  (whole stack)',
      'total          3.00 h  (all)',
    ]);
  });

  it('in an unknown format, or for another kind of file, is refused', async () => {
    expectRefusal(
      await run('import', 'ops', 'charges.csv', '--format', 'victorops'),
      2,
      'Unknown format "victorops"',
      'pagerduty',
    );
    expectRefusal(
      await run('import', 'charges', 'charges.csv', '--format', 'pagerduty'),
      2,
      '--format works only for ops files',
    );
  });
});

describe('a bill in FOCUS', () => {
  const BILL = [
    'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,' +
      'ResourceId,ServiceCategory,ServiceName',
    '36,USD,Usage,2026-07-01,2026-07-02,i-1,Compute,Amazon Elastic Compute Cloud',
    '7.5,USD,Usage,2026-07-01,2026-07-02,db-1,Databases,Amazon RDS',
    '',
  ].join('\n');
  const CONFIG = `
sources: { aws: { kind: import, take: [{ ServiceName: "Amazon Elastic*" }] } }
deployments:
  chat-70b:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: aws, match: { id: "i-*" } }]
`;

  it('is previewed without storing anything, then imported as config includes it', async () => {
    const folder = await folderWith({ 'rentcheck.yaml': CONFIG, 'bill.csv': BILL });
    const file = ['focus', 'bill.csv', '--source', 'aws'];
    const preview = await rentcheck(folder, ['import', ...file, '--preview']);
    expect(preview.code).toBe(0);
    expect(preview.stdout.split('\n').map((text) => text.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'category | service | rows | billed | imported rows | imported',
      expect.stringMatching(/^-/),
      'Compute | Amazon Elastic Compute Cloud | 1 | $36.00 | 1 | $36.00',
      'Databases | Amazon RDS | 1 | $7.50 | 0 | $0.00',
      '',
      '$36.00 of $43.50 would be imported. Nothing was stored.',
      '',
    ]);
    expect((await readdir(folder)).sort()).toEqual(['bill.csv', 'rentcheck.yaml']);
    const taken = await rentcheck(folder, ['import', ...file]);
    expect(taken).toMatchObject({
      code: 0,
      stdout: 'bill.csv: 2 rows, 1 new, 0 restated, 0 unchanged (fetch 1)\n',
      stderr: 'note: The option take selected 1 row of 2 rows, $36.00 of $43.50 billed.\n',
    });
    const again = await rentcheck(folder, ['import', ...file]);
    expect(again.stdout).toContain('0 new, 0 restated, 1 unchanged');
  });

  it('as JSON has the same preview', async () => {
    const folder = await folderWith({ 'rentcheck.yaml': CONFIG, 'bill.csv': BILL });
    const file = ['import', 'focus', 'bill.csv', '--source', 'aws'];
    const ran = await rentcheck(folder, [...file, '--preview', '--json']);
    expect(JSON.parse(ran.stdout)[1]).toEqual({
      category: 'Databases',
      service: 'Amazon RDS',
      rows: 1,
      billedUsd: '7.500000',
      takenRows: 0,
      takenUsd: '0.000000',
    });
  });

  it('can be previewed, and so can prices; no other file', async () => {
    const ran = await rentcheck(folder, ['import', 'charges', 'charges.csv', '--preview']);
    expectRefusal(ran, 2, 'Cannot preview charges', 'import focus');
  });
});
