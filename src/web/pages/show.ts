/** Sends a rendered page to a signed-in visitor. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Page, page } from '../layout.ts';

export function show(request: FastifyRequest, reply: FastifyReply, content: Omit<Page, 'visitor'>) {
  return reply
    .type('text/html; charset=utf-8')
    .send(page({ ...content, visitor: request.visitor }));
}
