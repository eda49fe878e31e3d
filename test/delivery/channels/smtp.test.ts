/** A mail is handed over once, and its reported state is exactly what is known. */

import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../src/delivery/channel.ts';
import { smtpChannel } from '../../../src/delivery/channels/smtp.ts';
import { composeMessage } from '../../../src/delivery/eml.ts';
import type { SmtpSessionOptions } from '../../../src/delivery/smtp/session.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { smtpError, startMailServer } from '../../support/mailServer.ts';
import { startScriptedMailServer, type SmtpScript } from '../../support/scriptedMailServer.ts';
import { waitAndDrain } from '../../support/timeouts.ts';

const RECIPIENT = 'cfo@example.com';
const LOGIN = '250-nasty.example\r\n250 AUTH PLAIN';

function channelTo(port: number, more: Partial<SmtpSessionOptions> = {}) {
  const connection = { host: '127.0.0.1', port, ...more.connection };
  return smtpChannel({
    access: async () => ({ ...more, connection }),
    sender: 'audit@example.com',
    compose: composeMessage,
  });
}

function outgoing(text = 'Delete 2 of 4.\n.\n..dots\n'): OutgoingMessage {
  return {
    letter: { subject: 'Rent check', text, pictures: [], attachments: [] },
    brief: { title: 'Rent check', headline: text, figures: [], steps: [] },
    files: [],
    from: 'audit@example.com',
    recipient: RECIPIENT,
    messageId: '<1@example.com>',
    dateMs: Date.UTC(2026, 9, 7, 5),
  };
}

/** The outcome, and whether the message was about to be completed. */
async function handTo(port: number, more: Partial<SmtpSessionOptions> = {}, text?: string) {
  const channel = channelTo(port, more);
  const message = await channel.prepare(outgoing(text));
  let requests = 0;
  const handed = await channel.send(message, {
    recipient: RECIPIENT,
    beforeSend: async () => void (requests += 1),
  });
  return { handed, requests, message };
}

describe('a mail server that accepts it', () => {
  it('gets the exact bytes once, and its answer is stored', async () => {
    const server = await startMailServer();
    const { handed, requests, message } = await handTo(server.port);
    expect(handed).toEqual({ kind: 'sent', reply: '250 queued as 1', code: 250 });
    expect(requests).toBe(1);
    expect(server.received.map(({ recipient }) => recipient)).toEqual([RECIPIENT]);
    expect(server.received[0]?.message.equals(message)).toBe(true);
  });

  it('gets megabytes whole, and completion is requested only when nearly all is sent', async () => {
    const server = await startMailServer();
    const text = `${'0123456789abcdef'.repeat(4)}\n`.repeat(60_000);
    const { handed, message } = await handTo(server.port, {}, text);
    expect(handed.kind).toBe('sent');
    expect(message.byteLength).toBeGreaterThan(3_000_000);
    expect(server.received[0]?.message.equals(message)).toBe(true);
  });

  it('gets a domain in ASCII, since it may support nothing else', async () => {
    const options: unknown[] = [];
    const server = await startMailServer({
      onMailFrom: ({ args }, _session, done) => {
        options.push(args);
        done();
      },
    });
    const recipient = 'cfo@müller.example';
    const channel = channelTo(server.port);
    const message = await channel.prepare({ ...outgoing(), recipient });
    await channel.send(message, { recipient, beforeSend: async () => undefined });
    expect(server.received.map(({ recipient: to }) => to)).toEqual([recipient]);
    // A client must request SMTPUTF8 if an address is not ASCII (RFC 6531).
    expect(options).toEqual([expect.not.objectContaining({ SMTPUTF8: true })]);
  });

  it('may require STARTTLS, TLS from the start, and a login', async () => {
    const login = {
      onAuth: ({ username, password }, _session, done) =>
        username === 'ada' && password === 'lovelace'
          ? done(null, { user: 'ada' })
          : done(smtpError(535, 'no such user')),
    } satisfies Parameters<typeof startMailServer>[0];
    const auth = { user: 'ada', pass: 'lovelace' };
    const tls = { rejectUnauthorized: false };
    const upgraded = await startMailServer({ ...login, disabledCommands: [], authOptional: false });
    const options = { connection: { requireTLS: true, tls }, auth };
    expect((await handTo(upgraded.port, options)).handed.kind).toBe('sent');
    expect(upgraded.received).toMatchObject([{ secure: true, user: 'ada' }]);
    const secure = await startMailServer({ ...login, secure: true, authOptional: false });
    expect(
      (await handTo(secure.port, { connection: { secure: true, tls }, auth })).handed.kind,
    ).toBe('sent');
    expect(secure.received).toMatchObject([{ secure: true, user: 'ada' }]);
  });
});

