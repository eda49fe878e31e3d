/** Routes that run a job again: the form for people, and JSON for programs. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { PageTokens } from '../reception.ts';
import { sendError } from '../refusals.ts';
import type { WebServices } from '../site.ts';
import { jobPath } from '../paths.ts';
import { toJobRequest, type RerunFields, parseRerunFields } from './rerunOrder.ts';
import { renderRerunPage } from './rerunBody.ts';
import { sendPage } from './show.ts';

export function registerRerunPages(
  app: FastifyInstance,
  site: WebServices,
  { csrf }: PageTokens,
): void {
  const { queue } = site;
  const form = (
    request: FastifyRequest,
    reply: FastifyReply,
    fields: RerunFields & { problem?: string },
  ) => {
    const { token, cookie } = csrf.issue(request.headers.cookie);
    if (cookie !== undefined) reply.header('set-cookie', cookie);
    const body = renderRerunPage({ ...fields, token });
    return sendPage(request, reply, { title: 'Run again', section: '/rerun', body });
  };
  app.get<{ Querystring: Record<string, string> }>('/rerun', async (request, reply) => {
    const query = new URLSearchParams(request.query);
    const quarter = query.get('quarter') ?? site.lastQuarter();
    return form(request, reply, { ...parseRerunFields(query), quarter });
  });
  app.post('/rerun', async (request, reply) => {
    const { body } = request;
    if (!(body instanceof URLSearchParams)) return enqueueJson(site, request, reply);
    const fields = parseRerunFields(body);
    if (!csrf.isValid(request.headers.cookie, body.get('form'))) {
      reply.code(403);
      return form(request, reply, { ...fields, problem: STALE });
    }
    try {
      const { id } = await queue.enqueue(toJobRequest(fields));
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
async function enqueueJson({ queue }: WebServices, request: FastifyRequest, reply: FastifyReply) {
  const { body } = request;
  const isRequest = typeof body === 'object' && body !== null && 'job' in body && 'payload' in body;
  if (!isRequest || typeof body.job !== 'string') {
    const what =
      'Invalid request: expected JSON like {"job": "audit", "payload": {"quarter": "2026-Q3"}}.';
    return sendError(request, reply, { status: 422, title: 'Invalid request', what });
  }
  try {
    const { id } = await queue.enqueue({ name: body.job, payload: body.payload });
    return await reply.code(202).send({ id, at: jobPath(id) });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'usage') throw error;
    const what = error.message;
    return sendError(request, reply, { status: 422, title: 'Invalid request', what });
  }
}
