/** Opens the channel that the configuration names. */

import { Failure } from '../domain/failure.ts';
import type { Clock } from '../platform/clock.ts';
import type { Channel } from './channel.ts';
import { folderChannel } from './channels/folder.ts';
import { slackChannel } from './channels/slack.ts';
import { smtpChannel } from './channels/smtp.ts';
import { stdoutChannel } from './channels/stdout.ts';
import { teamsChannel } from './channels/teams.ts';
import { composeMessage } from './eml.ts';
import { type ChannelOptions, type DkimOptions, MAIL_CHANNEL } from './options.ts';
import { toDkimSignature } from './dkim.ts';
import { readSmtpAccess, type SmtpSettings } from './smtp/session.ts';

export interface ChannelSettings {
  /** The sender of every message. */
  readonly from: string;
  readonly channels: readonly (ChannelOptions & { readonly id: string })[];
  readonly smtp?: SmtpSettings & { readonly dkim?: DkimOptions };
}

interface ChannelServices {
  readonly clock: Clock;
  /** Standard output. Resolves when the bytes are written. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** @throws {Failure} `config` if no channel has this id. */
export function openChannel(id: string, places: ChannelSettings, tools: ChannelServices): Channel {
  if (id === MAIL_CHANNEL) return mailChannel(places);
  const options = places.channels.find((channel) => channel.id === id);
  if (options === undefined) throw unknownChannel(id, places);
  switch (options.kind) {
    case 'folder':
      return folderChannel(options.path, composeMessage);
    case 'stdout':
      return stdoutChannel(tools.write, composeMessage);
    case 'slack':
      return slackChannel({ name: id, address: options.webhook, clock: tools.clock });
    case 'teams':
      return teamsChannel({ name: id, address: options.webhook, clock: tools.clock });
  }
}

function mailChannel({ from, smtp }: ChannelSettings): Channel {
  return smtpChannel({
    // A message can be built, e.g. for a preview, without a mail server.
    access: () => (smtp === undefined ? Promise.reject(noServer()) : readSmtpAccess(smtp)),
    sender: from,
    compose: async (outgoing) =>
      composeMessage(outgoing, smtp?.dkim === undefined ? undefined : toDkimSignature(smtp.dkim)),
  });
}

function noServer(): Failure {
  return new Failure('config', 'cannot send mail: the config names no mail server', {
    where: 'smtp',
    expected: 'smtp: { url: ${SMTP_URL} }',
    hint: 'add the section smtp, or send the report through another channel',
  });
}

function unknownChannel(id: string, { channels }: ChannelSettings): Failure {
  const known = [MAIL_CHANNEL, ...channels.map((channel) => channel.id)];
  return new Failure('config', `the channel "${id}" no longer exists`, {
    where: 'report.channels',
    expected: `one of ${known.join(', ')}`,
    hint: 'add it again, or give up its deliveries: rentcheck send --resolve',
  });
}
