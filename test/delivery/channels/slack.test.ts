/** The Slack message, and no answer of Slack that reveals the webhook. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { slackChannel } from '../../../src/delivery/channels/slack.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { HOSTILE, hostileOutgoing, makeOutgoing } from '../../support/outgoing.ts';
import { HOOK_KEY, textReply, startWebhook } from '../../support/webhookServer.ts';

const channelAt = (address: string | undefined) =>
  slackChannel({
    name: 'Slack',
    address: createSecret('${SLACK_WEBHOOK}', () => address),
    clock: systemClock,
    timeoutMs: 30_000,
  });

interface Message {
  text: string;
  blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[];
}

async function messageOf(outgoing = makeOutgoing()): Promise<Message> {
  const bytes = await channelAt('https://hooks.example.com').prepare(outgoing);
  return JSON.parse(new TextDecoder().decode(bytes)) as Message;
}

const handing = { recipient: 'leadership', beforeSend: () => Promise.resolve() };

test('the short form is a header, the answer, the figures, the steps and a link', async () => {
  const { text, blocks } = await messageOf();
  expect(text).toBe(
    'Rent check Q3 2026: delete 2 of 4 self-hosted models\n' +
      'Delete 2 of 4 self-hosted models and save $41,200 a quarter (96% sure).',
  );
  expect(blocks.map(({ type, text: words, fields }) => words?.text ?? [type, fields])).toEqual([
    'Rent check Q3 2026: delete 2 of 4 self-hosted models',
    'Delete 2 of 4 self-hosted models and save $41,200 a quarter (96% sure).',
    [
      'section',
      [
        { type: 'mrkdwn', text: 'Effective\n*$0.84 per Mtok*', verbatim: true },
        { type: 'mrkdwn', text: 'Utilization\n*31%*', verbatim: true },
        { type: 'mrkdwn', text: 'Saving\n*$41,200*', verbatim: true },
      ],
    ],
    '• Delete chat: saves $30,000 a quarter\n• Delete embed: saves $11,200 a quarter',
    '<https://rent.example.com/reports/2026-Q3.1|Read the report>',
  ]);
});

test('without figures, steps and a link there are no empty blocks', async () => {
  const { link: _, ...outgoing } = makeOutgoing();
  const message = await messageOf({
    ...outgoing,
    brief: { ...outgoing.brief, figures: [], steps: [] },
  });
  expect(message.blocks).toHaveLength(2);
});

test('only a page address becomes a link', async () => {
  const links = ['javascript:alert(1)', 'mailto:a@b', 'not a link'];
  for (const link of links)
    expect((await messageOf(makeOutgoing({ link }))).blocks).toHaveLength(4);
});

test("Slack's limits are kept for words of any length", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (length) => {
      const { text, blocks } = await messageOf(hostileOutgoing(length));
      expect(text.length).toBeLessThanOrEqual(40_000);
      expect(blocks.length).toBeLessThanOrEqual(50);
      for (const { type, text: words, fields = [] } of blocks) {
        expect(words?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const one of fields) expect(one.text.length).toBeLessThanOrEqual(2_000);
      }
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['200 with another body', textReply(200, 'maybe'), 'ambiguous'],
  ['500, which may come after the message was posted', textReply(500, 'rollup_error'), 'ambiguous'],
  ['502 of a gateway', textReply(502, ''), 'ambiguous'],
  ['503', textReply(503, ''), 'ambiguous'],
  ['503 with Retry-After', textReply(503, '', { 'retry-after': '30' }), 'deferred'],
  ['403', textReply(403, 'action_prohibited'), 'refused'],
  ['410', textReply(410, 'channel_is_archived'), 'refused'],
  ['a redirect', textReply(302, '', { location: 'https://elsewhere.example' }), 'refused'],
])('%s', async (_, answer, kind) => {
  const server = await startWebhook(answer);
  const channel = channelAt(server.address);
  const handed = await channel.send(await channel.prepare(makeOutgoing()), handing);
  await server.close();
  expect(handed.kind).toBe(kind);
  expect(server.posted).toHaveLength(1);
});

test('an answer that repeats the URL does not reveal the key', async () => {
  const server = await startWebhook(
    textReply(404, `no_service at /services/${HOOK_KEY} hush-signature`),
  );
  const channel = channelAt(server.address);
  const handed = await channel.send(await channel.prepare(makeOutgoing()), handing);
  const refusal: unknown = await channel.check().catch((error: unknown) => error);
  await server.close();
  const visible = `${JSON.stringify(handed)} ${String(refusal)} ${JSON.stringify(refusal)}`;
  expect(visible).toContain('no_service');
  expect(visible).not.toContain('hush');
});

test('a missing or unencrypted URL defers the message', async () => {
  for (const address of [undefined, 'http://hooks.example.com/hush', 'hush']) {
    const channel = channelAt(address);
    let reports = 0;
    const beforeSend = async () => {
      reports += 1;
    };
    const message = await channel.prepare(makeOutgoing());
    const handed = await channel.send(message, { recipient: 'r', beforeSend });
    expect(handed).toMatchObject({ kind: 'deferred' });
    expect(reports).toBe(0);
    expect(JSON.stringify(handed)).toContain('${SLACK_WEBHOOK}');
    expect(JSON.stringify(handed)).not.toContain('hush');
  }
});

test('the hostile words of these tests are hostile', () => {
  expect(HOSTILE).toMatch(/<!channel>.*\r\nBcc:.*\u202e/s);
});
