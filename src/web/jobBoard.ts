/** Knows how Bull Board is shown: under /board, behind our doors, with letters of our own. */

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { assetPath } from './assets.ts';
import { BOARD_HEADERS } from './policy.ts';
import type { Site } from './site.ts';

const PATH = '/board';

/** The one thing that its page asks of another server: letters. Ours stand in for them. */
const FOREIGN_LETTERS = /<link href="https:\/\/fonts\.googleapis\.com\/[^>]*>/g;

export async function jobBoard(app: FastifyInstance, { board }: Site): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: [new BullMQAdapter(board.board)],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'rentcheck jobs',
        miscLinks: [{ text: 'Back to rentcheck', url: '/jobs' }],
        hideDocsLink: true,
        hideRedisDetails: true,
      },
    },
  });
  await app.register(
    async (inner) => {
      inner.addHook('onRequest', async (_, reply) => {
        reply.headers(BOARD_HEADERS);
      });
      inner.addHook('onSend', async (_, __, payload) =>
        typeof payload === 'string' ? payload.replace(FOREIGN_LETTERS, ownLetters()) : payload,
      );
      await inner.register(serverAdapter.registerPlugin());
    },
    { prefix: PATH },
  );
}

function ownLetters(): string {
  return `<link rel="stylesheet" href="${assetPath('board.css')}">`;
}
