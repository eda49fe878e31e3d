/** Error pages. Visitors see a plain sentence; the details are only in the log. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../domain/failure.ts';
import { asSentence } from '../report/displayText.ts';
import { html } from './html.ts';
import { renderPage } from './layout.ts';
import { PAGE_HEADERS } from './securityHeaders.ts';
import type { WebServices } from './site.ts';

export interface ErrorPage {
  readonly status: number;
  readonly title: string;
  readonly what: string;
}

/** Sends an error as a page to a browser, or as JSON to a program. */
export function sendError(request: FastifyRequest, reply: FastifyReply, trouble: ErrorPage) {
  const { status, title, what } = trouble;
  reply.code(status).headers(PAGE_HEADERS);
  if (!wantsPage(request)) return reply.send({ error: what });
  const body = html`<h1>${title}</h1>
<p>${what}</p>
<p><a href="/">Back to the newest verdict</a></p>`;
  return reply.type('text/html; charset=utf-8').send(renderPage({ title, body }));
}

/** Whether the client is a browser, which accepts `text/html`, and not a program. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

export function registerErrorPages(app: FastifyInstance, { log }: Pick<WebServices, 'log'>): void {
  app.setNotFoundHandler((request, reply) =>
    sendError(request, reply, {
      status: 404,
      title: 'Not found',
      what: 'This address does not exist.',
    }),
  );
  app.setErrorHandler((error: FastifyError | Failure, request, reply) => {
    if (error instanceof Failure) {
      log.warn('a page failed', { path: request.routeOptions.url, problem: error.message });
      const what = [error.message, error.hint].map(asSentence).join(' ');
      return sendError(request, reply, { status: 503, title: 'Temporarily unavailable', what });
    }
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status < 500) {
      return sendError(request, reply, { status, title: 'Invalid request', what: error.message });
    }
    log.error('a page failed with an internal error', {
      path: request.routeOptions.url,
      stack: error.stack,
    });
    const what = 'An internal error occurred. The log of the worker has the details.';
    return sendError(request, reply, { status: 500, title: 'Internal error', what });
  });
}
