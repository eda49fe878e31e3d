/** Knows what a late invoice does: a new audit, and the old one still there to the last digit. */

import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openApp } from '../../src/app.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { importJob } from '../../src/jobs/importFile.ts';
import type { Answer } from '../../src/jobs/job.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { filesIn, folderWith } from '../support/cli.ts';
import { WORKED_FILES } from '../support/workedExample.ts';

vi.setConfig({ testTimeout: 60_000 });

const QUARTER = { quarter: '2026-Q3' };
const CLOSED_MS = Date.UTC(2026, 9, 5);

async function office() {
  const folder = await folderWith(WORKED_FILES);
  const clock = settableClock(CLOSED_MS);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  onTestFinished(() => app.close());
  const take = async (kind: 'charges' | 'usage' | 'prices') =>
    resultOf(
      await importJob.run(app.context, {
        kind,
        path: join(folder, `${kind}.csv`),
        source: 'import',
      }),
    );
  for (const kind of ['charges', 'usage', 'prices'] as const) await take(kind);
  return { folder, clock, context: app.context, take };
}

function resultOf<Result>(answer: Answer<Result>): Result {
  if (answer.kind !== 'done') throw new Error(answer.reason);
  return answer.result;
}

test('a restated bill changes the next audit and leaves the last one readable', async () => {
  const { folder, clock, context, take } = await office();
  const first = resultOf(await auditJob.run(context, QUARTER));
  expect(first.audit.totals.spendUsd).toBe('6.000000');

  clock.set(CLOSED_MS + 10 * DAY_MS);
  const restated = WORKED_FILES['charges.csv'].replace(',6.00,', ',6.60,');
  await filesIn(folder, { 'charges.csv': restated });
  expect(await take('charges')).toMatchObject({ added: 0, restated: 1 });
  const second = resultOf(await auditJob.run(context, QUARTER));
  expect(second.audit.totals.spendUsd).toBe('6.600000');
  expect(second.audit.runId).not.toBe(first.audit.runId);

  const stored = await context.ledger.loadAudit({ runId: first.audit.runId });
  expect(stored?.auditJson).toBe(first.auditJson);
  const asOf = CLOSED_MS + DAY_MS;
  const then = resultOf(await auditJob.run(context, { ...QUARTER, asOf }));
  expect(then).toMatchObject({ isNew: false, auditJson: first.auditJson });
});

test('a price that was seen later never changes what the quarter would have cost', async () => {
  const { folder, clock, context, take } = await office();
  const first = resultOf(await auditJob.run(context, QUARTER));
  clock.set(CLOSED_MS + DAY_MS);
  const header = WORKED_FILES['prices.csv'].split('\n')[0];
  const cheap = `${header}\nhost-a,example/model,fp8,2026-07-02,0.01,0.005,0.03,\n`;
  await filesIn(folder, { 'prices.csv': cheap });
  expect(await take('prices')).toMatchObject({ added: 1 });
  const second = resultOf(await auditJob.run(context, QUARTER));
  expect(second.audit.deployments[0]?.hosted).toEqual(first.audit.deployments[0]?.hosted);
});

test('usage that comes late fills the gap, and the audit says so by its coverage', async () => {
  const { folder, clock, context, take } = await office();
  const lines = WORKED_FILES['charges.csv'].trimEnd().split('\n');
  const longer =
    'line-2,pod-1,example-pod,compute,on-demand,2026-07-02,2026-07-02T04:00:00Z,6.00,USD,4,Hours';
  await filesIn(folder, { 'charges.csv': `${[...lines, longer].join('\n')}\n` });
  await take('charges');
  const half = resultOf(await auditJob.run(context, QUARTER));
  expect(half.audit.totals).toMatchObject({ coverage: '0.500000', uncoveredUsd: '6.000000' });
  expect(half.audit.stack.verdict).toBe('not enough evidence');

  clock.set(CLOSED_MS + DAY_MS);
  const late = WORKED_FILES['usage.csv'].replaceAll('2026-07-01', '2026-07-02');
  await filesIn(folder, { 'usage.csv': late });
  await take('usage');
  const whole = resultOf(await auditJob.run(context, QUARTER));
  expect(whole.audit.totals).toMatchObject({
    coverage: '1.000000',
    uncoveredUsd: '0.000000',
    tokens: 31_200_000,
    spendUsd: '12.000000',
  });
});