describe('before the final bytes are sent', () => {
  it.each<[string, SmtpScript, object]>([
    ['a greeting of 554', { greeting: '554 no service' }, { kind: 'deferred', code: 554 }],
    ['a close at once', { greeting: (socket) => socket.destroy() }, { kind: 'deferred' }],
    ['421 to EHLO', { ehlo: '421 too busy' }, { kind: 'deferred', code: 421 }],
    ['a sender refused', { mail: '550 who are you' }, { kind: 'refused', code: 550 }],
    ['a sender deferred', { mail: '451 later' }, { kind: 'deferred', code: 451 }],
    ['a recipient refused', { rcpt: '550 5.1.1 unknown' }, { kind: 'refused', code: 550 }],
    ['a recipient deferred', { rcpt: '450 4.2.0 greylisted' }, { kind: 'deferred', code: 450 }],
    ['421 to the recipient', { rcpt: '421 going down' }, { kind: 'deferred', code: 421 }],
    ['a close at the recipient', { rcpt: (socket) => socket.destroy() }, { kind: 'deferred' }],
    ['garbage at the recipient', { rcpt: 'what?' }, { kind: 'deferred' }],
    ['DATA refused', { data: '554 no' }, { kind: 'refused', code: 554 }],
    ['DATA deferred', { data: '451 no room' }, { kind: 'deferred', code: 451 }],
    ['a close at DATA', { data: (socket) => socket.destroy() }, { kind: 'deferred' }],
  ])('%s leaves nothing behind', async (_, script, expected) => {
    const server = await startScriptedMailServer(script);
    const { handed, requests } = await handTo(server.port);
    expect(handed).toMatchObject(expected);
    expect(requests).toBe(0);
    expect(server.ends()).toBe(0);
  });

  it.each<[string, (socket: Socket) => void, object]>([
    ['a close', (socket) => socket.destroy(), { kind: 'deferred' }],
    [
      'a permanent rejection',
      (socket) => socket.end('552 too much\r\n'),
      { kind: 'refused', code: 552 },
    ],
    [
      'a temporary rejection',
      (socket) => socket.end('452 disk full\r\n'),
      { kind: 'deferred', code: 452 },
    ],
    ['an early acceptance', (socket) => socket.write('250 queued\r\n'), { kind: 'deferred' }],
    ['421', (socket) => socket.end('421 going down\r\n'), { kind: 'deferred', code: 421 }],
  ])('%s in the middle of the text is no delivery', async (_, speak, expected) => {
    const spoken = Promise.withResolvers<void>();
    const text = (socket: Socket) => spoken.resolve(speak(socket));
    const server = await startScriptedMailServer({ text });
    const channel = channelTo(server.port);
    const message = await channel.prepare(outgoing());
    let written = false;
    // The ledger is slow, so the server's reply comes first.
    const beforeSend = async () => {
      await spoken.promise;
      await waitAndDrain(100);
      written = true;
    };
    const handed = await channel.send(message, { recipient: RECIPIENT, beforeSend });
    expect(handed).toMatchObject(expected);
    expect(written).toBe(true);
    expect(server.ends()).toBe(0);
  });

  it('no listener, an unknown host, no encryption and a wrong password are deferred', async () => {
    const nobody = await startMailServer();
    await nobody.close();
    expect((await handTo(nobody.port)).handed).toMatchObject({ kind: 'deferred' });
    const host = { connection: { host: 'no-such-host.invalid' } };
    expect((await handTo(25, host)).handed).toMatchObject({ kind: 'deferred' });
    const plain = await startMailServer();
    const options = { connection: { requireTLS: true } };
    expect((await handTo(plain.port, options)).handed).toMatchObject({ kind: 'deferred' });
    const unknown = await startMailServer({ disabledCommands: [] });
    expect((await handTo(unknown.port, options)).handed).toMatchObject({ kind: 'deferred' });
    const wrong = await startMailServer({
      onAuth: (_auth, _session, done) => done(smtpError(535, 'no such user')),
      allowInsecureAuth: true,
    });
    const auth = { user: 'ada', pass: 'wrong' };
    expect((await handTo(wrong.port, { auth })).handed).toMatchObject({
      kind: 'deferred',
      code: 535,
    });
    expect([...plain.received, ...unknown.received, ...wrong.received]).toEqual([]);
  });

  it("a message larger than the server's limit is refused without sending it", async () => {
    const server = await startScriptedMailServer({ ehlo: '250-nasty.example\r\n250 SIZE 100' });
    expect((await handTo(server.port)).handed).toMatchObject({ kind: 'refused' });
  });

  it('a worker that may not hand over sends nothing, and gets the reason', async () => {
    const server = await startScriptedMailServer({});
    const channel = channelTo(server.port);
    const message = await channel.prepare(outgoing());
    const lost = new Failure('lost-claim', 'another worker has it');
    const handing = { recipient: RECIPIENT, beforeSend: () => Promise.reject(lost) };
    await expect(channel.send(message, handing)).rejects.toBe(lost);
    expect(lost.code).toBe('lost-claim');
    expect(server.ends()).toBe(0);
  });
});

