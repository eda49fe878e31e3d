/** A provider that stops selling a hosted equivalent is reported to the owner once. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openConfigured } from '../../src/main/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { checkJob } from '../../src/jobs/check.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { fetched, JULY_1, located, snapshot } from '../ledger/ledgerFixture.ts';
import { temporaryFolder } from '../support/cli.ts';
import { textReply, startWebhook } from '../support/webhookServer.ts';

/** After the due date of the previous quarter's report, which is irrelevant here. */
const BEGAN_MS = JULY_1 + 10 * DAY_MS;
const LOOKED_MS = BEGAN_MS + 9 * DAY_MS;

/** `a` and `b` sell on the eleventh of July. `b` is missing on the twentieth. */
async function stage(report: string, hook?: string) {
  const path = join(temporaryFolder().path, 'rentcheck.yaml');
  const yaml = [
    'ledger: ./r.db',
    `report: { from: a@x.example, to: [b@x.example]${report} }`,
    'sources: { router: { kind: openrouter } }',
    'deployments:',
    '  chat: { model: open/llama, gpu: { type: H100 }, resources: [{ source: import }],',
    '    hosted: { equivalents: [{ via: router, model: llama }] } }',
    '',
  ];
  writeFileSync(path, yaml.join('\n'));
  const clock = settableClock(LOOKED_MS + DAY_MS);
  const config = await loadConfig(path, { env: { HOOK: hook } });
  const app = await openConfigured(config, { clock, readonly: false, progress: () => undefined });
  onTestFinished(() => app.close());
  const looks = [
    snapshot(BEGAN_MS, { a: 1_000_000, b: 2_000_000 }),
    snapshot(LOOKED_MS, { a: 1_000_000 }),
  ];
  for (const look of looks) {
    const { takenAtMs: startedAtMs } = look;
    const snapshot = fetched({ priceSnapshots: located(look) }, { startedAtMs });
    await app.context.ledger.facts.append(snapshot, startedAtMs);
  }
  return { clock, check: () => checkJob.run(app.context, {}) };
}

const HOOKED = ', deadMan: { webhook: "${HOOK}" }';

test('a provider that stopped selling is reported once, with the day and who is left', async () => {
  const server = await startWebhook(textReply(204, ''));
  onTestFinished(() => server.close());
  const { check, clock } = await stage(HOOKED, server.address);
  expect(await check()).toMatchObject({ kind: 'done', shortfalls: [] });
  clock.set(clock.nowMs() + DAY_MS);
  await check();
  const subject = 'Rent check: b stopped selling the hosted equivalent of chat';
  expect(server.posted.map((body): unknown => JSON.parse(body))).toEqual([
    {
      schema: 'rentcheck/host-retired/1',
      retired: [{ deployment: 'chat', host: 'b', hostName: 'b', since: '2026-07-20', selling: 1 }],
      subject,
      text:
        `${subject}\nb stopped selling the hosted equivalent of chat on 2026-07-20. 1 provider ` +
        'still sells one.\n\nTo list the remaining providers, run: rentcheck prices\n',
    },
  ]);
});

test('an owner who was not reached is alerted again the next time, for two weeks', async () => {
  const server = await startWebhook(textReply(404, 'no'));
  onTestFinished(() => server.close());
  const { check, clock } = await stage(HOOKED, server.address);
  const problem = /^The alert about a provider that stopped selling did not reach webhook: /;
  for (const days of [1, 12]) {
    clock.set(LOOKED_MS + days * DAY_MS);
    expect(await check()).toMatchObject({ shortfalls: [expect.stringMatching(problem)] });
  }
  clock.set(LOOKED_MS + 14 * DAY_MS);
  expect(await check()).toMatchObject({ shortfalls: [] });
});

test('without an owner no alert is sent', async () => {
  const { check } = await stage('');
  expect(await check()).toMatchObject({ kind: 'done', shortfalls: [] });
});
