/** The Teams message: a card that shows words literally and is small enough. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { teamsChannel } from '../../../src/delivery/channels/teams.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { hostileOutgoing, makeOutgoing } from '../../support/outgoing.ts';
import { HOOK_KEY, textReply, startWebhook } from '../../support/webhookServer.ts';

const channelAt = (address: string) =>
  teamsChannel({
    name: 'Teams',
    address: createSecret('${TEAMS_WEBHOOK}', () => address),
    clock: systemClock,
    timeoutMs: 30_000,
  });

const bytesOf = (outgoing = makeOutgoing()) => channelAt('https://x.example').prepare(outgoing);

interface Card {
  body: { type: string; inlines: { type: string; text: string }[] }[];
  actions?: unknown;
}

async function cardOf(outgoing = makeOutgoing()): Promise<Card> {
  const message = JSON.parse(new TextDecoder().decode(await bytesOf(outgoing))) as {
    type: string;
    attachments: { contentType: string; content: Card }[];
  };
  expect(message.type).toBe('message');
  const [attachment] = message.attachments;
  expect(attachment?.contentType).toBe('application/vnd.microsoft.card.adaptive');
  if (attachment === undefined) throw new Error('there is no card');
  return attachment.content;
}

test('the card has the answer, the figures and the steps, and opens the report', async () => {
  const { body, actions } = await cardOf();
  expect(body.map(({ inlines }) => inlines.map(({ text }) => text).join(''))).toEqual([
    'Rent check Q3 2026: delete 2 of 4 self-hosted models',
    'Delete 2 of 4 self-hosted models and save $41,200 a quarter (96% sure).',
    'Effective: $0.84 per Mtok',
    'Utilization: 31%',
    'Saving: $41,200',
    '• Delete chat: saves $30,000 a quarter',
    '• Delete embed: saves $11,200 a quarter',
  ]);
  expect(actions).toEqual([
    {
      type: 'Action.OpenUrl',
      title: 'Read the report',
      url: 'https://rent.example.com/reports/2026-Q3.1',
    },
  ]);
});

test('every word is in a field without Markdown', async () => {
  const { body } = await cardOf(hostileOutgoing());
  for (const { type, inlines } of body) {
    expect(type).toBe('RichTextBlock');
    for (const { type: inner } of inlines) expect(inner).toBe('TextRun');
  }
});

test('a card stays well below 28 KB, whatever the words', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.boolean(), async (length, wide) => {
      const outgoing = hostileOutgoing(length);
      const words = '你好\u{1f600}'.repeat(length * 40);
      const brief = { ...outgoing.brief, headline: words, steps: Array(30).fill(words) };
      const bytes = await bytesOf(wide ? { ...outgoing, brief } : outgoing);
      expect(bytes.length).toBeLessThan(20_000);
    }),
    { numRuns: 20 },
  );
});

test('its check contacts the server and never starts the flow', async () => {
  const server = await startWebhook(textReply(404, ''));
  expect(await channelAt(server.address).check()).toEqual({
    code: 'teams-answers',
    host: new URL(server.address).host,
  });
  await server.close();
  expect(server.paths).toEqual(['/']);
  expect(server.paths.join()).not.toContain(HOOK_KEY);
});

test('a gateway timeout leaves the outcome open', async () => {
  const server = await startWebhook(
    textReply(504, '{"error":{"message":"the flow took too long"}}'),
  );
  const channel = channelAt(server.address);
  const handed = await channel.send(await channel.prepare(makeOutgoing()), {
    recipient: 'room',
    beforeSend: () => Promise.resolve(),
  });
  await server.close();
  expect(handed).toMatchObject({ kind: 'ambiguous', reason: expect.stringContaining('504') });
});
