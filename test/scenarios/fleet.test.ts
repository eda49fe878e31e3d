/** Scenario: fleets of fifty and of two hundred. Output stays short, and no dollar is lost. */

import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { fleetFiles } from '../support/fleet.ts';

const root = temporaryFolder();

async function run(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await rentcheck(folder, args);
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** `$1,234` and `1,234` as a number; nothing where a cell is empty. */
function numberIn(cell: string): number {
  return Number(cell.replace(/[$,]/g, ''));
}

/** The rows of the printed table; figures end where their title ends. */
function rowsOf(text: string): { name: string; spend: number; saving: number }[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith('deployment '));
  const [head = '', ...rows] = lines.slice(at);
  const ends = ['verdict', 'spend', 'saving'].map((title) => head.indexOf(title) + title.length);
  const [verdict = 0, spend = 0, saving = 0] = ends;
  const end = rows.findIndex((line) => /^(?:Details|Run|$)/.test(line));
  return rows.slice(0, end).map((line) => ({
    name: line.split(/ {2,}/)[0] ?? '',
    spend: numberIn(/\$[\d,.]+$/.exec(line.slice(verdict, spend))?.[0] ?? ''),
    saving: numberIn(line.slice(spend, saving).replace('\u2013', '')),
  }));
}

interface AuditJson {
  readonly totals: { readonly spendUsd: string; readonly tokens: number };
  readonly stack: { readonly savingUsd: { readonly base: string } };
  readonly deployments: readonly { readonly id: string; readonly spendUsd: string }[];
}

const MOST_MESSAGE_BYTES = 1_000_000;

describe.each([50, 200])('of %d deployments', (count) => {
  const folder = () => join(root.path, String(count));
  let text: string;
  let all: string;
  let said: string;
  let audit: AuditJson;

  beforeAll(async () => {
    await mkdir(folder());
    await filesIn(folder(), fleetFiles(count));
    for (const kind of ['charges', 'usage', 'prices']) {
      await run(folder(), 'import', kind, `${kind}.csv`);
    }
    text = await run(folder(), 'audit', '2026-Q3');
    all = await run(folder(), 'audit', '2026-Q3', '--all');
    said = await run(folder(), 'report', '2026-Q3', '--out', 'out');
    audit = JSON.parse(await readFile(join(folder(), 'out/report.json'), 'utf8'));
  });

  it('the audit shows those with the largest spend, and the others in one line', () => {
    const rows = rowsOf(text);
    const priciest = audit.deployments.toSorted((a, b) => Number(b.spendUsd) - Number(a.spendUsd));
    const own = rows.filter(({ name }) => !name.startsWith('('));
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const [at, { name }] of own.entries()) {
      expect(priciest[at]?.id.startsWith(name.replace('…', ''))).toBe(true);
    }
    expect(rows.slice(own.length).map(({ name }) => name)).toEqual([
      `(${count - own.length} more)`,
      '(not attributed)',
      '(shared costs)',
      '(total)',
    ]);
    expect(text.trimEnd().split('\n').length).toBeLessThan(24);
  });

  it('the rows of the audit sum to the whole, spend and saving', () => {
    for (const printed of [text, all]) {
      const rows = rowsOf(printed);
      const total = rows.at(-1);
      const summed = (of: 'spend' | 'saving') =>
        rows.slice(0, -1).reduce((sum, row) => sum + row[of], 0);
      // Each row is rounded by itself to a dollar.
      expect(Math.abs(summed('spend') - (total?.spend ?? 0))).toBeLessThanOrEqual(rows.length / 2);
      expect(Math.abs(summed('saving') - (total?.saving ?? 0))).toBeLessThanOrEqual(
        rows.length / 2,
      );
      expect(total?.spend).toBe(Math.round(Number(audit.totals.spendUsd)));
      expect(total?.saving).toBe(Math.round(Number(audit.stack.savingUsd.base)));
    }
  });

  it('the audit counts the actions that it does not list, and lists all with --all', () => {
    const listed = text.match(/^\d+\. /gm)?.length ?? 0;
    const left = Number(/^ {3}(\d+) more actions?: /m.exec(text)?.[1]);
    expect(all.match(/^\d+\. /gm)).toHaveLength(listed + left);
    for (const { id } of audit.deployments) expect(all).toContain(id);
  });

  it('a report names its files, and counts the pictures', async () => {
    const lines = said.trim().split('\n');
    expect(lines).toHaveLength(9);
    const charts = await readdir(join(folder(), 'out/charts'), { recursive: true });
    const pictures = charts.filter((name) => name.endsWith('.png')).length;
    expect(lines.at(-1)).toBe(`${join(folder(), 'out/charts')}: ${pictures} charts`);
  });

  it('a message stays below a megabyte, and its page below 90 kB', async () => {
    const mail = await readFile(join(folder(), 'out/report.eml'));
    expect(mail.length).toBeLessThanOrEqual(MOST_MESSAGE_BYTES);
    const page = await readFile(join(folder(), 'out/report.html'));
    expect(page.length).toBeLessThan(90_000);
    const attached = [...mail.toString().matchAll(/attachment; filename=(\S+)/g)].map(
      ([, name]) => name,
    );
    expect(attached).toContain('deployments.csv');
    const words = (await readFile(join(folder(), 'out/report.txt'), 'utf8')).replace(/\s+/g, ' ');
    expect(words).toMatch(/Too large to attach, kept with the report: .*figures\.csv \(/);
  });

  it('the tables hold every deployment', async () => {
    for (const name of ['deployments.csv', 'options.csv', 'figures.csv', 'report.json']) {
      const table = await readFile(join(folder(), 'out', name), 'utf8');
      for (const { id } of audit.deployments) expect(table).toContain(id);
    }
  });
});

it('a what-if of fifty shows which verdicts change first, and what the others cost', async () => {
  const count = 50;
  const folder = join(root.path, String(count));
  const args = ['what-if', '2026-Q3', '--hosted-price', '-30%'];
  const short = await run(folder, ...args);
  expect(short.trimEnd().split('\n').length).toBeLessThan(24);
  expect(short).toMatch(/^\(\d+ more\)$/m);
  const [, left = '', cost = ''] = /^\((\d+) more: keep costs (\$[\d,]+)/m.exec(short) ?? [];
  expect(numberIn(cost)).toBeGreaterThan(0);
  const table = short.slice(short.indexOf('\ndeployment '));
  expect(table.match(/^\S.* {2,}\S/gm)).toHaveLength(1 + count - Number(left));
  const all = await run(folder, ...args, '--all');
  const lines = all.slice(all.indexOf('\ndeployment ')).split('\n');
  const [asIs, whatIf] = ['as is', 'what if'].map((side) =>
    lines.flatMap((line) => {
      const [, cells = ''] = line.split(new RegExp(` ${side} {2,}`));
      return cells === '' ? [] : [cells.split(/ {2,}/)[0] ?? ''];
    }),
  );
  expect(asIs).toHaveLength(count);
  const moved = (asIs ?? []).map((verdict, at) => verdict !== whatIf?.[at]);
  expect(moved).toEqual(moved.toSorted((a, b) => Number(b) - Number(a)));
});
