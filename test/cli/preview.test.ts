/** What an import of prices would add and change, shown before anything is stored. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PricePreview } from '../../src/jobs/previewPrices.ts';
import { sha256Hex } from '../../src/platform/digest.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import {
  expectRefusal,
  readFactsBySql,
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  expectSuccess,
} from './cliFixture.ts';

const COLUMNS =
  'host,model,quantization,valid_from,input_usd_per_mtok,cached_usd_per_mtok,output_usd_per_mtok';

/** `host-a` is corrected, `host-c` is implausibly expensive, and one row has no valid price. */
const CORRECTION = `${COLUMNS}
host-a,example/model,fp8,2020-01-01,0.20,0.05,0.60
host-b,example/model,fp8,2020-01-01,0.12,,0.20
host-b,example/model,fp8,2020-02-01,0.15,,0.25
host-c,example/model,fp8,2020-01-01,0.0000001,,0.0000001
host-d,example/model,fp8,2020-01-01,cheap,,0.2
`;

async function stage(): Promise<string> {
  const folder = await fillFolder(await folderWith({ 'fix.csv': CORRECTION }));
  expectSuccess(await rentcheck(folder, ['audit']));
  return folder;
}

async function previewed(folder: string, ...more: string[]): Promise<PricePreview> {
  const args = ['import', 'prices', 'fix.csv', '--preview', '--json', ...more];
  const ran = await rentcheck(folder, args);
  expect(ran.code).toBe(1);
  return JSON.parse(ran.stdout) as PricePreview;
}

async function auditOf(folder: string): Promise<Audit> {
  const ran = await rentcheck(folder, ['audit', LAST_QUARTER, '--json']);
  return JSON.parse(ran.stdout) as Audit;
}

const digestOf = async (folder: string) =>
  sha256Hex(await readFile(join(folder, 'rentcheck.db'), 'latin1'));

