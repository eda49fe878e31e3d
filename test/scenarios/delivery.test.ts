/** Scenario: a quarter's report reaches its readers once each, whatever fails. */

import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/domain/period.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import {
  smtpError,
  type MailServerOptions,
  startMailServer,
  type ReceivedMail,
} from '../support/mailServer.ts';
import { startScriptedMailServer } from '../support/scriptedMailServer.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const QUARTER = '2026-Q3';
const CLOSED_MS = Date.UTC(2026, 9, 5);

function configOf(port: number): string {
  return `${WORKED_FILES['rentcheck.yaml']}
report:
  from: audit@example.com
  to: [cfo@example.com]
  owner: ops@example.com
  recipients:
    - { role: owner, address: dev@example.com, deployments: [example] }
    - { role: finance, address: books@example.com }
smtp: { url: "smtp://127.0.0.1:${port}" }
policy: { minSavingUsd: 0 }
`;
}

async function audited(port: number) {
  const files = { ...WORKED_FILES, 'rentcheck.yaml': configOf(port) };
  const office = await startScenario(files, CLOSED_MS);
  await office.audit(QUARTER);
  const { context } = office;
  return { ...office, deliver: (edition: string) => deliverJob.run(context, { edition }) };
}

async function withServer(options: MailServerOptions = {}) {
  const server = await startMailServer(options);
  return { server, ...(await audited(server.port)) };
}

const recipientsOf = (taken: readonly ReceivedMail[]) => taken.map(({ recipient }) => recipient);
const READERS = ['cfo@example.com', 'dev@example.com', 'books@example.com'];

