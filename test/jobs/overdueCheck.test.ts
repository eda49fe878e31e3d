/** The overdue check alerts once a day when a due report has not been sent. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, onTestFinished, test } from 'vitest';
import { openConfigured } from '../../src/main/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { checkJob } from '../../src/jobs/check.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { CFO, reportToFreeze } from '../ledger/deliveryFixture.ts';
import { fetched } from '../ledger/ledgerFixture.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startScriptedMailServer } from '../support/scriptedMailServer.ts';
import { textReply, startWebhook } from '../support/webhookServer.ts';

/** The report of 2026-Q3 is due on the fifth business day of October, at 07:00 UTC. */
const DUE = Date.UTC(2026, 9, 7, 7);

interface Stage {
  readonly nowMs?: number;
  /** When the ledger recorded its first fact. In July unless set. */
  readonly began?: number;
  readonly deadMan?: string;
  /** The leaders, separated by commas. */
  readonly to?: string;
  /** The owner of the report. */
  readonly owner?: string;
  readonly mailPort?: number;
  readonly hook?: string;
}

async function stage({ nowMs = DUE + 2 * DAY_MS, mailPort = 1, hook, ...more }: Stage) {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-check-'));
  const path = join(folder, 'rentcheck.yaml');
  const { deadMan = 'to: on-call@example.com', to: leaders = 'cfo@example.com' } = more;
  const owner = more.owner === undefined ? '' : `, owner: ${more.owner}`;
  const to = `from: audit@example.com, to: [${leaders}]${owner}`;
  writeFileSync(
    path,
    `report: { ${to}, deadMan: { ${deadMan} } }\nsmtp: { url: "smtp://127.0.0.1:${mailPort}" }\n`,
  );
  const clock = settableClock(nowMs);
  const config = await loadConfig(path, { env: { HOOK: hook } });
  const app = await openConfigured(config, { clock, readonly: false, progress: () => undefined });
  onTestFinished(() => app.close());
  const { began = Date.UTC(2026, 6, 1) } = more;
  await app.context.ledger.facts.append(fetched({}, { startedAtMs: began }), nowMs);
  return { ...app, clock, run: () => checkJob.run(app.context, {}) };
}

const OVERDUE = 'The report for 2026-Q3 was due 2026-10-07T07:00:00Z and has not been sent.';

test('a report that was not sent is reported by mail to another address', async () => {
  const { port, received } = await startMailServer();
  const { run } = await stage({ mailPort: port });
  expect(await run()).toMatchObject({
    kind: 'done',
    result: { deadMan: { kind: 'overdue', quarter: '2026-Q3' }, heardBy: ['on-call@example.com'] },
    shortfalls: [OVERDUE],
  });
  expect(received.map(({ recipient }) => recipient)).toEqual(['on-call@example.com']);
  const mail = await simpleParser(received[0]?.message ?? '');
  expect(mail.subject).toBe('Rent check: the report of 2026-Q3 has not been sent');
  expect(mail.text).toContain(
    'No audit of 2026-Q3 is stored. To make one, run: rentcheck audit 2026-Q3',
  );
});

test('once a day, however often the check runs, and again the next day', async () => {
  const { port, received } = await startMailServer();
  const { run, clock } = await stage({ mailPort: port });
  await run();
  clock.set(clock.nowMs() + 10 * HOUR_MS);
  expect(await run()).toMatchObject({ result: { heardBy: [] }, shortfalls: [OVERDUE] });
  expect(received).toHaveLength(1);
  clock.set(clock.nowMs() + 14 * HOUR_MS);
  await run();
  expect(received).toHaveLength(2);
});

test('a webhook is called too, with JSON, and the two ways are independent', async () => {
  const server = await startWebhook(textReply(204, ''));
  onTestFinished(() => server.close());
  const deadMan = 'to: on-call@example.com, webhook: ${HOOK}';
  const { run } = await stage({ deadMan, hook: server.address });
  const answer = await run();
  expect(answer).toMatchObject({ kind: 'done', result: { heardBy: ['webhook'] } });
  expect(answer).toMatchObject({
    shortfalls: [
      OVERDUE,
      expect.stringMatching(/^The alert about the overdue report did not reach on-call@ex.*:/),
    ],
  });
  expect(JSON.parse(server.posted[0] ?? '')).toMatchObject({
    schema: 'rentcheck/dead-man/1',
    quarter: '2026-Q3',
    dueAt: '2026-10-07T07:00:00Z',
    text: expect.stringContaining('has not been sent'),
  });
});

