/** A foreign name with every control and format character has no effect on any output. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createServices } from '../../src/main/commandServices.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { WORKED_EXAMPLE_FILES, fillFolder, LAST_START, expectSuccess } from './cliFixture.ts';

/** Every one in the Basic Multilingual Plane except NUL, and a tag character from beyond it. */
const STEERING = Array.from({ length: 0xffff }, (_, at) => String.fromCharCode(at + 1))
  .filter((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character))
  .join('');
const hostile = (name: string) => `${name}${STEERING}\u{e0041}\u001b[2J\u202egnp.${name}`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const name = quoted(hostile('name'));

const headOf = (file: string) => WORKED_EXAMPLE_FILES[file]?.split('\n')[0] ?? '';
const CHARGES =
  'id,resource_id,resource_name,category,pricing_class,start,end,billed_cost,currency,team';
const [USAGE, PRICES] = [headOf('usage.csv'), headOf('prices.csv')];
const FOUR_HOURS = `${LAST_START},${LAST_START}T04:00:00Z`;

const MORE = {
  'hostile-charges.csv': `${CHARGES}
${[name, quoted(hostile('pod')), name].join(',')},compute,on-demand,${FOUR_HOURS},9,USD,${name}
${Array.from({ length: 10 }, () => name).join(',')}
`,
  'hostile-usage.csv': `${USAGE}
${quoted(hostile('served'))},${FOUR_HOURS},100,0,100,1,1,14400
`,
  'hostile-prices.csv': `${PRICES}
${quoted(hostile('host'))},example/model,fp8,2020-01-01,0.01,,0.02,
`,
  'hostile-rates.csv': `provider,gpu_type,pricing_class,valid_from,usd_per_gpu_hour
${quoted(hostile('provider'))},A100-80GB,on-demand,2020-01-01,0.5
`,
  'hostile-ops.csv': `date,deployment,hours,note
${LAST_START},,2,${name}
`,
  [`${hostile('file').replaceAll('/', '')}.csv`.slice(-60)]:
    WORKED_EXAMPLE_FILES['charges.csv'] ?? '',
};

const CONFIG = `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
report:
  from: audit@example.com
  to: [cfo@example.com]
  owner: ops@example.com
  recipients: [{ role: finance, address: books@example.com }]
smtp: { url: "smtp://127.0.0.1:1" }
`;

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args);

/** Characters that a terminal, a browser or a mail program would obey, or show as nothing. */
function steering(text: string): string[] {
  const found = text.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu) ?? [];
  const codes = found.map((character) => character.codePointAt(0)?.toString(16) ?? '');
  return [...new Set(codes)].filter((code) => code !== 'a' && code !== 'd');
}

const outputs: string[] = [];
const codes: number[] = [];

beforeAll(async () => {
  await fillFolder(folder);
  await filesIn(folder, { ...MORE, 'rentcheck.yaml': CONFIG });
  for (const file of Object.keys(MORE)) {
    const kind = /^hostile-(\w+)/.exec(file)?.[1] ?? 'charges';
    const ran = await run('import', kind, file);
    outputs.push(ran.stdout, ran.stderr);
    codes.push(ran.code);
  }
  expectSuccess(await run('import', 'prices', 'hostile-prices.csv', '--source', 'router'));
});

describe('names with every control character', () => {
  it('are printed by an import without any', () => {
    expect(codes).toEqual([1, 0, 0, 0, 0, 0]);
    expect(steering(outputs.join(''))).toEqual([]);
    expect(outputs.join('')).toContain('gnp');
  });

  it.each(
    [
      ['audit'],
      ['audit', '--json'],
      ['report', '--out', 'out'],
      ['report', '--out', 'out', '--json'],
      ['send', '--dry-run', '--out', 'mail'],
      ['what-if', '--rent', '0.8'],
      ['what-if', '--rent', '0.8', '--json'],
      ['ops', 'list'],
      ['ops', 'list', '--json'],
      ['doctor'],
      ['doctor', '--json'],
      ['import', '--undo', '5'],
      ['sql', 'SELECT * FROM spend_by_day'],
      ['sql', 'SELECT * FROM spend_by_day', '--json'],
      ['sql', 'SELECT * FROM restatement_history', '--format', 'ndjson'],
      ['sql', 'SELECT * FROM reject'],
      ['sql', `SELECT 1 AS "${hostile('column').replaceAll('"', '')}"`],
      ['sql', `SELECT ${hostile('nothing')}`],
      [hostile('command')],
      ['audit', hostile('quarter')],
      ['import', 'charges', hostile('nowhere').replaceAll('/', '')],
      ['pull', hostile('source')],
      ['sql', 'SELECT 1', `--format=${hostile('format')}`],
      ['audit', '--config', hostile('config').replaceAll('/', '')],
      ['audit', `--${hostile('option')}`],
    ].map((args, at) => [`${at + 1}: ${args[0]?.slice(0, 7)}`, args] as const),
  )('reach no terminal, command %s', async (_title, args) => {
    const ran = await run(...args);
    expect(ran.stdout + ran.stderr).not.toContain('Internal error');
    expect(steering(ran.stdout + ran.stderr)).toEqual([]);
  });

  it('reach no page, message or table of a report', async () => {
    expect((await run('audit')).code).toBeLessThan(2);
    expect((await run('report', '--out', 'out')).code).toBeLessThan(2);
    const names = await readdir(join(folder, 'out'), { recursive: true });
    const texts = names.filter((file) => /\.(?:html|txt|csv|svg|ics)$/.test(file));
    expect(texts.length).toBeGreaterThan(3);
    for (const file of texts) {
      const text = await readFile(join(folder, 'out', file), 'utf8');
      expect({ file, found: steering(text.replace(/^\ufeff/, '')) }).toEqual({ file, found: [] });
    }
  });

  it('reach no message', async () => {
    expect((await run('send', '--dry-run', '--out', 'mail')).code).toBeLessThan(2);
    const files = (await readdir(join(folder, 'mail'))).filter((file) => file.endsWith('.eml'));
    expect(files).toHaveLength(2);
    for (const file of files) {
      const mail = await simpleParser(await readFile(join(folder, 'mail', file)));
      const headers = [...mail.headerLines].map(({ line }) => line).join('');
      const attached = mail.attachments
        .filter(({ contentType }) => contentType.startsWith('text/'))
        .map(({ content, filename }) => `${filename}${content.toString().replace(/^\ufeff/, '')}`);
      const all = [mail.subject, mail.text, mail.html, headers, ...attached].join('\n');
      expect({ file, found: steering(all.replaceAll('\t', '')) }).toEqual({ file, found: [] });
    }
  });

  it('are returned unchanged by SQL for programs', async () => {
    const query = 'SELECT provider FROM gpu_rate_history';
    const { stdout } = expectSuccess(await run('sql', query, '--json'));
    expect(JSON.parse(stdout)).toEqual([{ provider: hostile('provider') }]);
  });

  it('reach no terminal through the CSV that a pipe gets unchanged', async () => {
    let printed = '';
    const services = createServices({
      clock: systemClock,
      env: {},
      folder,
      terminal: true,
      terminalOut: true,
      stdout: (text) => void (printed += text),
      stderr: (text) => void (printed += text),
      drainOutput: async () => true,
      sqlInProcess: true,
      standardInput: async () => '',
      workerEnded: (code) => code,
    });
    const query = 'SELECT provider FROM gpu_rate_history';
    expect(await runProgram(['sql', query, '--format', 'csv'], services)).toBe(0);
    expect(printed).toContain('gnp.provider');
    expect(steering(printed)).toEqual([]);
  });
});
