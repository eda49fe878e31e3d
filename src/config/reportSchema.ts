/** Schemas of when a report is made and how it is sent: schedule, report, recipients, mail. */

import { z } from 'zod';
import { parseCron } from '../calendar/cron.ts';
import { type CronLine, DEFAULT_CRONS } from '../calendar/schedule.ts';
import {
  ADDRESSED_KINDS,
  channelSchema,
  dkimSchema,
  MAIL_CHANNEL,
  mailAddress,
} from '../delivery/options.ts';
import { HOUR_MS } from '../domain/period.ts';
import { RECIPIENT_ROLES } from '../domain/edition.ts';
import { secretSchema } from '../platform/secret.ts';
import { ID_PATTERN } from './ids.ts';
import { wholeNumberSchema } from './numbers.ts';
import { isSection } from './paths.ts';
import {
  acrossKeys,
  type Given,
  inMs,
  type Problem,
  renamed,
  unknownName,
  valueSchema,
} from './rules.ts';
import {
  addressSecretSchema,
  dateTextSchema,
  localeSchema,
  textSchema,
  timeOfDaySchema,
  timeZoneSchema,
} from './texts.ts';

/** A cron expression of five fields in UTC, kept as written; `null` if it is off. */
function cronExpression() {
  return valueSchema<string | null>({
    expected: 'five cron fields in UTC like "5 * * * *" (numbers, lists, ranges, steps), or off',
    json: { type: ['string', 'boolean'] },
    read(value) {
      if (value === 'off' || value === false) return null;
      return typeof value === 'string' && parseCron(value) !== undefined ? value : undefined;
    },
    remedy(value) {
      if (typeof value !== 'string') return undefined;
      if (/[a-z@#?]/i.test(value)) {
        return 'write days and months as numbers, e.g. 1-5 for Monday to Friday';
      }
      return /(^|[\s,])\d+\//.test(value) ? 'write a step with a range, e.g. 5-59/10' : undefined;
    },
  });
}

/** A line that is absent uses its default; null turns it off. */
const cronLines = Object.fromEntries(
  Object.keys(DEFAULT_CRONS).map((line) => [line, cronExpression().exactOptional()]),
) as Record<CronLine, z.ZodExactOptional<ReturnType<typeof cronExpression>>>;

export const scheduleSchema = z.strictObject({
  ...cronLines,
  /** Only `off` has an effect: `report.sendOn` sets the time. */
  quarter: z.enum(['on', 'off']).default('on'),
  /** By source ID: days back for which its bill is pulled again each day. */
  trailingDays: z.record(z.string(), wholeNumberSchema(1, 400)).default({}),
  /**
   * By source ID: facts for which it reports only the present, so they are pulled often; may be
   * empty.
   */
  sampled: z.record(z.string(), z.array(z.enum(['usage', 'inventory']))).default({}),
});

const recipient = z.strictObject({
  role: z.enum(RECIPIENT_ROLES),
  /** `mail`, or the id of one of `channels`. */
  channel: textSchema('the id of a channel').default(MAIL_CHANNEL),
  /** If the channel needs one; a webhook has one fixed destination. */
  address: mailAddress.exactOptional(),
  /** Deployments of an owner; all if absent. */
  deployments: z.array(textSchema('the id of a deployment')).min(1).exactOptional(),
});

/** Has `to` or `webhook`, or the report has an owner. */
const deadMan = z
  .strictObject({
    to: mailAddress.exactOptional(),
    webhook: secretSchema.exactOptional(),
    /** Time after the due date until the alert is sent. */
    graceHours: wholeNumberSchema(0, 720).default(24).transform(inMs(HOUR_MS)),
  })
  .transform(renamed({ graceHours: 'graceMs' }));

export const reportSchema = z
  .strictObject({
    from: mailAddress,
    /** Leaders, by mail. */
    to: z.array(mailAddress).default([]),
    timeZone: timeZoneSchema().default('UTC'),
    sendOn: z
      .strictObject({
        businessDayOfQuarter: wholeNumberSchema(1, 60),
        /** `07:00`, in `timeZone`. */
        at: timeOfDaySchema(),
        /** Dates like `2026-12-25` that are not business days. */
        holidays: z.array(dateTextSchema()).default([]),
      })
      .exactOptional(),
    /**
     * What happens if the facts of a reported quarter changed. `auto` sends a correction, `ask`
     * only makes it, `off` does nothing.
     */
    corrections: z.enum(['auto', 'ask', 'off']).default('auto'),
    /** Mail address that gets notices of failures. */
    owner: mailAddress.exactOptional(),
    /** In addition to `to`, in the file's order. */
    recipients: z.array(recipient).default([]),
    /** In the file's order, without the mail channel of `smtp`. */
    channels: z.record(z.string().regex(ID_PATTERN), channelSchema).default({}),
    deadMan: deadMan.exactOptional(),
    language: z.enum(['en']).default('en'),
    /** BCP 47 tag for the format of numbers, money and dates. */
    locale: localeSchema().exactOptional(),
    /** Whether every edition also gets a PDF; this needs Chromium. */
    pdf: z.boolean().default(false),
    /** The usual names are searched if absent. */
    chromium: textSchema('the path or name of Chromium or Chrome').exactOptional(),
  })
  .meta({ anyOf: [{ required: ['to'] }, { required: ['recipients'] }] })
  .check(acrossKeys(reportProblems))
  .transform(({ channels, ...report }) => ({
    ...report,
    channels: Object.entries(channels).map(([id, options]) => ({ ...options, id })),
  }));

type ReportKeys = Given<'to' | 'owner' | 'recipients' | 'channels' | 'deadMan'>;

function reportProblems(report: ReportKeys): Problem[] {
  const channels = isSection(report.channels) ? report.channels : {};
  const recipients = Array.isArray(report.recipients) ? report.recipients : [];
  return [
    ...reservedChannel(channels),
    ...noRecipient(report),
    ...unheardAlert(report),
    ...recipients.flatMap((each: unknown, index) =>
      recipientProblems(each, channels).map((found) => ({
        ...found,
        path: ['recipients', index, ...found.path],
      })),
    ),
  ];
}

function reservedChannel(channels: object): Problem[] {
  if (!(MAIL_CHANNEL in channels)) return [];
  const problem =
    `found a channel named "${MAIL_CHANNEL}", but mail is set up in the section smtp; ` +
    'rename it';
  return [{ path: ['channels', MAIL_CHANNEL], problem, onKey: true }];
}

function noRecipient({ to, recipients }: ReportKeys): Problem[] {
  const isNone = [to, recipients].every((list) => Array.isArray(list) && list.length === 0);
  const problem = 'found no recipient, expected to or recipients; add at least one';
  return isNone ? [{ path: ['to'], problem }] : [];
}

function unheardAlert({ deadMan: alert, owner }: ReportKeys): Problem[] {
  if (!isSection(alert) || 'to' in alert || 'webhook' in alert || owner !== undefined) return [];
  const problem = 'found neither to, webhook nor report.owner, so no one would receive it';
  return [{ path: ['deadMan'], problem: `${problem}; add one of them` }];
}

type Keys = Readonly<Record<string, unknown>>;

function recipientProblems(each: unknown, channels: Keys): Problem[] {
  return isSection(each) ? [...channelProblems(each, channels), ...misplacedDeployments(each)] : [];
}

function channelProblems({ channel, address }: Keys, channels: Keys): Problem[] {
  if (typeof channel !== 'string') return [];
  const known = [MAIL_CHANNEL, ...Object.keys(channels)];
  if (!known.includes(channel)) {
    const problem = unknownName(channel, { known, what: 'a channel', under: 'report.channels' });
    return [{ path: ['channel'], problem }];
  }
  const options = channels[channel];
  const kind = channel === MAIL_CHANNEL ? MAIL_CHANNEL : isSection(options) && options['kind'];
  if (typeof kind === 'string' && ADDRESSED_KINDS.includes(kind) && address === undefined) {
    const problem = 'missing, expected one mail address like cfo@example.com; add it';
    return [{ path: ['address'], problem }];
  }
  if (address === undefined || (kind !== 'slack' && kind !== 'teams')) return [];
  const problem = `found an address, but a ${kind} webhook posts to one place; remove it`;
  return [{ path: ['address'], problem }];
}

function misplacedDeployments({ role, deployments }: Keys): Problem[] {
  if (deployments === undefined || (role !== 'leader' && role !== 'finance')) return [];
  const problem = `found deployments for a ${role}, which only an owner's report can have`;
  return [{ path: ['deployments'], problem: `${problem}; remove them, or write role: owner` }];
}

export const smtpSchema = z
  .strictObject({
    url: addressSecretSchema(['smtp:', 'smtps:']),
    /** If absent, TLS is required wherever a password would cross a network. */
    requireTls: z.boolean().exactOptional(),
    /** A PEM file with authorities to trust in addition to the usual ones. */
    ca: textSchema('the path of a PEM file').exactOptional(),
    timeoutSeconds: wholeNumberSchema(1, 600).default(60).transform(inMs(1000)),
    dkim: dkimSchema.exactOptional(),
  })
  .transform(renamed({ timeoutSeconds: 'timeoutMs' }));