test('an undelivered alert is retried within the hour and reveals no key', async () => {
  const server = await startMailServer();
  await server.close();
  const hook = `http://127.0.0.1:${server.port}/hush-hush`;
  const { run } = await stage({ deadMan: 'webhook: ${HOOK}', hook });
  const answer = await run();
  expect(answer).toMatchObject({ kind: 'retry', afterMs: HOUR_MS });
  expect(JSON.stringify(answer)).not.toContain('hush');
  expect(await run()).toMatchObject({ kind: 'retry' });
});

test('an alert with an unknown outcome is repeated the next day, not hourly', async () => {
  const server = await startScriptedMailServer({ end: (socket) => socket.destroy() });
  const { run, clock } = await stage({ mailPort: server.port });
  const doubt = expect.stringMatching(
    /^The alert about the overdue report may or may not have reached on-call@/,
  );
  expect(await run()).toMatchObject({ kind: 'done', shortfalls: [OVERDUE, doubt] });
  clock.set(clock.nowMs() + HOUR_MS);
  expect(await run()).toMatchObject({ kind: 'done', shortfalls: [OVERDUE] });
  expect(server.ends()).toBe(1);
  clock.set(clock.nowMs() + DAY_MS);
  await run();
  expect(server.ends()).toBe(2);
});

test('an owner who may have been alerted to a trouble is alerted again the next day', async () => {
  const server = await startScriptedMailServer({ end: (socket) => socket.destroy() });
  const options = { mailPort: server.port, nowMs: DUE, owner: 'ops@example.com' };
  const { run, context, clock } = await stage(options);
  const { ledger } = context;
  await ledger.audits.save(auditRecord({ runId: 'run-1', quarter: '2026-Q3', partial: false }));
  await ledger.deliveries.freezeEdition(reportToFreeze(), DUE);
  const other = { ...CFO, recipient: 'ceo@example.com' };
  for (const { id } of await ledger.deliveries.plan('2026-Q3.1', [CFO, other], DUE)) {
    const claim = await ledger.deliveries.claim(id, { worker: 'w', nowMs: DUE, leaseMs: HOUR_MS });
    if (claim === undefined) throw new Error('it could not be claimed');
    await ledger.deliveries.settle(claim, { kind: 'refused', reply: '550 no' }, DUE);
    const doubt = expect.stringMatching(
      /^The notice to ops@example.com may or may not have arrived: /,
    );
    expect(await run()).toMatchObject({ shortfalls: [doubt] });
    expect(await run()).toMatchObject({ shortfalls: [expect.stringMatching(/tomorrow\.$/)] });
  }
  expect(server.ends()).toBe(2);
  clock.set(DUE + DAY_MS);
  await run();
  expect(server.ends()).toBe(3);
});

test('it is silent during the grace period', async () => {
  const { port, received } = await startMailServer();
  const { run } = await stage({ mailPort: port, nowMs: DUE + DAY_MS });
  expect(await run()).toMatchObject({
    kind: 'done',
    result: { deadMan: { kind: 'due' } },
    shortfalls: [],
  });
  expect(received).toEqual([]);
});