describe('after the final bytes are sent', () => {
  it.each<[string, SmtpScript, object]>([
    ['a close without a reply', { end: (socket) => socket.destroy() }, { kind: 'ambiguous' }],
    ['a close with a reply', { end: (socket) => socket.end() }, { kind: 'ambiguous' }],
    ['a partial reply', { end: (socket) => socket.end('250 que') }, { kind: 'ambiguous' }],
    ['half of a multi-line reply', { end: (s) => s.end('250-first\r\n') }, { kind: 'ambiguous' }],
    ['garbage', { end: 'hello?' }, { kind: 'ambiguous' }],
    ['a reply with the wrong code', { end: '354 go on' }, { kind: 'ambiguous' }],
    ['a permanent rejection', { end: '554 5.7.1 spam' }, { kind: 'refused', code: 554 }],
    ['a temporary rejection', { end: '451 4.3.0 try later' }, { kind: 'deferred', code: 451 }],
    ['a goodbye', { end: '421 going down' }, { kind: 'deferred', code: 421 }],
    ['an acceptance in two lines', { end: '250-first\r\n250 second' }, { kind: 'sent', code: 250 }],
    [
      'a late acceptance',
      { end: (s) => void setTimeout(() => s.write('250 ok\r\n'), 200) },
      { kind: 'sent' },
    ],
    [
      'an acceptance in pieces',
      {
        end: (s) => {
          s.write('25');
          setTimeout(() => s.write('0 ok\r\n'), 50);
        },
      },
      { kind: 'sent' },
    ],
  ])('%s is reported', async (_, script, expected) => {
    const server = await startScriptedMailServer(script);
    const { handed, requests } = await handTo(server.port);
    expect(handed).toMatchObject(expected);
    expect(requests).toBe(1);
    expect(server.ends()).toBe(1);
  });

  it('a rejection by a real server leaves no doubt', async () => {
    const server = await startMailServer({
      onMessage: async () => Promise.reject(smtpError(452, 'full')),
    });
    expect((await handTo(server.port)).handed).toMatchObject({ kind: 'deferred', code: 452 });
    expect(server.received).toEqual([]);
  });
});

it('a server that falls silent is waited for, then deferred or in doubt', async () => {
  const patience = { greetingTimeout: 5_000, socketTimeout: 5_000 };
  const silent = () => undefined;
  const ends = [{ greeting: silent }, { rcpt: silent }, { end: silent }].map(async (script) => {
    const server = await startScriptedMailServer(script);
    const { handed, requests } = await handTo(server.port, { connection: patience });
    return [handed.kind, requests, server.ends()];
  });
  const before = ['deferred', 0, 0];
  expect(await Promise.all(ends)).toEqual([before, before, ['ambiguous', 1, 1]]);
});

describe('a stored answer', () => {
  const auth = { user: 'ada', pass: 'lovelace' };

  it('names the server that refused the connection, and what to look at', async () => {
    const server = await startScriptedMailServer({ ehlo: LOGIN, auth: '535 5.7.8 no' });
    const { handed } = await handTo(server.port, { auth });
    expect(handed).toEqual({
      kind: 'deferred',
      code: 535,
      reply:
        `127.0.0.1:${server.port} refused the login: Invalid login: 535 5.7.8 no; check ` +
        'the user and password in smtp.url',
    });
  });

  it('never contains the password, even if the server repeats it', async () => {
    const spelled = Buffer.from('\0ada\0lovelace').toString('base64');
    const echoes: SmtpScript[] = [
      { ehlo: LOGIN, auth: `535 wrong password lovelace in ${spelled}` },
      { ehlo: LOGIN, end: '250 queued, ada:lovelace' },
      { ehlo: LOGIN, rcpt: '550 lovelace is nobody' },
    ];
    for (const echo of echoes) {
      const server = await startScriptedMailServer(echo);
      const { handed } = await handTo(server.port, { auth });
      expect(JSON.stringify(handed)).toContain('[redacted]');
      expect(JSON.stringify(handed)).not.toMatch(/lovelace/);
      expect(JSON.stringify(handed)).not.toContain(spelled);
    }
  });
});

describe('the check without sending', () => {
  it('reports the server and the protocol', async () => {
    const server = await startMailServer();
    expect(await channelTo(server.port).check()).toEqual({
      code: 'mail-server-answers',
      host: `127.0.0.1:${server.port}`,
      encrypted: false,
    });
    expect(server.received).toEqual([]);
  });

  it('reports what is wrong', async () => {
    const server = await startMailServer();
    const auth = { user: 'ada', pass: 'lovelace' };
    await expect(channelTo(server.port, { auth }).check()).rejects.toMatchObject({ code: 'auth' });
    await server.close();
    const check = channelTo(server.port).check();
    await expect(check).rejects.toMatchObject({ code: 'unavailable' });
  });
});