describe('a preview of prices', () => {
  it('stores nothing: no fact, no audit, no byte of the ledger, no file next to it', async () => {
    const folder = await stage();
    const look = async () => [
      await readFactsBySql(folder),
      await digestOf(folder),
      await readdir(folder),
    ];
    const before = await look();
    const { stdout } = await rentcheck(folder, ['import', 'prices', 'fix.csv', '--preview']);
    expect(stdout).toMatch(/Nothing was stored\.\n$/);
    expect(await look()).toEqual(before);
  });

  it('lists which prices are new, restated, in quarantine and refused', async () => {
    const { import: preview, points } = await previewed(await stage());
    expect(preview).toMatchObject({ rows: 5, added: 2, restated: 1, unchanged: 1, rejected: 1 });
    expect(preview.rejects[0]).toMatchObject({ line: 6, reason: expect.stringContaining('cheap') });
    const short = points.map(({ state, host, validFrom, quarantined, was, now }) => [
      state,
      host,
      validFrom.slice(0, 10),
      quarantined,
      was?.inputUsd ?? null,
      now.inputUsd,
    ]);
    expect(short).toEqual([
      ['restated', 'host-a', '2020-01-01', false, '0.100000', '0.200000'],
      ['new', 'host-b', '2020-02-01', false, null, '0.150000'],
      ['new', 'host-c', '2020-01-01', true, null, '0.000000'],
    ]);
  });

  it('shows for each deployment the audit before and after', async () => {
    const folder = await stage();
    const { audit } = await previewed(folder);
    expect(audit?.quarter).toBe(LAST_QUARTER);
    const before = await auditOf(folder);
    expect((await rentcheck(folder, ['import', 'prices', 'fix.csv'])).code).toBe(1);
    const after = await auditOf(folder);
    const figuresOf = ({ deployments: [each] }: Audit) => ({
      host: each?.hosted?.host,
      hostedUsd: each?.hosted?.costUsd,
      hostedUsdPerMtok: each?.hosted?.usdPerMtok,
      cheapestUsd: each?.hosted?.cheapestUsd,
      medianUsd: each?.hosted?.medianUsd,
      savingUsd: each?.savingUsd.base,
      verdict: each?.verdict,
    });
    const [moved] = audit?.deployments ?? [];
    expect(moved?.before).toEqual(figuresOf(before));
    expect(moved?.after).toEqual(figuresOf(after));
    expect(audit?.stack.after).toEqual({
      verdict: after.stack.verdict,
      savingUsd: after.stack.savingUsd.base,
    });
    expect(moved?.before.host).not.toBe(moved?.after.host);
  });

  it('shows the difference to the last digit', async () => {
    const { audit } = await previewed(await stage());
    const { before, after, difference } = audit?.deployments[0] ?? {};
    // By hand: host-a until now, 13 Mtok in of which 1.3 count as cached, 2.6 out; with the fee
    // 1.055 * (11.7 * 0.10 + 1.3 * 0.05 + 2.6 * 0.30); then host-b, 13 * 0.15 + 2.6 * 0.25.
    expect(before?.hostedUsd).toBe('2.125825');
    expect(after?.hostedUsd).toBe('2.743000');
    expect(difference?.hostedUsd).toBe('0.617175');
  });

  it('prints both audits side by side on a terminal', async () => {
    const folder = await stage();
    const { stdout, stderr } = await rentcheck(folder, [
      'import',
      'prices',
      'fix.csv',
      '--preview',
    ]);
    expect(stdout).toMatch(/^fix\.csv: 5 rows, 2 new, 1 restated, 1 unchanged, 1 rejected\n/);
    expect(stdout).toMatch(/restated +example\/model +host-a .* 0\.20, was 0\.10/);
    expect(stdout).toMatch(/new, quarantined +example\/model +host-c /);
    expect(stdout).toContain(`The audit of ${LAST_QUARTER}, before and after:`);
    expect(stdout).toMatch(/example +verdict/);
    expect(stdout).toMatch(/hosted cost +\$2\.13 +\$2\.74 +\$0\.62/);
    expect(stderr).toContain('fix.csv:6:');
    expect(stderr).toContain('restates price (');
  });

  it('shows the named quarter, and none if none was audited', async () => {
    const folder = await fillFolder(await folderWith({ 'fix.csv': CORRECTION }));
    const { audit } = await previewed(folder, '--quarter', LAST_QUARTER);
    expect(audit?.deployments.map(({ id }) => id)).toEqual(['example']);
    const bare = await rentcheck(folder, ['import', 'prices', 'fix.csv', '--preview', '--json']);
    expect((JSON.parse(bare.stdout) as PricePreview).audit).toBeNull();
    expect(bare.stderr).toContain('Name a quarter with --quarter');
  });

  it('needs no ledger, and creates none', async () => {
    const config = WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '';
    const folder = await folderWith({ 'rentcheck.yaml': config, 'fix.csv': CORRECTION });
    const { points } = await previewed(folder);
    expect(points.map(({ state }) => state)).toEqual(['new', 'new', 'new', 'new']);
    expect((await readdir(folder)).sort()).toEqual(['fix.csv', 'rentcheck.yaml']);
  });

  it('of a known file says that nothing changes', async () => {
    const folder = await stage();
    await filesIn(folder, { 'fix.csv': WORKED_EXAMPLE_FILES['prices.csv'] ?? '' });
    const ran = await rentcheck(folder, ['import', 'prices', 'fix.csv', '--preview']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('0 new, 0 restated, 2 unchanged');
    expect(ran.stdout).toContain('1 deployment does not change');
  });

  it('does not disturb an import running in another process', async () => {
    const folder = await stage();
    const held = join(folder, 'rentcheck.db-import-99');
    await filesIn(folder, { 'rentcheck.db-import-99': '' });
    await previewed(folder);
    expect(await readFile(held, 'utf8')).toBe('');
  });

  it('refuses a quarter without a preview, or an invalid one', async () => {
    const folder = await stage();
    const run = (...args: string[]) => rentcheck(folder, ['import', 'prices', 'fix.csv', ...args]);
    expectRefusal(
      await run('--quarter', LAST_QUARTER),
      2,
      '--quarter works only with a preview',
      'preview',
    );
    expect((await run('--preview', '--quarter', 'soon')).code).toBe(2);
  });
});
