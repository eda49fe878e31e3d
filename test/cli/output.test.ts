import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../src/platform/version.ts';
import { rentcheck, temporaryFolder } from '../support/cli.ts';
import { WORKED_EXAMPLE_FILES, fillFolder, steersTerminal, expectSuccess } from './cliFixture.ts';

/** Escapes of two bytes and of one, line breaks, a direction override, an invisible letter. */
const HOSTILE = '\u001b[2J\u001b[31mpwned\u009b1m\nVerdict: keep\r\u202e\u200b';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);

beforeAll(async () => {
  await fillFolder(folder);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const charges = (WORKED_EXAMPLE_FILES['charges.csv'] ?? '').replaceAll(
    'line-1,pod-1,example-pod',
    'LINE',
  );
  await writeFile(
    join(folder, 'hostile.csv'),
    charges.replace('LINE', `line-2,${quoted(`pod-${HOSTILE}`)},${quoted(HOSTILE)}`),
  );
  expectSuccess(await run('import', 'charges', 'hostile.csv'));
  await writeFile(
    join(folder, 'prices.csv'),
    (WORKED_EXAMPLE_FILES['prices.csv'] ?? '')
      .replace('host-a', quoted(`${HOSTILE}host`))
      .replace('0.10', '0.06'),
  );
  expectSuccess(await run('import', 'prices', 'prices.csv'));
  await writeFile(
    join(folder, 'ops.csv'),
    `date,deployment,hours,note\n2026-07-01,,2,${quoted(HOSTILE)}\n`,
  );
  expectSuccess(await run('import', 'ops', 'ops.csv'));
});

describe('foreign names', () => {
  it.each([
    ['audit'],
    ['audit', '--json'],
    ['sql', 'SELECT resource_id, resource_name FROM charge'],
    ['sql', 'SELECT host FROM hosted_price', '--format', 'json'],
    ['sql', 'SELECT host FROM hosted_price', '--format', 'ndjson'],
    ['ops', 'list'],
    ['ops', 'list', '--json'],
    ['report', '--out', 'out'],
  ])('never reach the terminal raw: %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBeLessThan(2);
    expect(stdout).not.toBe('');
    expect(steersTerminal(stdout + stderr)).toBe(false);
    expect(stdout).not.toMatch(/^Verdict: keep/m);
  });

  it('are unchanged in --json and CSV, for programs', async () => {
    const query = "SELECT resource_name AS name FROM charge WHERE charge_key LIKE '%line-2%'";
    const json = await run('sql', query, '--json');
    expect(JSON.parse(json.stdout)).toEqual([{ name: HOSTILE }]);
    const csv = await run('sql', query, '--format', 'csv');
    expect(csv.stdout).toBe(`name\n"${HOSTILE}"\n`);
  });
});

describe('two columns with the same name', () => {
  const query = 'SELECT a.host, b.host FROM hosted_price a JOIN hosted_price b';

  it.each(['json', 'ndjson'])('are refused as %s, which would keep one of them', async (format) => {
    const ran = await run('sql', query, '--format', format);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('Two columns have the name "host"');
  });

  it('are both kept in CSV', async () => {
    const { stdout } = expectSuccess(await run('sql', query, '--format', 'csv'));
    expect(stdout.split('\n')[0]).toBe('host,host');
  });
});

describe('standard output', () => {
  it.each([
    ['audit'],
    ['import', 'usage', 'usage.csv'],
    ['report', '--out', 'out'],
    ['ops', 'list'],
    ['sql'],
    ['sql', 'SELECT 1 AS one'],
    ['init', '--yes', '-c', 'new/rentcheck.yaml'],
  ])('is one JSON document with --json: %s %s', async (...args) => {
    const ran = await run(...args, '--json');
    expect(ran.code).toBeLessThan(2);
    expect(JSON.parse(ran.stdout)).toBeTypeOf('object');
  });

  it('has the result and nothing else, and --quiet prints no progress', async () => {
    const ran = await run('audit', '--quiet');
    expect(ran.stdout).toMatch(/^Rent check /);
    expect(ran.stderr).not.toMatch(/reading|comparing/);
  });
});

describe('figures in a table', () => {
  it('are rounded as in the report and aligned right, and unknown is a word', async () => {
    const { stdout } = await run('audit');
    const lines = stdout.split('\n');
    const [header = '', row = ''] = lines.slice(
      lines.findIndex((line) => line.startsWith('deployment ')),
    );
    expect(row).toMatch(/^example +\S.* \$6\.00 .*\$0\.385 /);
    for (const [name, value] of [
      ['spend', '$6.00'],
      ['$/Mtok', '$0.385'],
    ] as const) {
      expect(row.indexOf(value) + value.length).toBe(header.indexOf(name) + name.length);
    }
  });
});

describe('--version', () => {
  it('prints the version alone', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
