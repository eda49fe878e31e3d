/** Serves Bull Board at `/board`, behind the same authentication and with local fonts. */

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { assetPath } from './assets.ts';
import { BOARD_HEADERS } from './securityHeaders.ts';
import { sendError } from './errorPages.ts';
import type { WebServices } from './site.ts';

const PATH = '/board';

/** The only external resource of its page is a font, which a local one replaces. */
const EXTERNAL_FONTS = /<link href="https:\/\/fonts\.googleapis\.com\/[^>]*>/g;

export async function registerJobBoard(app: FastifyInstance, site: WebServices): Promise<void> {
  const { queue, boardChanges } = site;
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue.bullQueue, { readOnlyMode: !boardChanges })],
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
        // In read-only mode its page has no buttons, but a program can still send a request.
        const isRead = request.method === 'GET' || request.method === 'HEAD';
        return boardChanges || isRead ? undefined : sendError(request, reply, READ_ONLY);
      });
      inner.addHook('onSend', async (_, __, payload) =>
        typeof payload === 'string' ? payload.replace(EXTERNAL_FONTS, localFonts()) : payload,
      );
      await inner.register(serverAdapter.registerPlugin());
    },
    { prefix: PATH },
  );
}

const READ_ONLY = {
  status: 405,
  title: 'Read only',
  what: 'This job board is read only. Set web.board to full in rentcheck.yaml to change the queue.',
};

function localFonts(): string {
  return `<link rel="stylesheet" href="${assetPath('board.css')}">`;
}
