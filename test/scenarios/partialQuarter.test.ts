/** Scenario: the thresholds of a change before its quarter is over. */

import { expect, test } from 'vitest';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

/** Deleting saves $6.37 of the bill's $6.00 and three hours of labor at $1. */
async function auditAt(nowMs: number) {
  const config = `${WORKED_FILES['rentcheck.yaml']}policy: { minSavingUsd: 92 }\n`;
  const { audit } = await startScenario({ ...WORKED_FILES, 'rentcheck.yaml': config }, nowMs);
  return (await audit('2026-Q3')).audit;
}

test('of $92 a quarter a change needs $2 once 2 of its 92 days have passed', async () => {
  const whole = await auditAt(Date.UTC(2026, 9, 5));
  expect(whole.stack.verdict).toBe('too small to act on');
  expect(whole.stack.reasons.join()).toContain('less than the required $92.00');
  const partial = await auditAt(Date.UTC(2026, 6, 3));
  expect(partial.window.partial).toBe(true);
  // $6.00 of GPU spend less $2.125825 at the provider, and 2/92 of $2.50 of labor.
  expect(partial.stack).toMatchObject({ verdict: 'delete', savingUsd: { base: '3.928522' } });
});
