/** Scenario: charts and page show the same figures of a real audit. */

import { expect, test } from 'vitest';
import { planCharts } from '../../src/report/charts/chartPlans.ts';
import { parseDetail } from '../../src/report/sections/storedAmounts.ts';
import type { Audit, AuditDetail } from '../../src/verdict/audit.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';
import { LEADER, findingsForLeader, readForLeader } from '../support/readers.ts';

async function worked() {
  const office = await startScenario(WORKED_FILES, Date.UTC(2026, 9, 5));
  const { runId } = (await office.audit('2026-Q3')).audit;
  const record = await office.ledger.audits.load({ runId });
  if (record === undefined) throw new Error('the audit was stored');
  const audit = JSON.parse(record.auditJson) as Audit;
  const detail = parseDetail(JSON.parse(record.detailJson) as AuditDetail);
  const plans = planCharts({ audit: readForLeader(audit), detail }, LEADER);
  const titleOf = (name: string) => plans.find(({ id }) => id.startsWith(`${name}@`))?.title;
  const ends = audit.sensitivity.flatMap(({ savingAtLowUsd, savingAtHighUsd }) =>
    [savingAtLowUsd, savingAtHighUsd].map(Number),
  );
  return { titleOf, ends, figures: findingsForLeader(audit).main };
}

test('titles contain the figures of the page', async () => {
  const { titleOf, ends, figures } = await worked();
  const [price, use, saving] = figures;
  // $6.00 for 15,600,000 tokens, 36% of capacity, $6.37 to be saved.
  expect(price.value).toBe('$0.385 vs $0.136');
  expect(titleOf('weekly-price')).toContain(`${price.value.replace('vs', 'against')} per million`);
  expect(use.value).toBe('36%');
  expect(titleOf('paid-hours')).toContain(`${use.value} of the GPU spend paid for tokens served`);
  expect(saving.value).toBe('$6.37');
  expect(titleOf('options')).toContain(`${saving.value} less than keeping`);
  const worst = Math.min(...ends);
  expect(worst).toBeLessThan(0);
  expect(titleOf('tornado')).toContain(`a loss of $${(-worst).toFixed(2)}`);
});
