/** Scenario: one edition is delivered by every channel, to each recipient once, by its role. */

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, onTestFinished, test } from 'vitest';
import { openConfigured } from '../../src/main/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { checkJob } from '../../src/jobs/check.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { FROZEN_AT, QUARTER, reportToFreeze } from '../ledger/deliveryFixture.ts';
import { startMailServer } from '../support/mailServer.ts';
import { textReply, startWebhook } from '../support/webhookServer.ts';

const EDITION = `${QUARTER}.1`;

async function webhook(answer: (response: ServerResponse) => void) {
  const server = await startWebhook(answer);
  onTestFinished(() => server.close());
  return server;
}

async function frozenWith(config: string, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-channels-'));
  writeFileSync(join(folder, 'rentcheck.yaml'), config);
  const clock = settableClock(FROZEN_AT);
  const read = await loadConfig(join(folder, 'rentcheck.yaml'), { env });
  const app = await openConfigured(read, { clock, readonly: false, progress: () => undefined });
  onTestFinished(() => app.close());
  const { ledger } = app.context;
  await ledger.audits.save(auditRecord({ runId: 'run-1', quarter: QUARTER, partial: false }));
  await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
  const states = async () =>
    (await ledger.deliveries.list({ edition: EDITION })).map(
      ({ channel, recipient, role, state }) => `${channel} ${recipient} ${role}: ${state}`,
    );
  const deliver = () => deliverJob.run(app.context, { edition: EDITION });
  return { folder, clock, states, deliver, context: app.context };
}

/** One deployment, whose owner is a recipient. */
const CHAT = `
deployments:
  chat-70b: { model: m, gpu: { type: A100 }, resources: [{ source: import }] }
web: { link: "https://rent.example.com" }
`;

test('mail, chat and folder each get what their role receives, once', async () => {
  const mail = await startMailServer();
  const slack = await webhook(textReply(200, 'ok'));
  const teams = await webhook(textReply(202, ''));
  const { folder, states, deliver } = await frozenWith(
    `${CHAT}
report:
  from: audit@example.com
  to: [cfo@example.com]
  recipients:
    - { role: leader, channel: room }
    - { role: leader, channel: team }
    - { role: owner, channel: archive, address: owner@example.com, deployments: [chat-70b] }
  channels:
    room: { kind: slack, webhook: "\${SLACK}" }
    team: { kind: teams, webhook: "\${TEAMS}" }
    archive: { kind: folder, path: mail }
smtp: { url: "smtp://127.0.0.1:${mail.port}" }
`,
    { SLACK: slack.address, TEAMS: teams.address },
  );
  expect(await deliver()).toMatchObject({ kind: 'done', shortfalls: [] });
  await deliver();
  expect(await states()).toEqual([
    'mail cfo@example.com leader: sent',
    'room room leader: sent',
    'team team leader: sent',
    'archive owner@example.com owner: sent',
  ]);
  expect(mail.received.map(({ recipient }) => recipient)).toEqual(['cfo@example.com']);
  expect(slack.posted).toHaveLength(1);
  expect(teams.posted).toHaveLength(1);
  for (const [posted] of [slack.posted, teams.posted]) {
    expect(posted).toContain(`https://rent.example.com/reports/${EDITION}`);
    expect(posted).toContain('Delete 2 of 4.');
  }
  const [name = ''] = readdirSync(join(folder, 'mail'));
  const filed = await simpleParser(readFileSync(join(folder, 'mail', name)));
  expect(filed.subject).toBe('To an owner');
});

test('a chat that accepted without an answer is in doubt, and is not posted to again', async () => {
  const slack = await webhook((response) => response.destroy());
  const { states, deliver, clock } = await frozenWith(
    `report:
  from: audit@example.com
  recipients: [{ role: leader, channel: room }]
  channels: { room: { kind: slack, webhook: "\${SLACK}" } }
`,
    { SLACK: slack.address },
  );
  await deliver();
  clock.set(clock.nowMs() + DAY_MS);
  await deliver();
  expect(await states()).toEqual(['room room leader: ambiguous']);
  expect(slack.posted).toHaveLength(1);
});

test('a chat that asks for a later retry gets it then, the same to the byte', async () => {
  let isBusy = true;
  const slack = await webhook((response) =>
    isBusy
      ? textReply(429, '', { 'retry-after': '3600' })(response)
      : textReply(200, 'ok')(response),
  );
  const { states, deliver, clock } = await frozenWith(
    `report:
  from: audit@example.com
  recipients: [{ role: leader, channel: room }]
  channels: { room: { kind: slack, webhook: "\${SLACK}" } }
`,
    { SLACK: slack.address },
  );
  expect(await deliver()).toMatchObject({ kind: 'later', atMs: clock.nowMs() + 3_600_000 });
  expect(await states()).toEqual(['room room leader: deferred']);
  isBusy = false;
  clock.set(clock.nowMs() + 3_600_000);
  await deliver();
  expect(await states()).toEqual(['room room leader: sent']);
  expect(slack.posted[1]).toBe(slack.posted[0]);
});

const FILED = `report:
  from: audit@example.com
  recipients: [{ role: leader, channel: archive, address: cfo@example.com }]
  channels: { archive: { kind: folder, path: mail } }
`;

/** A worker that dies after the file has its name, and before that is recorded. */
async function diedOverAFile() {
  const office = await frozenWith(FILED, {});
  const { context, clock, folder } = office;
  const settle = () => Promise.reject(new Error('killed'));
  const deliveries = { ...context.ledger.deliveries, settle };
  const ledger = { ...context.ledger, deliveries };
  const dying = deliverJob.run({ ...context, ledger }, { edition: EDITION });
  await expect(dying).rejects.toThrow('killed');
  expect(await office.states()).toEqual(['archive cfo@example.com leader: handing']);
  clock.set(clock.nowMs() + DAY_MS);
  const mail = join(folder, 'mail');
  const [name = ''] = readdirSync(mail);
  return { ...office, mail, name };
}

test('a folder is checked where a worker died over a file, without asking anyone', async () => {
  const { deliver, states, mail, name } = await diedOverAFile();
  expect(await deliver()).toMatchObject({ kind: 'done', shortfalls: [] });
  expect(await states()).toEqual(['archive cfo@example.com leader: sent']);
  expect(readdirSync(mail)).toEqual([name]);
});

test('a file that had no name yet is written again', async () => {
  const { deliver, states, mail, name } = await diedOverAFile();
  const bytes = readFileSync(join(mail, name));
  renameSync(join(mail, name), join(mail, `.${name}.0.part`));
  expect(await deliver()).toMatchObject({ kind: 'done', shortfalls: [] });
  expect(await states()).toEqual(['archive cfo@example.com leader: sent']);
  expect(readdirSync(mail)).toEqual([name]);
  expect(readFileSync(join(mail, name)).equals(bytes)).toBe(true);
});

test('a file that was removed is in doubt, which the check reports too', async () => {
  const { deliver, states, mail, name, context } = await diedOverAFile();
  rmSync(join(mail, name));
  await checkJob.run(context, {});
  expect(await states()).toEqual(['archive cfo@example.com leader: ambiguous']);
  expect(await deliver()).toMatchObject({ shortfalls: [expect.stringContaining('--resolve')] });
  expect(readdirSync(mail)).toEqual([]);
});