describe('an edition', () => {
  it('goes to each reader once, however often and by however many workers', async () => {
    const { server, freeze, deliver } = await withServer();
    const edition = await freeze(QUARTER);
    const both = await Promise.all([deliver(edition), deliver(edition)]);
    expect(both.map(({ kind }) => kind)).toContain('done');
    const again = await deliver(edition);
    expect(again).toMatchObject({ kind: 'done', shortfalls: [] });
    expect(recipientsOf(server.received).toSorted()).toEqual(READERS.toSorted());
    const mails = await Promise.all(server.received.map(({ message }) => simpleParser(message)));
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(3);
    for (const mail of mails) {
      expect(mail.date?.getTime()).toBe(CLOSED_MS);
      expect([mail.to].flat()[0]?.value).toHaveLength(1);
    }
  });

  it('with a late bill is corrected by the next one, to the same readers', async () => {
    const { server, clock, freeze, deliver, audit, replace, ledger } = await withServer();
    const first = await freeze(QUARTER);
    await deliver(first);
    const before = await ledger.deliveries.edition(first);
    clock.set(CLOSED_MS + 10 * DAY_MS);
    await replace('charges', WORKED_FILES['charges.csv'].replace(',6.00,', ',6.60,'));
    await audit(QUARTER);
    const second = await freeze(QUARTER);
    expect(second).toBe('2026-Q3.2');
    expect(await freeze(QUARTER)).toBe(second);
    expect(await ledger.deliveries.edition(second)).toMatchObject({ corrects: first, number: 2 });
    expect(await deliver(second)).toMatchObject({ kind: 'done', shortfalls: [] });
    const mails = await Promise.all(server.received.map(({ message }) => simpleParser(message)));
    expect(mails[0]?.text).not.toMatch(/correct/i);
    const [top = ''] = mails[3]?.text?.split(/\n(?=WHY|Why)/) ?? [];
    expect(top).toMatch(/edition 2: a correction/i);
    expect(top).toMatch(/\$6\.00 +\$6\.60/);
    expect(recipientsOf(server.received)).toEqual([...READERS, ...READERS]);
    expect(await ledger.deliveries.edition(first)).toEqual(before);
    // Too late now: the older edition is no longer sent to anyone.
    await deliver(first);
    expect(server.received).toHaveLength(6);
  });

  it('goes once to an address given on the command line, in any spelling', async () => {
    const { server, context, freeze } = await withServer();
    const edition = await freeze(QUARTER);
    for (const to of ['New@example.com', 'new@EXAMPLE.com', 'CFO@example.com', 'cfo@example.com']) {
      const options = { edition, to, anybody: true };
      expect(await deliverJob.run(context, options)).toMatchObject({ kind: 'done' });
    }
    expect(recipientsOf(server.received)).toEqual(['New@example.com', 'cfo@example.com']);
  });

  it('goes to no address that the config lacks, even if a payload asks for it', async () => {
    const { server, context, freeze } = await withServer();
    const edition = await freeze(QUARTER);
    const asked = deliverJob.run(context, { edition, to: 'stranger@evil.example' });
    await expect(asked).rejects.toThrow('Unknown recipient "stranger@evil.example"');
    expect(await context.ledger.deliveries.list({ edition })).toEqual([]);
    expect(server.received).toEqual([]);
    const known = await deliverJob.run(context, { edition, to: 'cfo@example.com' });
    expect(known).toMatchObject({ kind: 'done' });
    expect(recipientsOf(server.received)).toEqual(['cfo@example.com']);
  });

  it('that a server defers is retried from the table, with the same bytes', async () => {
    let isFull = true;
    const messages: Buffer[] = [];
    const { server, clock, freeze, deliver } = await withServer({
      onMessage: async (message, recipient) => {
        if (recipient !== 'cfo@example.com') return;
        messages.push(message);
        if (isFull) throw smtpError(452, 'mailbox full');
      },
    });
    const edition = await freeze(QUARTER);
    const first = await deliver(edition);
    expect(first).toMatchObject({ kind: 'later', atMs: CLOSED_MS + MINUTE_MS / 2 });
    expect(recipientsOf(server.received)).toEqual(READERS.slice(1));
    clock.set(CLOSED_MS + MINUTE_MS / 2 - 1);
    expect(await deliver(edition)).toMatchObject({ kind: 'later' });
    expect(messages).toHaveLength(1);
    isFull = false;
    clock.set(CLOSED_MS + MINUTE_MS / 2);
    expect(await deliver(edition)).toMatchObject({ kind: 'done', shortfalls: [] });
    expect(messages).toHaveLength(2);
    expect(messages[0]?.equals(messages[1] ?? Buffer.alloc(0))).toBe(true);
    expect(server.received).toHaveLength(3);
  });

  it('that a server refuses is not retried, and the owner is notified once', async () => {
    const { server, clock, freeze, deliver } = await withServer({
      onRcptTo: ({ address }, _session, done) =>
        address === 'cfo@example.com' ? done(smtpError(550, 'no such user')) : done(),
    });
    const edition = await freeze(QUARTER);
    const refused = await deliver(edition);
    expect(refused).toMatchObject({
      kind: 'done',
      shortfalls: [expect.stringContaining('to cfo@example.com is refused: 550 no such user')],
    });
    clock.set(CLOSED_MS + DAY_MS);
    await deliver(edition);
    expect(recipientsOf(server.received)).toEqual([...READERS.slice(1), 'ops@example.com']);
    const notice = await simpleParser(server.received[2]?.message ?? '');
    expect(notice.subject).toBe('Rent check: 1 message not delivered');
    expect(notice.text).toContain('2026-Q3.1-1 to cfo@example.com by mail: refused');
  });

  it('whose server vanished after the final dot is in doubt until a person decides', async () => {
    const nasty = await startScriptedMailServer({ end: (socket) => socket.destroy() });
    const { clock, ledger, freeze, deliver } = await audited(nasty.port);
    const edition = await freeze(QUARTER);
    const doubtful = await deliver(edition);
    expect(doubtful.kind).toBe('done');
    const shortfalls = doubtful.kind === 'done' ? doubtful.shortfalls : [];
    expect(shortfalls).toHaveLength(4);
    expect(shortfalls[0]).toContain('2026-Q3.1-1 to cfo@example.com may or may not have arrived');
    expect(shortfalls[3]).toContain('The notice to ops@example.com may or may not have arrived');
    const ends = nasty.ends();
    clock.set(CLOSED_MS + 30 * DAY_MS);
    await deliver(edition);
    // Only the notice to the owner is retried.
    expect(nasty.ends()).toBe(ends + 1);
    const word = { as: 'sent', by: 'ada', note: 'it is in his mailbox' } as const;
    await ledger.deliveries.resolve('2026-Q3.1-1', word, clock.nowMs());
    const [resolved] = await ledger.deliveries.list({ edition });
    expect(resolved).toMatchObject({ state: 'sent', sentAtMs: CLOSED_MS + 30 * DAY_MS });
  });

  it('whose server is unreachable waits, and nothing is lost', async () => {
    const server = await startMailServer();
    await server.close();
    const { freeze, deliver, ledger } = await audited(server.port);
    const edition = await freeze(QUARTER);
    expect(await deliver(edition)).toMatchObject({ kind: 'later' });
    const states = (await ledger.deliveries.list({ edition })).map(({ state }) => state);
    expect(states).toEqual(['deferred', 'deferred', 'deferred']);
  });

  it('is never sent for a part of a quarter', async () => {
    const { clock, audit, freeze } = await withServer();
    clock.set(Date.UTC(2026, 10, 1));
    await audit('2026-Q4');
    await expect(freeze('2026-Q4')).rejects.toMatchObject({ code: 'usage' });
  });
});
