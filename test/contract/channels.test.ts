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
import { composeParcel } from '../../src/delivery/eml.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { secretFrom } from '../../src/platform/secret.ts';
import { namesIn } from '../house/tree.ts';
import { mailServer } from '../support/mailServer.ts';
import { nastyMailServer, type Script } from '../support/nastyMailServer.ts';
import { says, startWebhook } from '../support/webhookServer.ts';
import { type ChannelSubject, keepsTheContract, type Mood, type OpenChannel } from './channel.ts';

type Answers = Readonly<Partial<Record<Mood, (response: ServerResponse) => void>>>;

function webhookOpener(make: (webhook: Webhook) => Channel, answers: Answers) {
  return async (mood: Mood): Promise<OpenChannel> => {
    const server = await startWebhook(answers[mood] ?? says(500, 'no such mood'));
    if (mood === 'gone') await server.close();
    const address = secretFrom('${HOOK}', () => server.address);
    return {
      channel: make({ name: 'the chat', address, clock: systemClock, timeoutMs: 30_000 }),
      recipient: 'room',
      // An empty text is how Slack is probed: it answers without posting.
      arrived: async () => server.posted.filter((body) => body !== '{"text":""}'),
      close: () => server.close(),
    };
  };
}

const hangUp = (response: ServerResponse) => response.destroy();
const tooMany = says(429, 'rate_limited', { 'retry-after': '7' });

const slack: ChannelSubject = {
  kind: 'slack',
  moods: ['healthy', 'gone', 'busy', 'refusing', 'mute', 'locked'],
  busyForMs: 7_000,
  async open(mood) {
    let isCheck = false;
    const healthy = (response: ServerResponse) =>
      isCheck ? says(400, 'no_text')(response) : says(200, 'ok')(response);
    const open = webhookOpener(slackChannel, {
      healthy,
      busy: tooMany,
      refusing: says(400, 'invalid_blocks'),
      mute: hangUp,
      locked: says(404, 'no_service'),
    });
    const one = await open(mood);
    const check = () => {
      isCheck = true;
      return one.channel.check();
    };
    return { ...one, channel: { ...one.channel, check } };
  },
  harm: /<[!@#]|<https:\/\/evil|\\r/,
  // The header is plain text, which Slack shows as it is.
  partRead(message) {
    const { text, blocks } = JSON.parse(message) as { text: string; blocks: { type: string }[] };
    return text + JSON.stringify(blocks.filter(({ type }) => type !== 'header'));
  },
};

const teams: ChannelSubject = {
  kind: 'teams',
  moods: ['healthy', 'gone', 'busy', 'refusing', 'mute'],
  busyForMs: 7_000,
  async open(mood) {
    const one = await webhookOpener(teamsChannel, {
      healthy: says(202, ''),
      busy: tooMany,
      refusing: says(401, '{"error":{"code":"DirectApiAuthorizationRequired"}}'),
      mute: hangUp,
    })(mood);
    // The check calls the server, never the flow: the body it received is empty.
    return { ...one, arrived: async () => (await one.arrived()).filter((body) => body !== '') };
  },
  harm: /"TextBlock"|"FactSet"|\{\{DATE|\\r/,
};

/** A header on a line of its own. */
const OWN_HEADER = /^bcc:/im;
const headersOf = (message: string) => message.split('\r\n\r\n')[0] ?? '';

const folder: ChannelSubject = {
  kind: 'folder',
  moods: ['healthy', 'gone'],
  async open(mood) {
    const place = mkdtempSync(join(tmpdir(), 'rentcheck-folder-'));
    const path = join(place, 'mail');
    // A file is in the place of the folder.
    if (mood === 'gone') writeFileSync(path, '');
    return {
      channel: folderChannel(path, composeParcel),
      recipient: 'cfo@example.com',
      async arrived() {
        const names = mood === 'gone' || !existsSync(path) ? [] : readdirSync(path);
        const whole = names.filter((name) => name.endsWith('.eml'));
        return whole.map((name) => readFileSync(join(path, name), 'utf8'));
      },
      close: async () => rmSync(place, { recursive: true }),
    };
  },
  harm: OWN_HEADER,
  partRead: headersOf,
};

const stdout: ChannelSubject = {
  kind: 'stdout',
  moods: ['healthy', 'mute'],
  async open(mood) {
    const written: string[] = [];
    const write = async (bytes: Uint8Array) => {
      if (mood === 'mute') throw new Error('EPIPE');
      written.push(new TextDecoder().decode(bytes));
    };
    return {
      channel: stdoutChannel(write, composeParcel),
      recipient: 'cfo@example.com',
      arrived: async () => written,
      close: () => Promise.resolve(),
    };
  },
  harm: OWN_HEADER,
  partRead: headersOf,
};

const MAIL_MOODS: Readonly<Partial<Record<Mood, Script>>> = {
  gone: { greeting: (socket) => socket.destroy() },
  busy: { rcpt: '450 4.2.0 greylisted' },
  refusing: { end: '554 5.7.1 no' },
  mute: { end: (socket) => socket.destroy() },
  locked: { ehlo: '250-nasty.example\r\n250 AUTH PLAIN', auth: '535 no such user' },
};

const smtp: ChannelSubject = {
  kind: 'smtp',
  moods: ['healthy', 'gone', 'busy', 'refusing', 'mute', 'locked'],
  async open(mood) {
    const script = MAIL_MOODS[mood];
    const healthy = await mailServer();
    const { port } = script === undefined ? healthy : await nastyMailServer(script);
    const auth = mood === 'locked' ? { auth: { user: 'ada', pass: 'wrong' } } : {};
    return {
      channel: smtpChannel({
        access: async () => ({ connection: { host: '127.0.0.1', port }, ...auth }),
        sender: 'audit@example.com',
        compose: composeParcel,
      }),
      recipient: 'cfo@example.com',
      arrived: async () => healthy.taken.map(({ message }) => message.toString('utf8')),
      close: () => Promise.resolve(),
    };
  },
  harm: OWN_HEADER,
  partRead: headersOf,
};

const SUBJECTS = [folder, smtp, stdout, slack, teams];

test('every channel keeps the contract', () => {
  const files = namesIn('src/delivery/channels').map((name) => name.replace('.ts', ''));
  expect(SUBJECTS.map(({ kind }) => kind).sort()).toEqual([...files].sort());
});

for (const subject of SUBJECTS) keepsTheContract(subject);
