/** An imported invoice next to the ledger, from the command line to the verdict and the view. */

import { expect, test } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { fillFolder, LAST_QUARTER, LAST_START } from './cliFixture.ts';

const HEADER = 'invoice_id,start,end,amount,currency,resource_id,category';
const END = `${LAST_START}T04:00:00Z`;

async function withInvoice(...rows: readonly string[]) {
  const folder = await fillFolder(await folderWith({}));
  await filesIn(folder, { 'invoice.csv': `${[HEADER, ...rows].join('\n')}\n` });
  const taken = await rentcheck(folder, ['import', 'invoice', 'invoice.csv']);
  expect(taken).toMatchObject({ code: 0 });
  const ran = await rentcheck(folder, ['audit', LAST_QUARTER, '--json']);
  return { folder, audit: JSON.parse(ran.stdout) as Audit };
}

test('an invoice that matches the charges changes neither spend nor verdict', async () => {
  const { folder, audit } = await withInvoice(`INV-1,${LAST_START},${END},6.00,USD,,`);
  expect(audit.totals.spendUsd).toBe('6.000000');
  expect(audit.stack.verdict).not.toBe('not enough evidence');
  expect(audit.evidence.reconciliation).toEqual([
    {
      source: 'import',
      month: LAST_START.slice(0, 7),
      start: `${LAST_START}T00:00:00Z`,
      end: END,
      against: 'invoice',
      invoices: ['INV-1'],
      class: 'matched',
      billedUsd: '6.000000',
      heldUsd: '6.000000',
      estimatedUsd: '0.000000',
      lines: [
        {
          resource: null,
          category: null,
          class: 'matched',
          billedUsd: '6.000000',
          heldUsd: '6.000000',
        },
      ],
    },
  ]);
  const { stdout } = await rentcheck(folder, ['doctor', '--json']);
  expect(stdout).toContain('The ledger matches the bills of providers for 1 month.');
});

test('a higher invoice stops the verdict, in audit, doctor and view', async () => {
  const { folder, audit } = await withInvoice(
    `INV-1,${LAST_START},${END},6.00,USD,pod-1,compute`,
    `INV-1,${LAST_START},${END},2.50,USD,pod-9,compute`,
  );
  expect(audit.stack.verdict).toBe('not enough evidence');
  const month = LAST_START.slice(0, 7);
  const warning =
    `Source import, ${month}: invoice INV-1 bills $8.50, but the ledger has $6.00 for the same ` +
    'period. Of 2 lines, 1 differs. The first is pod-9 compute: $2.50 billed, $0.00 in the ledger.';
  const fix = 'Pull or import what is missing, or correct the invoice.';
  expect(audit.stack.missing).toContain(`${warning} ${fix}`);
  const doctor = await rentcheck(folder, ['doctor', '--json']);
  const { findings } = JSON.parse(doctor.stdout) as { findings: { area: string }[] };
  expect(findings.filter(({ area }) => area === 'bill')).toMatchObject([
    { subject: 'import', state: 'warn', code: 'bill-unreconciled', says: warning, fix },
  ]);
  const view = await rentcheck(folder, [
    'sql',
    'SELECT source, month, resource_id, category, class, billed_micro_usd, held_micro_usd, ' +
      'month_class, against, invoices FROM reconciliation ORDER BY resource_id',
    '--format',
    'json',
  ]);
  const row = { source: 'import', month, category: 'compute', month_class: 'different' };
  const whole = { ...row, against: 'invoice', invoices: 'INV-1' };
  expect(JSON.parse(view.stdout)).toEqual([
    expect.objectContaining({
      ...whole,
      resource_id: 'pod-1',
      class: 'matched',
      billed_micro_usd: 6_000_000,
      held_micro_usd: 6_000_000,
    }),
    expect.objectContaining({
      ...whole,
      resource_id: 'pod-9',
      class: 'bill only',
      billed_micro_usd: 2_500_000,
      held_micro_usd: 0,
    }),
  ]);
});

test('an invoice in another currency waits for its rate, and is compared at it', async () => {
  const { folder, audit } = await withInvoice(`INV-1,${LAST_START},${END},5.00,EUR,,`);
  const month = LAST_START.slice(0, 7);
  const warning =
    `Source import, ${month}: invoice INV-1 bills 5.00 EUR. This cannot be compared, because ` +
    `there is no exchange rate for EUR in ${month}.`;
  expect(audit.evidence.reconciliation).toEqual([]);
  expect(audit.stack.reasons).toContainEqual(expect.stringContaining(warning));
  const findings = async () => {
    const { stdout } = await rentcheck(folder, ['doctor', '--json']);
    const all = (JSON.parse(stdout) as { findings: { area: string }[] }).findings;
    return all.filter(({ area }) => area === 'bill');
  };
  const fix = expect.stringContaining('rentcheck import exchange-rates FILE');
  expect(await findings()).toMatchObject([
    { subject: 'import', state: 'warn', code: 'invoice-without-rate', says: warning, fix },
  ]);
  await filesIn(folder, { 'rates.csv': `currency,month,usd_per_unit\nEUR,${month},1.3\n` });
  await rentcheck(folder, ['import', 'exchange-rates', 'rates.csv']);
  // 5.00 EUR at 1.3 is $6.50. The ledger has $6.00.
  expect(await findings()).toEqual([
    expect.objectContaining({
      says: expect.stringContaining('bills $6.50 (5.00 EUR), but the ledger has $6.00'),
    }),
  ]);
  await rentcheck(folder, ['audit', LAST_QUARTER]);
  const sql =
    'SELECT class, billed_micro_usd, original_currency, original_amount FROM reconciliation';
  const { stdout } = await rentcheck(folder, ['sql', sql, '--format', 'json']);
  expect(JSON.parse(stdout)).toEqual([
    {
      class: 'different',
      billed_micro_usd: 6_500_000,
      original_currency: 'EUR',
      original_amount: '5',
    },
  ]);
});
