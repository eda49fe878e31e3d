/** A fleet of fifty and of two hundred: what is printed stays short, and no dollar is lost. */

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

/** The rows of a printed table from its head on, cut where the head's columns are. */
function rowsBelow(text: string, head: RegExp): string[][] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => head.test(line));
  const rule = lines[at + 1] ?? '';
  const spans = [...rule.matchAll(/-+/g)].map(({ index, 0: dashes }) => [index, dashes.length]);
  const rows = lines.slice(at + 2);
  const end = rows.findIndex((line) => line === '' || line.startsWith('The other'));
  return rows
    .slice(0, end)
    .map((line) => spans.map(([from = 0, length = 0]) => line.slice(from, from + length).trim()));
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
  let said: string;
  let audit: AuditJson;

  beforeAll(async () => {
    await mkdir(folder());
    await filesIn(folder(), fleetFiles(count));
    for (const kind of ['charges', 'usage', 'prices']) {
      await run(folder(), 'import', kind, `${kind}.csv`);
    }
    text = await run(folder(), 'audit', '2026-Q3');
    said = await run(folder(), 'report', '2026-Q3', '--out', 'out');
    audit = JSON.parse(await readFile(join(folder(), 'out/report.json'), 'utf8'));
  });

  it('the audit shows the twenty with the largest spend, and the others in one line', () => {
    const rows = rowsBelow(text, /^deployment /);
    const dearest = audit.deployments.toSorted((a, b) => Number(b.spendUsd) - Number(a.spendUsd));
    expect(rows.slice(0, 20).map(([id]) => id)).toEqual(dearest.slice(0, 20).map(({ id }) => id));
    expect(rows.slice(20).map(([id]) => id)).toEqual([
      `(${count - 20} more)`,
      '(unattributed)',
      '(all)',
    ]);
    expect(text).toMatch(new RegExp(`^The other ${count - 20}: \\d+ \\w`, 'm'));
    expect(text.split('\n').length).toBeLessThan(60);
  });

  it('the rows of the audit sum to the whole', () => {
    const rows = rowsBelow(text, /^deployment /);
    const spends = rows.map((cells) => numberIn(cells[2] ?? ''));
    const tokens = rows.map((cells) => numberIn(cells[3] ?? ''));
    const summed = (figures: readonly number[]) => figures.slice(0, -1).reduce((a, b) => a + b, 0);
    // Each row is rounded by itself to a dollar.
    expect(Math.abs(summed(spends) - (spends.at(-1) ?? 0))).toBeLessThanOrEqual(rows.length / 2);
    expect(spends.at(-1)).toBe(Math.round(Number(audit.totals.spendUsd)));
    expect(summed(tokens)).toBe(audit.totals.tokens);
  });

  it('the steps of the audit sum to the saving', () => {
    const [, next = ''] = text.split('What to do next\n');
    const [steps = ''] = next.split('\n\n');
    expect(steps).toMatch(/^ {2}- and \d+ more, in the report: \$/m);
    const worth = [...steps.matchAll(/: (-?\$[\d,]+)$/gm)].map(([, usd = '']) => numberIn(usd));
    expect(worth).toHaveLength(4);
    const sum = worth.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - Number(audit.stack.savingUsd.base))).toBeLessThanOrEqual(2);
  });

  it('a report names its files, and counts the pictures', async () => {
    const lines = said.trim().split('\n');
    expect(lines).toHaveLength(9);
    const charts = await readdir(join(folder(), 'out/charts'), { recursive: true });
    const pictures = charts.filter((name) => name.endsWith('.png')).length;
    expect(lines.at(-1)).toBe(`${join(folder(), 'out/charts')}: ${pictures} pictures`);
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

it('a what-if of fifty shows whose verdict moves first, and what the others cost', async () => {
  const count = 50;
  const whatIf = await run(
    join(root.path, String(count)),
    'what-if',
    '2026-Q3',
    '--hosted-price',
    '-30%',
  );
  expect(whatIf.split('\n').length).toBeLessThan(100);
  expect(rowsBelow(whatIf, /^changed /)).toHaveLength(21);
  expect(rowsBelow(whatIf, /^changed /).at(-1)?.[0]).toBe(`(${count - 20} more)`);
  const cells = rowsBelow(whatIf, /^deployment /).map(([id, side, verdict]) => [id, side, verdict]);
  expect(cells).toHaveLength(40);
  const moved = cells.flatMap(([, side, verdict], at) =>
    side === 'as is' ? [verdict !== cells[at + 1]?.[2]] : [],
  );
  expect(moved).toEqual(moved.toSorted((a, b) => Number(b) - Number(a)));
  const [, now = '', left = ''] =
    /^The other \d+: keep costs (\$[\d,]+) and is unknown for (\d+); /m.exec(whatIf) ?? [];
  expect(numberIn(now)).toBeGreaterThan(0);
  expect(Number(left)).toBe(Math.floor(count / 23));
});
