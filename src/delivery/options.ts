/** The configuration of delivery: options of the channels, and DKIM. */

import { z } from 'zod';
import { MAIL_ADDRESS } from '../domain/delivery.ts';
import { secretSchema } from '../platform/secret.ts';

/** The channel that the section `smtp` defines. No other channel may use this name. */
export const MAIL_CHANNEL = 'mail';

export const mailAddress = z.string().regex(MAIL_ADDRESS, {
  error: 'expected one mail address like cfo@example.com',
});

const path = z.string().regex(/\S/, { error: 'expected the path of a folder' });

const webhook = secretSchema.meta({ description: 'The whole https:// address, which is the key.' });

/** The options of a channel beside `kind`. Channels with one destination take no addresses. */
export const channelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path }),
  z.strictObject({ kind: z.literal('stdout') }),
  z.strictObject({ kind: z.literal('slack'), webhook }),
  z.strictObject({ kind: z.literal('teams'), webhook }),
]);

export type ChannelOptions = z.output<typeof channelSchema>;

/** Kinds of channels that send a complete message to a mail address. */
export const ADDRESSED_KINDS: readonly string[] = [MAIL_CHANNEL, 'folder', 'stdout'];

const domain = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, {
  error: 'expected a domain like example.com',
});
const selector = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, {
  error: 'expected a selector like mail2026, as in mail2026._domainkey.example.com',
});

/** DomainKeys Identified Mail (RFC 6376): the key is PEM, and DNS has its public half. */
export const dkimSchema = z.strictObject({ domain, selector, privateKey: secretSchema });

export type DkimOptions = z.output<typeof dkimSchema>;
