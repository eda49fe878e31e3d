/** Scenario: a report compares its quarter with the quarters audited before it. */

import { expect, test } from 'vitest';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const AFTER_MS = Date.UTC(2026, 9, 5);

async function textOf({ ledger, freeze }: Awaited<ReturnType<typeof startScenario>>) {
  const edition = await freeze('2026-Q3');
  const file = await ledger.deliveries.editionFile(edition, 'report.txt');
  if (file === undefined) throw new Error('an edition has its text');
  return new TextDecoder().decode(file.bytes).replace(/\s+/g, ' ');
}

test('a quarter is beside the one two before it, and the gap between is stated', async () => {
  const office = await startScenario(WORKED_FILES, AFTER_MS);
  await office.audit('2026-Q1');
  await office.audit('2026-Q3');
  expect(await textOf(office)).toMatch(/Q1 2026: .*; Q2 2026: not audited; Q3 2026: \$/);
});

test('a first quarter has no trend yet, and says so', async () => {
  const office = await startScenario(WORKED_FILES, AFTER_MS);
  await office.audit('2026-Q3');
  expect(await textOf(office)).toContain('Trends appear from the second audited quarter on');
});
