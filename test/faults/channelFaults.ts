/** For each channel, what can go wrong at its receiver, and which outcomes are honest. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel } from '../../src/delivery/channel.ts';
import { folderChannel } from '../../src/delivery/channels/folder.ts';
import { slackChannel } from '../../src/delivery/channels/slack.ts';
import { smtpChannel } from '../../src/delivery/channels/smtp.ts';
import { stdoutChannel } from '../../src/delivery/channels/stdout.ts';
import { teamsChannel } from '../../src/delivery/channels/teams.ts';
import type { Webhook } from '../../src/delivery/webhook.ts';
import { composeMessage } from '../../src/delivery/eml.ts';
import type { SendResult } from '../../src/domain/delivery.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { startScriptedMailServer, type SmtpScript } from '../support/scriptedMailServer.ts';
import { type Fault, FAULTS } from './faultList.ts';
import { closedOrigin, startFaultServer, untouched } from './faultServer.ts';

export type ChannelOutcome = SendResult['kind'];

/** One fault of one channel. */
export interface ChannelCell {
  readonly name: string;
  /** The outcomes that report the truth. */
  readonly may: readonly ChannelOutcome[];
  /** Sets up the receiver; `arrivals` counts the messages that it accepted or may have accepted. */
  open(): Promise<OpenedCell>;
}

export interface OpenedCell {
  readonly channel: Channel;
  readonly recipient: string;
  readonly arrivals: () => number;
  close(): Promise<void>;
}

/** A channel with the name of its kind in config. A new kind needs only an entry here. */
export interface ChannelWorld {
  readonly kind: string;
  readonly cells: readonly ChannelCell[];
  /** Faults of `faultList.ts` that do not apply to it, and why. */
  readonly spared: string;
}

/** Long enough for an answer that arrives, short enough to wait for the timeout. */
const SHORT_MS = 400;
const LONG_MS = 60_000;

/** How a webhook may end, by what is known of its answer: nothing, a refusal, or neither. */
const MAY: Readonly<Record<string, readonly ChannelOutcome[]>> = {
  'nothing listens': ['deferred'],
  'status 400': ['refused'],
  'status 401 with HTML': ['refused'],
  'status 403 with HTML': ['refused'],
  'status 404 with HTML': ['refused'],
  'status 302': ['refused'],
  'status 429': ['deferred'],
  'another content type': ['sent'],
};

/** A chat's webhook that answers `word` with `status` when it has posted. */
function webhook(
  kind: string,
  make: (webhook: Webhook) => Channel,
  says: { readonly status: number; readonly word: string },
): ChannelWorld {
  const answer = { status: says.status, type: 'text/plain', body: Buffer.from(says.word) };
  const cell = (fault: Exclude<Fault, { at: 'value' }>): ChannelCell => ({
    name: fault.name,
    may: MAY[fault.name] ?? ['ambiguous'],
    async open() {
      const server = await startFaultServer(async () => answer);
      const way =
        fault.at === 'socket'
          ? fault.way
          : (response: Parameters<typeof untouched>[0]) =>
              untouched(response, { ...answer, body: fault.edit(answer.body) });
      server.befall(() => way);
      const origin = fault.isAway === true ? await closedOrigin() : server.origin;
      const address = createSecret('${HOOK}', () => `${origin}/hook/secret-path-1234`);
      const timeoutMs = fault.isSlow === true ? SHORT_MS : LONG_MS;
      return {
        channel: make({ name: 'the chat', address, clock: systemClock, timeoutMs }),
        recipient: 'room',
        arrivals: () => server.posted.length,
        close: () => server.close(),
      };
    },
  });
  const faults = FAULTS.filter((fault) => fault.at !== 'value').filter(
    // A word of two letters has no half, and an empty answer is as good a test.
    ({ name }) => says.word !== '' || !EMPTY_ANYWAY.has(name),
  );
  return {
    kind,
    cells: faults.map(cell),
    spared:
      'the response to a message is one word or empty, so it has no records that could be wrong' +
      (says.word === '' ? '; an empty response cannot be cut' : ''),
  };
}

