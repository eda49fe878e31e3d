/** Routes that run a job again: the form for people, and JSON for programs. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { Desk } from '../reception.ts';
import { refuse } from '../refusals.ts';
import type { Site } from '../site.ts';
import { jobPath } from '../paths.ts';
import { orderFrom, type Wish, wishFrom } from './rerunOrder.ts';
import { rerunBody } from './rerunBody.ts';
import { show } from './show.ts';

export function rerunPages(app: FastifyInstance, site: Site, { forms }: Desk): void {
  const { board } = site;
  const form = (
    request: FastifyRequest,
    reply: FastifyReply,
    fields: Wish & { problem?: string },
  ) => {
    const { token, cookie } = forms.open(request.headers.cookie);
    if (cookie !== undefined) reply.header('set-cookie', cookie);
    const body = rerunBody({ ...fields, token });
    return show(request, reply, { title: 'Run again', part: '/rerun', body });
  };
  app.get<{ Querystring: Record<string, string> }>('/rerun', async (request, reply) => {
    const query = new URLSearchParams(request.query);
    const quarter = query.get('quarter') ?? site.lastQuarter();
    return form(request, reply, { ...wishFrom(query), quarter });
  });
  app.post('/rerun', async (request, reply) => {
    const { body } = request;
    if (!(body instanceof URLSearchParams)) return enqueueJson(site, request, reply);
    const fields = wishFrom(body);
    if (!forms.isOurs(request.headers.cookie, body.get('form'))) {
      reply.code(403);
      return form(request, reply, { ...fields, problem: STALE });
    }
    try {
      const { id } = await board.enqueue(orderFrom(fields));
      return await reply.redirect(jobPath(id), 303);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'usage') throw error;
      reply.code(422);
      return form(request, reply, { ...fields, problem: error.message });
    }
  });
}

const STALE = 'This form has expired, or came from another site. Send it again.';

/** Enqueues `{job, payload}` from a program. Replies 202 with the ID and path of the job. */
async function enqueueJson({ board }: Site, request: FastifyRequest, reply: FastifyReply) {
  const { body } = request;
  const isRequest = typeof body === 'object' && body !== null && 'job' in body && 'payload' in body;
  if (!isRequest || typeof body.job !== 'string') {
    const what =
      'Invalid request: expected JSON like {"job": "audit", "payload": {"quarter": "2026-Q3"}}.';
    return refuse(request, reply, { status: 422, title: 'Invalid request', what });
  }
  try {
    const { id } = await board.enqueue({ name: body.job, payload: body.payload });
    return await reply.code(202).send({ id, at: jobPath(id) });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'usage') throw error;
    const what = error.message;
    return refuse(request, reply, { status: 422, title: 'Invalid request', what });
  }
}
