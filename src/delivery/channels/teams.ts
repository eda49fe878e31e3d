/**
 * The Teams channel: turns the short form of a report into an Adaptive Card and reads the reply of
 * the Workflows webhook.
 * Markdown is active only in TextBlock and Fact (learn.microsoft.com, Format cards in Teams), so
 * all text goes into TextRuns. A message may have 28 KB.
 */

import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import { createHttpClient } from '../../platform/httpClient.ts';
import { reportsError } from '../../platform/httpFailure.ts';
import { looksLikeHtml } from '../../platform/json.ts';
import {
  fitText,
  sendToWebhook,
  toJsonBytes,
  toWebLink,
  type Webhook,
  webhookUrl,
} from '../webhook.ts';
import type { Channel, OutgoingMessage } from '../channel.ts';

const TITLE_LIMIT = 300;
const HEADLINE_LIMIT = 1_000;
const FIGURES_AT_MOST = 6;
const FIGURE_LIMIT = 150;
const STEPS_AT_MOST = 4;
const STEP_LIMIT = 400;

/**
 * A webhook of Teams Workflows (the older connectors are retired). Its `202` means that the flow
 * was started. Whether the card was posted is only in the history of the flow.
 */
export function teamsChannel(webhook: Webhook): Channel {
  return {
    kind: 'teams',
    prepare: async (outgoing) => toJsonBytes(messageOf(outgoing)),
    send: (message, handing) => sendToWebhook(webhook, { message, handing, accepts: isAccepted }),
    check: () => checkTeams(webhook),
  };
}

/**
 * Flows reply as their authors choose, mostly with an empty body. HTML or an error is a failure.
 */
function isAccepted({ text }: { readonly text: string }): boolean {
  return !looksLikeHtml(text) && !reportsError(text);
}

function messageOf(outgoing: OutgoingMessage) {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: cardOf(outgoing),
      },
    ],
  };
}

function cardOf({ letter, brief, link }: OutgoingMessage) {
  const page = toWebLink(link);
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: plain(letter.subject, TITLE_LIMIT),
    msteams: { width: 'Full' },
    body: [
      paragraph([run(letter.subject, TITLE_LIMIT, { weight: 'Bolder', size: 'Medium' })]),
      paragraph([run(brief.headline, HEADLINE_LIMIT)]),
      ...brief.figures
        .slice(0, FIGURES_AT_MOST)
        .map(({ label, value }) =>
          paragraph([
            run(`${label}: `, FIGURE_LIMIT, { isSubtle: true }),
            run(value, FIGURE_LIMIT, { weight: 'Bolder' }),
          ]),
        ),
      ...brief.steps
        .slice(0, STEPS_AT_MOST)
        .map((step) => paragraph([run(`• ${step}`, STEP_LIMIT)])),
    ],
    ...(page === undefined
      ? {}
      : { actions: [{ type: 'Action.OpenUrl', title: 'Read the report', url: page }] }),
  };
}

function paragraph(inlines: readonly object[]) {
  return { type: 'RichTextBlock', inlines };
}

function run(text: string, limit: number, look: Readonly<Record<string, unknown>> = {}) {
  // Keep the space between a label and its value.
  const space = text.endsWith(' ') ? ' ' : '';
  return { type: 'TextRun', text: `${plain(text, limit)}${space}`, ...look };
}

/** Cards evaluate `{{DATE(…)}}` even in plain text. An invisible character breaks it. */
function plain(text: string, limit: number): string {
  return fitText(text, limit).replaceAll('{{', '{\u2060{');
}

/** Any call of the webhook would start the flow, so only its server is called. */
async function checkTeams(webhook: Webhook): Promise<ChannelFact> {
  const origin = new URL('/', webhookUrl(webhook));
  const { clock, timeoutMs } = webhook;
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  const result = await createHttpClient({ clock, retries: 0, ...timeout }).get({ url: origin });
  if (result.ok || result.status !== undefined) {
    return { code: 'teams-answers', host: origin.host };
  }
  const { failure } = result;
  throw new Failure(failure.code, failure.message, { hint: 'check the address of the webhook' });
}
