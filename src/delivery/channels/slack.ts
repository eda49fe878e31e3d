/**
 * The Slack channel: turns the short form of a report into a Block Kit message and reads Slack's
 * reply.
 * Limits and replies after docs.slack.dev: header 150 characters, section 3,000, ten fields of
 * 2,000, fifty blocks. Slack replies `200 ok`, or a status and a word like `404 no_service`.
 */

import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import type { PostAnswered } from '../../platform/httpClient.ts';
import {
  fitText,
  postToWebhook,
  sendToWebhook,
  toJsonBytes,
  toWebLink,
  type Webhook,
  webhookReplyText,
} from '../webhook.ts';
import type { Channel, OutgoingMessage } from '../channel.ts';

const HEADER_LIMIT = 150;
const SECTION_LIMIT = 3_000;
const FIELD_LIMIT = 500;
const FIELDS_AT_MOST = 10;
const STEP_LIMIT = 700;
const STEPS_AT_MOST = 4;

/** A Slack incoming webhook. Slack has no message ids: posting twice shows the message twice. */
export function slackChannel(webhook: Webhook): Channel {
  return {
    kind: 'slack',
    prepare: async (outgoing) => toJsonBytes(messageOf(outgoing)),
    send: (message, handing) =>
      sendToWebhook(webhook, { message, handing, accepts: ({ text }) => text === 'ok' }),
    check: () => checkSlack(webhook),
  };
}

function messageOf({ letter, brief, link }: OutgoingMessage) {
  const figures = brief.figures.slice(0, FIELDS_AT_MOST);
  const steps = brief.steps.slice(0, STEPS_AT_MOST);
  const page = toWebLink(link);
  return {
    // For notifications and screen readers. People see the blocks.
    text: `${escaped(letter.subject, SECTION_LIMIT)}\n${escaped(brief.headline, SECTION_LIMIT)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: fitText(letter.subject, HEADER_LIMIT), emoji: false },
      },
      section(escaped(brief.headline, SECTION_LIMIT)),
      ...(figures.length === 0 ? [] : [{ type: 'section', fields: figures.map(field) }]),
      ...(steps.length === 0 ? [] : [section(steps.map(step).join('\n'))]),
      ...(page === undefined ? [] : [section(`<${escapeAll(page)}|Read the report>`)]),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** `verbatim` keeps addresses and channel names plain text. */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}

function section(text: string) {
  return { type: 'section', text: mrkdwn(text) };
}

function field({ label, value }: { label: string; value: string }) {
  return mrkdwn(`${escaped(label, FIELD_LIMIT)}\n*${escaped(value, FIELD_LIMIT)}*`);
}

function step(text: string): string {
  return `• ${escaped(text, STEP_LIMIT)}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes the three characters that Slack uses for mentions, links and `@channel`. */
function escaped(text: string, limit: number): string {
  return fitText(text, limit, (character) => ENTITIES[character] ?? character);
}

function escapeAll(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** Slack answers 400 to an empty message if the webhook exists, and posts nothing. */
async function checkSlack(webhook: Webhook): Promise<ChannelFact> {
  const posted = await postToWebhook(webhook, toJsonBytes({ text: '' }));
  if (posted.kind !== 'answered') throw posted.failure;
  if (posted.status === 400) return { code: 'slack-webhook-there' };
  throw toFailure(posted);
}

function toFailure(posted: PostAnswered): Failure {
  const gone = [403, 404, 410].includes(posted.status);
  return new Failure(gone ? 'auth' : 'unavailable', `Slack returned ${webhookReplyText(posted)}`, {
    hint: gone
      ? 'create a new incoming webhook in Slack and put its address into the secret'
      : 'try again later',
  });
}
