/**
 * Runs the channel contract for every kind of channel, each against a receiver with every behavior.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Channel } from '../../src/delivery/channel.ts';
import { folderChannel } from '../../src/delivery/channels/folder.ts';
import { slackChannel } from '../../src/delivery/channels/slack.ts';
import { smtpChannel } from '../../src/delivery/channels/smtp.ts';
import { stdoutChannel } from '../../src/delivery/channels/stdout.ts';
import { teamsChannel } from '../../src/delivery/channels/teams.ts';
import type { Webhook } from '../../src/delivery/webhook.ts';
import { composeMessage } from '../../src/delivery/eml.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { namesIn } from '../house/tree.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startScriptedMailServer, type SmtpScript } from '../support/scriptedMailServer.ts';
import { textReply, startWebhook } from '../support/webhookServer.ts';
import {
  type ChannelSubject,
  channelContract,
  type ReceiverBehavior,
  type OpenChannel,
} from './channel.ts';

type Answers = Readonly<Partial<Record<ReceiverBehavior, (response: ServerResponse) => void>>>;

function webhookOpener(make: (webhook: Webhook) => Channel, answers: Answers) {
  return async (mood: ReceiverBehavior): Promise<OpenChannel> => {
    const server = await startWebhook(answers[mood] ?? textReply(500, 'no such mood'));
    if (mood === 'gone') await server.close();
    const address = createSecret('${HOOK}', () => server.address);
    return {
      channel: make({ name: 'the chat', address, clock: systemClock, timeoutMs: 30_000 }),
      recipient: 'room',
      // An empty text is how Slack is probed: it answers without posting.
      received: async () => server.posted.filter((body) => body !== '{"text":""}'),
      close: () => server.close(),
    };
  };
}

const hangUp = (response: ServerResponse) => response.destroy();
const tooMany = textReply(429, 'rate_limited', { 'retry-after': '7' });

const slack: ChannelSubject = {
  kind: 'slack',
  behaviors: ['healthy', 'gone', 'busy', 'refusing', 'mute', 'locked'],
  busyForMs: 7_000,
  async open(mood) {
    let isCheck = false;
    const healthy = (response: ServerResponse) =>
      isCheck ? textReply(400, 'no_text')(response) : textReply(200, 'ok')(response);
    const open = webhookOpener(slackChannel, {
      healthy,
      busy: tooMany,
      refusing: textReply(400, 'invalid_blocks'),
      mute: hangUp,
      locked: textReply(404, 'no_service'),
    });
    const one = await open(mood);
    const check = () => {
      isCheck = true;
      return one.channel.check();
    };
    return { ...one, channel: { ...one.channel, check } };
  },
  forbidden: /<[!@#]|<https:\/\/evil|\\r/,
  // The header is plain text, which Slack shows as it is.
  interpretedPart(message) {
    const { text, blocks } = JSON.parse(message) as { text: string; blocks: { type: string }[] };
    return text + JSON.stringify(blocks.filter(({ type }) => type !== 'header'));
  },
};

const teams: ChannelSubject = {
  kind: 'teams',
  behaviors: ['healthy', 'gone', 'busy', 'refusing', 'mute'],
  busyForMs: 7_000,
  async open(mood) {
    const one = await webhookOpener(teamsChannel, {
      healthy: textReply(202, ''),
      busy: tooMany,
      refusing: textReply(401, '{"error":{"code":"DirectApiAuthorizationRequired"}}'),
      mute: hangUp,
    })(mood);
    // The check calls the server, never the flow: the body it received is empty.
    return { ...one, received: async () => (await one.received()).filter((body) => body !== '') };
  },
  forbidden: /"TextBlock"|"FactSet"|\{\{DATE|\\r/,
};

/** A header on a line of its own. */
const OWN_HEADER = /^bcc:/im;
const headersOf = (message: string) => message.split('\r\n\r\n')[0] ?? '';

const folder: ChannelSubject = {
  kind: 'folder',
  behaviors: ['healthy', 'gone'],
  async open(mood) {
    const place = mkdtempSync(join(tmpdir(), 'rentcheck-folder-'));
    const path = join(place, 'mail');
    // A file is in the place of the folder.
    if (mood === 'gone') writeFileSync(path, '');
    return {
      channel: folderChannel(path, composeMessage),
      recipient: 'cfo@example.com',
      async received() {
        const names = mood === 'gone' || !existsSync(path) ? [] : readdirSync(path);
        const whole = names.filter((name) => name.endsWith('.eml'));
        return whole.map((name) => readFileSync(join(path, name), 'utf8'));
      },
      close: async () => rmSync(place, { recursive: true }),
    };
  },
  forbidden: OWN_HEADER,
  interpretedPart: headersOf,
};

const stdout: ChannelSubject = {
  kind: 'stdout',
  behaviors: ['healthy', 'mute'],
  async open(mood) {
    const written: string[] = [];
    const write = async (bytes: Uint8Array) => {
      if (mood === 'mute') throw new Error('EPIPE');
      written.push(new TextDecoder().decode(bytes));
    };
    return {
      channel: stdoutChannel(write, composeMessage),
      recipient: 'cfo@example.com',
      received: async () => written,
      close: () => Promise.resolve(),
    };
  },
  forbidden: OWN_HEADER,
  interpretedPart: headersOf,
};

const MAIL_MOODS: Readonly<Partial<Record<ReceiverBehavior, SmtpScript>>> = {
  gone: { greeting: (socket) => socket.destroy() },
  busy: { rcpt: '450 4.2.0 greylisted' },
  refusing: { end: '554 5.7.1 no' },
  mute: { end: (socket) => socket.destroy() },
  locked: { ehlo: '250-nasty.example\r\n250 AUTH PLAIN', auth: '535 no such user' },
};

const smtp: ChannelSubject = {
  kind: 'smtp',
  behaviors: ['healthy', 'gone', 'busy', 'refusing', 'mute', 'locked'],
  async open(mood) {
    const script = MAIL_MOODS[mood];
    const healthy = await startMailServer();
    const { port } = script === undefined ? healthy : await startScriptedMailServer(script);
    const auth = mood === 'locked' ? { auth: { user: 'ada', pass: 'wrong' } } : {};
    return {
      channel: smtpChannel({
        access: async () => ({ connection: { host: '127.0.0.1', port }, ...auth }),
        sender: 'audit@example.com',
        compose: composeMessage,
      }),
      recipient: 'cfo@example.com',
      received: async () => healthy.received.map(({ message }) => message.toString('utf8')),
      close: () => Promise.resolve(),
    };
  },
  forbidden: OWN_HEADER,
  interpretedPart: headersOf,
};

const SUBJECTS = [folder, smtp, stdout, slack, teams];

test('every channel keeps the contract', () => {
  const files = namesIn('src/delivery/channels').map((name) => name.replace('.ts', ''));
  expect(SUBJECTS.map(({ kind }) => kind).sort()).toEqual([...files].sort());
});

for (const subject of SUBJECTS) channelContract(subject);
