/** A bill in euros, from the first refusal to an audit in dollars. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rentcheck, temporaryFolder } from '../support/cli.ts';

const BILL = `id,resource_id,category,start,end,billed_cost,currency
a,pod-1,compute,2026-07-01,2026-07-02,100,EUR
b,pod-1,compute,2026-08-01,2026-08-02,10,USD
`;

async function folderOf(config: string) {
  const folder = temporaryFolder().path;
  await writeFile(join(folder, 'rentcheck.yaml'), config);
  await writeFile(join(folder, 'bill.csv'), BILL);
  return {
    run: (...args: string[]) => rentcheck(folder, args),
    write: (name: string, text: string) => writeFile(join(folder, name), text),
    spend: async () => {
      const sql = 'SELECT day, spend_usd FROM spend_by_day ORDER BY day';
      const { stdout } = await rentcheck(folder, ['sql', '--json', sql]);
      return JSON.parse(stdout) as unknown;
    },
  };
}

it('reports the missing rate, and imports the same file once it is there', async () => {
  const { run, write, spend } = await folderOf('ledger: rentcheck.db\n');
  const first = await run('import', 'charges', 'bill.csv');
  expect(first.code).toBe(1);
  expect(first.stderr).toContain(
    'bill.csv:2: 100.00 EUR is not counted: no exchange rate for EUR in 2026-07',
  );
  await write('rates.csv', 'currency,month,usd_per_unit\nEUR,2026-07,1.5\n');
  expect((await run('import', 'exchange-rates', 'rates.csv')).code).toBe(0);
  const again = await run('import', 'charges', 'bill.csv');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('1 new, 0 restated') });
  expect(JSON.stringify(await spend())).toContain('150');
  await write('rates.csv', 'currency,month,usd_per_unit\nEUR,2026-07,2\n');
  const restated = await run('import', 'exchange-rates', 'rates.csv');
  expect(restated.stderr).toContain(
    'The exchange rate of EUR for 2026-07 changed 1 charge from $150.00 to $200.00',
  );
  expect(JSON.stringify(await spend())).toContain('200');
});

it('uses the rates of rentcheck.yaml, and follows their changes', async () => {
  const { run, write, spend } = await folderOf("currencies: { EUR: { '2026-07': 1.1 } }\n");
  expect((await run('import', 'charges', 'bill.csv')).code).toBe(0);
  expect(JSON.stringify(await spend())).toContain('110');
  await write('rentcheck.yaml', "currencies: { EUR: { '2026-07': 1.2 } }\n");
  await run('audit', '2026-Q3');
  expect(JSON.stringify(await spend())).toContain('120');
  await write('rentcheck.yaml', '{}\n');
  const refused = await run('audit', '2026-Q3');
  expect(refused.stderr).toContain('The exchange rate of EUR for 2026-07 cannot be undone');
});

it('gives no verdict while charges wait for a rate, and names the rate', async () => {
  const { run, write } = await folderOf('ledger: rentcheck.db\n');
  const lacks =
    'import, 2026-07: 1 charge of 100.00 EUR is not counted, because there is no exchange rate ' +
    'for EUR in 2026-07';
  await run('import', 'charges', 'bill.csv');
  const before = await run('audit', '2026-Q3', '--json');
  expect(JSON.parse(before.stdout)).toMatchObject({
    stack: {
      verdict: 'not enough evidence',
      missing: expect.arrayContaining([expect.stringContaining(lacks)]),
    },
  });
  expect((await run('doctor')).stdout).toContain(lacks);
  await write('rates.csv', 'currency,month,usd_per_unit\nEUR,2026-07,1.5\n');
  await run('import', 'exchange-rates', 'rates.csv');
  // The rate alone adds no charge: its file must be imported again.
  expect((await run('audit', '2026-Q3', '--json')).stdout).toContain('100.00 EUR is not counted');
  await run('import', 'charges', 'bill.csv');
  expect((await run('audit', '2026-Q3', '--json')).stdout).not.toContain('not counted');
  expect((await run('doctor')).stdout).not.toContain('not counted');
});
