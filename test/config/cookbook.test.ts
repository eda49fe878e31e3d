/**
 * The cookbook's examples are read as the program reads them, and each gives the charge it shows.
 */

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { rentcheck, temporaryFolder } from '../support/cli.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/cookbook.md'), 'utf8');

const RECIPES = page.split('\n## ').flatMap((chapter) => {
  const config = /```yaml\n([^`]*)```/.exec(chapter)?.[1];
  const file = /```csv\n([^`]*)```/.exec(chapter)?.[1];
  const name = /^ {2}([\w-]+):$/m.exec(config ?? '')?.[1];
  if (config === undefined || file === undefined || name === undefined) return [];
  return [{ title: chapter.split('\n')[0] ?? '', config, file, name }];
});

async function imported(config: string, file: string, name: string) {
  const folder = temporaryFolder().path;
  await writeFile(
    join(folder, 'rentcheck.yaml'),
    `${config}\ncurrencies: { EUR: { '2026-07': 2 } }\n`,
  );
  await writeFile(join(folder, 'bill.csv'), file);
  const args = ['import', 'charges', 'bill.csv', '--as', name, '--json'];
  const ran = await rentcheck(folder, args);
  if (ran.code !== 0) return { ran, charges: [] };
  const sql =
    'SELECT resource_id, start_ms, end_ms, billed_nano_usd / 1e9 AS usd, quantity_num, ' +
    'quantity_den, unit, original_amount, invoice_id, category FROM charge';
  const { stdout } = await rentcheck(folder, ['sql', '--json', sql]);
  return { ran, charges: JSON.parse(stdout) as Record<string, unknown>[] };
}

test('the cookbook has a recipe for each provider with its own bill', () => {
  expect(RECIPES.map(({ title }) => title)).toEqual([
    'The keys of a mapping',
    'RunPod',
    'Vast.ai',
    'Lambda',
    'CoreWeave',
    'Together',
    'Modal',
    'Crusoe',
  ]);
});

/** Start, end and dollars of each recipe's one charge, computed by hand. */
const EXPECTED: Readonly<Record<string, readonly [string, string, number]>> = {
  // 1,234.50 EUR at 2.
  'The keys of a mapping': ['2026-07-01', '2026-08-01', 2469],
  RunPod: ['2026-07-01', '2026-07-02', 64.56],
  'Vast.ai': ['2026-07-01', '2026-07-02', 37.344],
  Lambda: ['2026-07-06', '2026-07-13', 6034.56],
  CoreWeave: ['2026-07-01', '2026-08-01', 36634.56],
  // 7,804.8 cents.
  Together: ['2026-07-01', '2026-07-02', 78.048],
  Modal: ['2026-07-01', '2026-07-02', 18.2345],
  Crusoe: ['2026-07-01', '2026-08-01', 14880],
};

describe('each recipe', () => {
  it.each(RECIPES)('for $title gives its one charge', async ({ title, config, file, name }) => {
    const { ran, charges } = await imported(config, file, name);
    expect(ran).toMatchObject({ code: 0 });
    const rows = charges.map(({ start_ms: start, end_ms: end, usd }) => [
      new Date(Number(start)).toISOString().slice(0, 10),
      new Date(Number(end)).toISOString().slice(0, 10),
      usd,
    ]);
    expect(rows).toEqual([EXPECTED[title]]);
  });

  it('that counts minutes becomes hours, and one in euros keeps them', async () => {
    const [first] = RECIPES;
    const { charges } = await imported(first?.config ?? '', first?.file ?? '', 'invoice');
    expect(charges[0]).toMatchObject({
      quantity_num: '744',
      quantity_den: '1',
      unit: 'Hours',
      original_amount: '1234.5',
      invoice_id: 'R-17',
    });
  });
});

const COLUMNS = '{ resource_id: Item, category: Kind, billed_cost: Sum, currency: Cur, day: Day }';

describe('a mapping', () => {
  const failing = async (mapping: string, name = 'bill') => {
    const config = `imports:\n  bill:\n${mapping}`;
    const { ran } = await imported(config, 'Item\n', name);
    expect(ran.code).not.toBe(0);
    return ran.stderr;
  };

  it.each([
    [
      '    columns: { resource_id: Item, month: M }\n',
      'missing "category", "billed_cost", "currency"; add',
    ],
    [
      `    columns: ${COLUMNS.replace(', day: Day', '')}\n`,
      'missing the period; add month, day, start',
    ],
    [`    columns: ${COLUMNS}\n    constants: { currency: USD }\n`, '"currency" is'],
    [`    columns: ${COLUMNS}\n    units: { quantity: cents }\n`, 'imports.bill.units.quantity'],
    [`    columns: ${COLUMNS.replace('Item', '7')}\n`, 'put it in quotes'],
    [`    columns: ${COLUMNS.replace('day', 'dya')}\n`, 'imports.bill.columns'],
  ])('%j is refused by its path', async (mapping, says) => {
    expect(await failing(mapping)).toContain(says);
  });

  it('that does not exist is refused with the names that do', async () => {
    const stderr = await failing(`    columns: ${COLUMNS}\n`, 'bil');
    expect(stderr).toContain('Unknown column mapping imports.bil');
    expect(stderr).toContain('one of: bill');
  });
});

test('the export of Helicone is read, by the names in the recipe', async () => {
  const chapter = page.split('\n## ').find((one) => one.startsWith('Helicone')) ?? '';
  const [config = '', log = ''] = ['yaml', 'jsonl'].map(
    (fence) => new RegExp(`\`\`\`${fence}\\n([^\`]*)\`\`\``).exec(chapter)?.[1] ?? '',
  );
  const folder = temporaryFolder().path;
  await writeFile(join(folder, 'rentcheck.yaml'), config);
  await writeFile(join(folder, 'helicone.jsonl'), log);
  const args = ['import', 'requests', 'helicone.jsonl', '--as', 'helicone', '--json'];
  expect(await rentcheck(folder, args)).toMatchObject({ code: 0 });
  const sql =
    'SELECT p.tenant, u.prompt_tokens, u.output_tokens, c.escalated FROM usage_by_day u ' +
    'JOIN usage_part p ON p.deployment = u.deployment ' +
    'JOIN request_count c ON c.deployment = u.deployment';
  const { stdout } = await rentcheck(folder, ['sql', '--json', sql]);
  expect(JSON.parse(stdout)).toEqual([
    { tenant: 'acme', prompt_tokens: 1200, output_tokens: 300, escalated: 1 },
  ]);
});
