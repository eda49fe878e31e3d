/** Serves Bull Board at /board: behind the same sign-in, with our own fonts. */

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { assetPath } from './assets.ts';
import { BOARD_HEADERS } from './policy.ts';
import { refuse } from './refusals.ts';
import type { Site } from './site.ts';

const PATH = '/board';

/** The one thing that its page asks of another server: letters. Ours stand in for them. */
const FOREIGN_LETTERS = /<link href="https:\/\/fonts\.googleapis\.com\/[^>]*>/g;

export async function jobBoard(app: FastifyInstance, site: Site): Promise<void> {
  const { board, boardChanges } = site;
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: [new BullMQAdapter(board.board, { readOnlyMode: !boardChanges })],
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
      inner.addHook('onRequest', async (request, reply) => {
        reply.headers(BOARD_HEADERS);
        // Its page offers no change then; whoever asks for one all the same is told why not.
        const isLook = request.method === 'GET' || request.method === 'HEAD';
        return boardChanges || isLook ? undefined : refuse(request, reply, ONLY_SHOWN);
      });
      inner.addHook('onSend', async (_, __, payload) =>
        typeof payload === 'string' ? payload.replace(FOREIGN_LETTERS, ownLetters()) : payload,
      );
      await inner.register(serverAdapter.registerPlugin());
    },
    { prefix: PATH },
  );
}

const ONLY_SHOWN = {
  status: 405,
  title: 'Read only',
  what: 'This job board is read only. Set web.board to full in rentcheck.yaml to change the queue.',
};

function ownLetters(): string {
  return `<link rel="stylesheet" href="${assetPath('board.css')}">`;
}
