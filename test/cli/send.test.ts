/** `rentcheck send`: the real program and a real mail server, from the first mail on. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startScriptedMailServer } from '../support/scriptedMailServer.ts';
import {
  expectRefusal,
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  expectSuccess,
} from './cliFixture.ts';

const folder = temporaryFolder().path;
const run = (...args: string[]) => rentcheck(folder, args, { USER: 'ada' });
const EDITION = `${LAST_QUARTER}.1`;

/** Writes a config with recipients and this mail server. */
function configured(port: number, more = ''): Promise<void> {
  const config = `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
report:
  from: audit@example.com
  to: [cfo@example.com]
  owner: ops@example.com
  recipients: [{ role: finance, address: books@example.com }]
${more}
smtp: { url: "smtp://127.0.0.1:${port}" }
`;
  return filesIn(folder, { 'rentcheck.yaml': config });
}

interface Sent {
  readonly edition: string;
  readonly deliveries: readonly { id: string; recipient: string; state: string }[];
}

beforeAll(async () => {
  await fillFolder(folder);
  expectSuccess(await run('audit'));
});

describe('rentcheck send', () => {
  it('says who to name if the config names no recipient', async () => {
    expectRefusal(
      await run('send'),
      2,
      'The config lists no recipients of the report',
      'report: {',
    );
  });

  it('previews: recipients and messages to look at, nothing sent or stored', async () => {
    const server = await startMailServer();
    await configured(server.port);
    const ran = expectSuccess(await run('send', '--dry-run'));
    expect(ran.stdout).toContain(
      `Preview of the next edition, ${EDITION}. Nothing was sent or stored.`,
    );
    expect(ran.stdout).toMatch(/cfo@example\.com +mail +leader +not sent/);
    const files = await readdir(join(folder, 'out/mail'));
    expect(files.toSorted()).toEqual([
      '01-leader-cfo@example.com.eml',
      '02-finance-books@example.com.eml',
    ]);
    const mail = await simpleParser(await readFile(join(folder, 'out/mail', files[0] ?? '')));
    expect(mail.subject).toMatch(/^Rent check/);
    expect(server.received).toEqual([]);
    const stored = await run('sql', 'SELECT count(*) AS n FROM edition', '--format', 'json');
    expect(JSON.parse(stored.stdout)).toEqual([{ n: 0 }]);
  });

  it('sends a marked test to one person, which is no delivery', async () => {
    const server = await startMailServer();
    await configured(server.port);
    expectSuccess(await run('send', '--test'));
    expectSuccess(await run('send', '--test', '--to', 'me@example.com'));
    expect(server.received.map(({ recipient }) => recipient)).toEqual([
      'ops@example.com',
      'me@example.com',
    ]);
    const mail = await simpleParser(server.received[1]?.message ?? '');
    expect(mail.subject).toMatch(/^\[test\] Rent check/);
    await server.close();
    const failed = await run('send', '--test');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('The test message to ops@example.com was not sent: 127.0.0.1:');
    expect(failed.stderr).toContain('check host, port and smtps:// or smtp:// in smtp.url');
    const stored = await run('sql', 'SELECT count(*) AS n FROM delivery', '--format', 'json');
    expect(JSON.parse(stored.stdout)).toEqual([{ n: 0 }]);
  });

  it('delivers once: the second time it sends nothing, and lists what was sent', async () => {
    const server = await startMailServer();
    await configured(server.port);
    const first = expectSuccess(await run('send', '--to', 'cfo@example.com', '--json'));
    const sent: Sent = JSON.parse(first.stdout);
    expect(sent.edition).toBe(EDITION);
    expect(sent.deliveries).toMatchObject([
      { id: `${EDITION}-1`, recipient: 'cfo@example.com', state: 'sent' },
    ]);
    const both = await Promise.all([run('send'), run('send')]);
    expect(both.map(({ code }) => code)).not.toContain(3);
    const again = expectSuccess(await run('send'));
    expect(again.stdout).toMatch(/cfo@example\.com +mail +leader +sent +\d{4}-\d\d-\d\dT/);
    expect(server.received.map(({ recipient }) => recipient)).toEqual([
      'cfo@example.com',
      'books@example.com',
    ]);
    const view = await run('sql', 'SELECT edition, sent, open FROM edition_by_quarter', '--json');
    expect(JSON.parse(view.stdout)).toEqual([{ edition: EDITION, sent: 2, open: 0 }]);
  });

  it('lists deliveries in doubt, and accepts a manual decision', async () => {
    const server = await startScriptedMailServer({ end: (socket) => socket.destroy() });
    await configured(server.port);
    const doubtful = await run('send', '--to', 'new@example.com');
    expect(doubtful.code).toBe(1);
    expect(doubtful.stdout).toContain('IN DOUBT');
    const id = `${EDITION}-3`;
    expect(doubtful.stdout).toContain(`rentcheck send --resolve ${id} --as`);
    expect(doubtful.stderr).toContain(`${id} to new@example.com may or may not have arrived`);
    expectRefusal(
      await run('send', '--resolve', id),
      2,
      `Missing --as for delivery ${id}`,
      '--as sent',
    );
    expectRefusal(await run('send', '--resolve', id, '--as', 'sent'), 2, '--note TEXT');
    expectRefusal(await run('send', '--as', 'sent'), 2, '--resolve DELIVERY');
    expectRefusal(await run('send', '--dry-run', '--test'), 2, 'Cannot combine --dry-run');
    for (const more of [[], ['--dry-run'], ['--test']]) {
      const nobody = await run('send', '--to', 'the CFO', ...more);
      expectRefusal(nobody, 2, 'Invalid recipient "the CFO"', 'one email address');
    }
    const word = ['--resolve', id, '--as', 'sent', '--note', 'she has it'];
    expectSuccess(await run('send', ...word));
    expectRefusal(await run('send', ...word), 2, `${id} is sent`);
    const unknown = ['--resolve', 'x', '--as', 'sent', '--note', 'y'];
    expectRefusal(await run('send', ...unknown), 1, 'unknown delivery x');
    const sql = `SELECT actor, detail FROM delivery_event ORDER BY event_ref DESC LIMIT 1`;
    const events = await run('sql', sql, '--json');
    expect(JSON.parse(events.stdout)).toEqual([{ actor: 'ada', detail: 'sent: she has it' }]);
  });

  it('says when a deferred delivery is retried, and how to skip the wait', async () => {
    const server = await startMailServer();
    await configured(1);
    const putOff = await run('send', '--to', 'later@example.com');
    expect(putOff.code).toBe(1);
    const id = `${EDITION}-4`;
    expect(putOff.stderr).toMatch(
      /is deferred, next attempt \S+: 127\.0\.0\.1:1 cannot be reached/,
    );
    expect(putOff.stdout).toContain(`rentcheck send --resolve ${id} --as send-again --note`);
    await configured(server.port);
    expectSuccess(await run('send', '--resolve', id, '--as', 'send-again', '--note', 'fixed'));
    expectSuccess(await run('send', '--to', 'later@example.com'));
    expect(server.received.map(({ recipient }) => recipient)).toEqual(['later@example.com']);
  });

  it('makes the next edition for a late bill, for the same recipients', async () => {
    const server = await startMailServer();
    await configured(server.port);
    const late = (WORKED_EXAMPLE_FILES['charges.csv'] ?? '').replace(',6.00,', ',6600.00,');
    await filesIn(folder, { 'charges.csv': late });
    expectSuccess(await run('import', 'charges', 'charges.csv'));
    expectSuccess(await run('audit'));
    const ran = expectSuccess(await run('send'));
    expect(ran.stdout).toContain(`Edition ${LAST_QUARTER}.2, a correction of ${EDITION}`);
    expect(server.received.map(({ recipient }) => recipient)).toEqual([
      'cfo@example.com',
      'books@example.com',
    ]);
  });

  it('writes to a folder too, and to standard output, which then has only messages', async () => {
    const channels = `  channels: { box: { kind: folder, path: box }, out: { kind: stdout } }`;
    await configured(1, channels);
    const config = await readFile(join(folder, 'rentcheck.yaml'), 'utf8');
    const readers = `[{ role: leader, channel: box, address: a@example.com },
    { role: leader, channel: out, address: b@example.com }]`;
    await filesIn(folder, {
      'rentcheck.yaml': config
        .replace('to: [cfo@example.com]', 'to: []')
        .replace(/recipients: .*/, `recipients: ${readers}`),
    });
    expectRefusal(await run('send', '--json'), 2, 'standard output');
    const ran = expectSuccess(await run('send'));
    const mail = await simpleParser(ran.stdout);
    expect([mail.to].flat()[0]?.text).toBe('b@example.com');
    expect(ran.stderr).toContain(`Edition ${LAST_QUARTER}.2`);
    expect(await readdir(join(folder, 'box'))).toHaveLength(1);
    expect(expectSuccess(await run('send')).stdout).toBe('');
  });
});