test('it says how far the quarter came, and is silent once the report was sent', async () => {
  const { port, received } = await startMailServer();
  const { run, context, clock } = await stage({ mailPort: port });
  const { ledger } = context;
  await ledger.audits.save(auditRecord({ runId: 'run-1', quarter: '2026-Q3', partial: false }));
  await ledger.deliveries.freezeEdition(reportToFreeze(), DUE);
  const [delivery] = await ledger.deliveries.plan('2026-Q3.1', [CFO], DUE);
  await run();
  const alert = (await simpleParser(received[0]?.message ?? '')).text ?? '';
  expect(alert).toContain('Edition 2026-Q3.1 was made 2026-10-07T07:00:00Z. Its deliveries:');
  expect(alert).toContain('- cfo@example.com by mail: waiting');

  const request = { worker: 'w', nowMs: clock.nowMs(), leaseMs: HOUR_MS };
  const claim = await ledger.deliveries.claim(delivery?.id ?? '', request);
  if (claim === undefined) throw new Error('it could not be claimed');
  const message = { messageId: '<1@x>', bytes: new Uint8Array([1]) };
  await ledger.deliveries.prepare(claim, message);
  await ledger.deliveries.startSending(claim, request);
  await ledger.deliveries.settle(claim, { kind: 'sent', reply: '250' }, clock.nowMs());
  clock.set(clock.nowMs() + 2 * DAY_MS);
  expect(await run()).toMatchObject({ result: { deadMan: { kind: 'sent' } }, shortfalls: [] });
  expect(received).toHaveLength(1);
});

test('a copy to one reader is not the report, and the alert names who has none', async () => {
  const { port, received } = await startMailServer();
  const to = 'cfo@example.com, ceo@example.com';
  const { run, context, clock } = await stage({ mailPort: port, to });
  await context.ledger.audits.save(
    auditRecord({ runId: 'run-1', quarter: '2026-Q3', partial: false }),
  );
  await context.ledger.deliveries.freezeEdition(reportToFreeze(), DUE);
  const edition = '2026-Q3.1';
  await deliverJob.run(context, { edition, to: 'CEO@example.com' });
  const missing =
    'The report for 2026-Q3 was due 2026-10-07T07:00:00Z and has not reached everyone: ' +
    '1 of 2 leaders has received it. Still missing: cfo@example.com (never sent).';
  expect(await run()).toMatchObject({ result: { deadMan: { have: 1 } }, shortfalls: [missing] });
  expect((await simpleParser(received[1]?.message ?? '')).subject).toBe(
    'Rent check: the report of 2026-Q3 has not been sent to 1 of 2 leaders',
  );

  await deliverJob.run(context, { edition });
  expect(received.map(({ recipient }) => recipient)).toEqual([
    'ceo@example.com',
    'on-call@example.com',
    'cfo@example.com',
  ]);
  clock.set(clock.nowMs() + 2 * DAY_MS);
  expect(await run()).toMatchObject({ result: { deadMan: { kind: 'sent' } }, shortfalls: [] });
});

test('a leader who was added after the report was sent was not due to get it', async () => {
  const { port } = await startMailServer();
  const { run, context } = await stage({ mailPort: port });
  await context.ledger.audits.save(
    auditRecord({ runId: 'run-1', quarter: '2026-Q3', partial: false }),
  );
  await context.ledger.deliveries.freezeEdition(reportToFreeze(), DUE);
  await deliverJob.run(context, { edition: '2026-Q3.1' });
  const { report: section } = context.config;
  if (section === undefined) throw new Error('the stage has a section report');
  const config = { ...context.config, report: { ...section, to: ['new@example.com'] } };
  expect(await run()).toMatchObject({ result: { deadMan: { kind: 'sent' } } });
  expect(await checkJob.run({ ...context, config }, {})).toMatchObject({
    result: { deadMan: { kind: 'sent' } },
  });
});

test('a ledger that began after the due date owes no report', async () => {
  const { run } = await stage({ began: DUE + HOUR_MS });
  expect(await run()).toMatchObject({
    kind: 'done',
    result: { deadMan: { kind: 'nothing-due' } },
    shortfalls: [],
  });
});

test('nor does one whose worker first started after it', async () => {
  const { run, context } = await stage({});
  const begun = (dueAtMs: number) =>
    context.ledger.work.markDone({ line: 'begun', subject: 'quarter', dueAtMs }, dueAtMs);
  await begun(DUE - HOUR_MS);
  expect(await run()).toMatchObject({ result: { deadMan: { kind: 'overdue' } } });
  await begun(DUE + HOUR_MS);
  expect(await run()).toMatchObject({ result: { deadMan: { kind: 'nothing-due' } } });
});
