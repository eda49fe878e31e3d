/** Messages for tests of channels: an ordinary one, and a hostile one. */

import type { OutgoingMessage } from '../../src/delivery/channel.ts';

export function makeOutgoing(change: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    letter: {
      subject: 'Rent check Q3 2026: delete 2 of 4 self-hosted models',
      text: 'Delete chat and embed.\n',
      html: '<p>Delete chat and embed. <img src="cid:weekly-price" alt="1 to 2"></p>',
      pictures: [{ cid: 'weekly-price', file: 'charts/weekly-price.png' }],
      attachments: ['deployments.csv'],
    },
    brief: {
      title: 'Rent check Q3 2026',
      headline: 'Delete 2 of 4 self-hosted models and save $41,200 a quarter (96% sure).',
      figures: [
        { label: 'Effective', value: '$0.84 per Mtok' },
        { label: 'Utilization', value: '31%' },
        { label: 'Saving', value: '$41,200' },
      ],
      steps: ['Delete chat: saves $30,000 a quarter', 'Delete embed: saves $11,200 a quarter'],
    },
    files: [
      { name: 'charts/weekly-price.png', contentType: 'image/png', bytes: new Uint8Array([1, 2]) },
      {
        name: 'deployments.csv',
        contentType: 'text/csv',
        bytes: new TextEncoder().encode('deployment\nchat\n'),
      },
    ],
    from: 'audit@example.com',
    recipient: 'cfo@example.com',
    messageId: '<0123456789abcdef@example.com>',
    dateMs: Date.UTC(2026, 9, 7, 5),
    link: 'https://rent.example.com/reports/2026-Q3.1',
    ...change,
  };
}

/** Characters that a foreign name may contain. */
export const HOSTILE =
  '<!channel> <@U123> &amp; <https://evil.example|click> [x](https://evil.example) **b** ' +
  '{{DATE(2026-01-01T00:00:00Z)}}\r\nBcc: all@example.com\u0000\u202e';

/** Hostile in every text that is shown. */
export function hostileOutgoing(length = 1): OutgoingMessage {
  const words = HOSTILE.repeat(length);
  const { letter, brief } = makeOutgoing();
  return makeOutgoing({
    letter: { ...letter, subject: words, text: words },
    brief: {
      ...brief,
      title: words,
      headline: words,
      figures: Array.from({ length: 30 }, () => ({ label: words, value: words })),
      steps: Array.from({ length: 30 }, () => words),
    },
  });
}
