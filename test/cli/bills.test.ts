/** A source that reads bills from a folder, used from the command line. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { billCsv } from '../sources/focus/exports.ts';
import { folderWith, rentcheck } from '../support/cli.ts';

const hour = '2026-07-01T00';
const BILL = billCsv(
  { resource: 'i-1', usd: '36', hour },
  { resource: 'db-1', usd: '7.5', hour, more: { ServiceName: 'Databases' } },
);

async function billFolder() {
  const folder = await folderWith({});
  await mkdir(join(folder, 'bills'));
  await writeFile(join(folder, 'bills/2026-07.csv'), BILL);
  const config = `
sources:
  aws: { kind: focus, folder: '${join(folder, 'bills')}', take: [{ ServiceName: Virtual* }] }
deployments:
  chat-70b:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: aws, match: { id: "i-*" } }]
`;
  await writeFile(join(folder, 'rentcheck.yaml'), config);
  return folder;
}

it('is pulled by its rules, and one of its files can be previewed', async () => {
  const folder = await billFolder();
  const file = ['import', 'focus', 'bills/2026-07.csv', '--source', 'aws'];
  const preview = await rentcheck(folder, [...file, '--preview']);
  expect(preview.stdout).toContain('$36.00 of $43.50 would be imported. Nothing was stored.');
  const refused = await rentcheck(folder, file);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('Source "aws" already pulls its bills (kind: focus)');
  const window = ['--from', '2026-07-01', '--to', '2026-08-01'];
  const pulled = await rentcheck(folder, ['pull', 'aws', ...window]);
  expect(pulled).toMatchObject({ code: 0 });
  const sql = 'SELECT resource_id, billed_nano_usd FROM charge';
  const charges = await rentcheck(folder, ['sql', sql, '--format', 'csv']);
  expect(charges.stdout).toContain('i-1,36000000000');
  expect(charges.stdout).not.toContain('db-1');
});