const EMPTY_ANYWAY = new Set([
  'half a body, then silence',
  'a slow drip',
  'half a body, then a closed connection',
  'truncated compressed bytes',
  'plain bytes labeled as compressed',
  'an empty body',
  'a truncated text',
  'bytes that are not text',
]);

const hangUp = (socket: Socket) => socket.destroy();
const silence = () => undefined;
const drip = (socket: Socket) => {
  const timer = setInterval(() => socket.write('2'), 50);
  socket.on('close', () => clearInterval(timer));
};

/**
 * Before the message is complete it cannot have been accepted; after its final dot it may have
 * been.
 */
const STAGES = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'end'] as const;
const MAIL_FAULTS: readonly (readonly [
  string,
  string | ((socket: Socket) => void),
  ChannelOutcome,
])[] = [
  ['the line is cut', hangUp, 'deferred'],
  ['no answer', silence, 'deferred'],
  ['a slow drip', drip, 'deferred'],
  ['a word that is no code', 'surprise', 'deferred'],
  ['a page of HTML', '<!DOCTYPE html><html><body>Just a moment...</body></html>', 'deferred'],
  ['451, later', '451 4.3.0 try again later', 'deferred'],
  ['554, never', '554 5.7.1 no', 'refused'],
];

function mailCell(
  stage: (typeof STAGES)[number],
  [name, act, early]: (typeof MAIL_FAULTS)[number],
): ChannelCell {
  const isSaid = /^45|^55/.test(String(act));
  const late: ChannelOutcome = isSaid ? early : 'ambiguous';
  const script: SmtpScript = { [stage]: act };
  const isSlow = act === silence || act === drip || act === 'surprise' || name.includes('HTML');
  const timeoutMs = isSlow ? SHORT_MS : LONG_MS;
  return {
    name: `${name}, at ${stage}`,
    // A server that refuses every connection says nothing about this message.
    may: stage === 'end' ? [late] : [early, 'deferred'],
    async open() {
      const server = await startScriptedMailServer(script);
      const connection = {
        host: '127.0.0.1',
        port: server.port,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
      };
      return {
        channel: smtpChannel({
          access: async () => ({ connection }),
          sender: 'audit@example.com',
          compose: composeMessage,
        }),
        recipient: 'cfo@example.com',
        arrivals: server.ends,
        close: () => Promise.resolve(),
      };
    },
  };
}

const mail: ChannelWorld = {
  kind: 'mail',
  cells: STAGES.flatMap((stage) => MAIL_FAULTS.map((fault) => mailCell(stage, fault))),
  spared: 'SMTP has no HTTP status, no JSON and no pages; each of its steps has its own faults',
};

const folder: ChannelWorld = {
  kind: 'folder',
  cells: [
    {
      name: 'a file stands where the folder should be',
      may: ['deferred'],
      async open() {
        const place = mkdtempSync(join(tmpdir(), 'rentcheck-folder-'));
        const path = join(place, 'mail');
        writeFileSync(path, '');
        return {
          channel: folderChannel(path, composeMessage),
          recipient: 'cfo@example.com',
          arrivals: () => readdirSync(place).filter((name) => name.endsWith('.eml')).length,
          close: async () => rmSync(place, { recursive: true }),
        };
      },
    },
  ],
  spared: 'it is a folder on this machine: there is no response to wait for',
};

const stdout: ChannelWorld = {
  kind: 'stdout',
  cells: [
    {
      name: 'whoever reads has gone',
      may: ['ambiguous'],
      open: async () => ({
        channel: stdoutChannel(() => Promise.reject(new Error('EPIPE')), composeMessage),
        recipient: 'cfo@example.com',
        arrivals: () => 1,
        close: () => Promise.resolve(),
      }),
    },
  ],
  spared: 'it is the output of this process: there is no response',
};

export const CHANNEL_WORLDS: readonly ChannelWorld[] = [
  mail,
  folder,
  stdout,
  webhook('slack', slackChannel, { status: 200, word: 'ok' }),
  webhook('teams', teamsChannel, { status: 202, word: '' }),
];
