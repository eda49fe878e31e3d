/** Scenario: a quarter without any facts is due: no bill and no usage. */

import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { JOBS } from '../../src/jobs/registry.ts';
import { previewMessages } from '../../src/jobs/sendPreview.ts';
import { runJobInline } from '../../src/schedule/inline.ts';
import { startMailServer } from '../support/mailServer.ts';
import { freePort } from '../support/ports.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const DUE_MS = Date.parse('2026-10-07T05:00:00Z');
const SAID = 'The audit of 2026-Q3 contains no bills and no usage, so there is nothing to report';

it('makes no edition, sends nothing, says so, and stays due until its facts exist', async () => {
  const server = await startMailServer({ port: await freePort() });
  const config = `${WORKED_FILES['rentcheck.yaml']}
report: { from: a@example.com, to: [cfo@example.com] }
smtp: { url: "smtp://127.0.0.1:${server.port}" }
policy: { minSavingUsd: 1 }
`;
  const { context, clock, ledger, replace } = await startScenario(
    { 'rentcheck.yaml': config },
    DUE_MS,
  );
  const run = async (name: string, payload: object) =>
    runJobInline({ jobs: JOBS, context, clock }, name, payload);
  const options = { quarter: '2026-Q3', deliver: true, once: true };
  expect(await run('quarter', options)).toMatchObject({
    kind: 'done',
    shortfalls: [`${SAID}. No edition was made.`],
  });
  expect(await run('report', { quarter: '2026-Q3', freeze: true })).toMatchObject({
    kind: 'never',
    reason: expect.stringContaining(SAID),
  });
  await expect(previewMessages(context, { quarter: '2026-Q3' })).rejects.toThrow(SAID);
  expect(await ledger.deliveries.editions({ quarter: '2026-Q3' })).toEqual([]);
  expect(await ledger.work.done()).toEqual([]);
  clock.set(DUE_MS + DAY_MS);
  for (const kind of ['charges', 'usage', 'prices'] as const) {
    await replace(kind, WORKED_FILES[`${kind}.csv`]);
  }
  expect(await run('quarter', options)).toMatchObject({
    kind: 'done',
    result: { figures: { edition: '2026-Q3.1' } },
  });
  expect(server.received).toHaveLength(1);
  // Nothing is left to correct: the empty audit was no edition.
  expect(await ledger.deliveries.editions({ quarter: '2026-Q3' })).toHaveLength(1);
});
