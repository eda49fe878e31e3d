/** Sends a rendered page to a signed-in visitor. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PageContent, renderPage } from '../layout.ts';

export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Omit<PageContent, 'visitor'>,
) {
  return reply
    .type('text/html; charset=utf-8')
    .send(renderPage({ ...content, visitor: request.visitor }));
}
