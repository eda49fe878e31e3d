/** Checks each request, and sends unknown visitors to the sign-in page. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieHeader, cookieIn } from './door/cookies.ts';
import type { Refusal, Visitor } from './door/doors.ts';
import { createForms, type Forms } from './door/forms.ts';
import { createGuard, type Guard } from './door/guard.ts';
import { createPasses, type Passes } from './door/passes.ts';
import { SESSION_SECONDS } from './door/sessions.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { signInPage } from './pages/signInPage.ts';
import { PAGE_HEADERS } from './policy.ts';
import { refuse, wantsPage } from './refusals.ts';
import type { Site } from './site.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; absent only where everybody may. */
    visitor?: Visitor;
  }
  interface FastifyContextConfig {
    /** Whoever asks is answered: there is nothing private at this address. */
    isOpen?: boolean;
  }
}

/** What pages need of the way in. */
export interface Desk {
  readonly forms: Forms;
  readonly passes: Passes;
}

export function reception(app: FastifyInstance, { doors, clock }: Site): Desk {
  const guard = createGuard(doors, clock);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    if (request.routeOptions.config.isOpen === true) return undefined;
    const { ip: client, method, headers, socket } = request;
    const admitted = guard.admit({ client, method, headers, peer: socket.remoteAddress ?? '' });
    if ('status' in admitted) return turnAway(request, reply, admitted);
    request.visitor = admitted;
    return undefined;
  });
  signing(app, guard, { secure: doors.secureCookies, nowMs: () => clock.nowMs() });
  return { forms: createForms({ secure: doors.secureCookies }), passes: createPasses() };
}

const TITLES = {
  401: 'Sign in',
  403: 'Forbidden',
  421: 'Unknown host name',
  429: 'Too many invalid tokens',
} as const;

function turnAway(request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  const { status, reason, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="rentcheck"');
  const toPage = status === 401 && request.method === 'GET' && wantsPage(request);
  if (!toPage) return refuse(request, reply, { status, title: TITLES[status], what: reason });
  if (request.headers['sec-fetch-site'] === 'cross-site') return comeAgain(request, reply);
  return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
}

/**
 * Who follows a link in a mail comes from another site, so that the browser keeps the cookie back.
 * Once more from our own page, and it does not.
 */
function comeAgain(request: FastifyRequest, reply: FastifyReply) {
  const url = ownPath(request.url);
  const body = html`<h1>One moment</h1>
<p><a href="${url}">Go on to rentcheck</a></p>`;
  const head = html`<meta http-equiv="refresh" content="0; url=${url}">`;
  return reply.type(HTML).send(page({ title: 'One moment', head, body }));
}

const HTML = 'text/html; charset=utf-8';

interface Signing {
  readonly secure: boolean;
  readonly nowMs: () => number;
}

function signing(app: FastifyInstance, guard: Guard, { secure, nowMs }: Signing): void {
  const open = { config: { isOpen: true } };
  app.get<{ Querystring: { next?: string } }>('/sign-in', open, async ({ query }, reply) =>
    reply.type(HTML).send(signInPage({ next: ownPath(query.next) })),
  );
  app.post('/sign-in', open, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const next = ownPath(form.get('next'));
    const tried = guard.tryToken(form.get('token') ?? '', request.ip);
    if (tried !== 'right' || guard.sessions === undefined) {
      const problem = tried === 'right' ? 'These pages need no token.' : saying(tried);
      const status = tried === 'right' ? 404 : tried.status;
      return reply.code(status).type(HTML).send(signInPage({ next, problem }));
    }
    const life = { maxAgeSeconds: SESSION_SECONDS, secure };
    const session = cookieHeader('rentcheck_session', guard.sessions.begin(nowMs()), life);
    return reply.header('set-cookie', session).redirect(next, 303);
  });
  app.post('/sign-out', async (request, reply) => {
    guard.sessions?.end(cookieIn(request.headers.cookie, 'rentcheck_session'), nowMs());
    const gone = cookieHeader('rentcheck_session', '', { maxAgeSeconds: 0, secure });
    return reply.header('set-cookie', gone).redirect('/sign-in', 303);
  });
}

function saying({ reason, retryAfterSeconds }: Refusal): string {
  if (retryAfterSeconds === undefined) return `${reason} Use the value that web.token points to.`;
  return `${reason} Try again in ${retryAfterSeconds} seconds.`;
}

/** A path of ours; anything that could lead elsewhere leads home. */
function ownPath(next: string | null | undefined): string {
  return /^\/(?![/\\])[^\r\n\t]*$/.test(next ?? '') ? String(next) : '/';
}
