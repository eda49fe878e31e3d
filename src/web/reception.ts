/** Authenticates each request, and serves sign-in and sign-out. */

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
    /** The authenticated visitor; absent on routes that need no authentication. */
    visitor?: Visitor;
  }
  interface FastifyContextConfig {
    /** True for routes that need no authentication. */
    isOpen?: boolean;
  }
}

/** CSRF tokens and signed URLs, for the pages that need them. */
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
    const visitor = guard.admit({ client, method, headers, peer: socket.remoteAddress ?? '' });
    if ('status' in visitor) return reject(request, reply, visitor);
    request.visitor = visitor;
    return undefined;
  });
  signInRoutes(app, guard, { secure: doors.secureCookies, nowMs: () => clock.nowMs() });
  return { forms: createForms({ secure: doors.secureCookies }), passes: createPasses() };
}

const TITLES = {
  401: 'Sign in',
  403: 'Forbidden',
  421: 'Unknown host name',
  429: 'Too many invalid tokens',
} as const;

function reject(request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  const { status, reason, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="rentcheck"');
  const canSignIn = status === 401 && request.method === 'GET' && wantsPage(request);
  if (!canSignIn) return refuse(request, reply, { status, title: TITLES[status], what: reason });
  if (request.headers['sec-fetch-site'] === 'cross-site') return reload(request, reply);
  return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
}

/**
 * A link in a mail is a cross-site request, for which the browser withholds the `SameSite=Strict`
 * cookie. A page that loads the same URL again makes it a same-site request.
 */
function reload(request: FastifyRequest, reply: FastifyReply) {
  const url = ownPath(request.url);
  const body = html`<h1>One moment</h1>
<p><a href="${url}">Go on to rentcheck</a></p>`;
  const head = html`<meta http-equiv="refresh" content="0; url=${url}">`;
  return reply.type(HTML).send(page({ title: 'One moment', head, body }));
}

const HTML = 'text/html; charset=utf-8';

interface SignInOptions {
  readonly secure: boolean;
  readonly nowMs: () => number;
}

function signInRoutes(app: FastifyInstance, guard: Guard, { secure, nowMs }: SignInOptions): void {
  const open = { config: { isOpen: true } };
  app.get<{ Querystring: { next?: string } }>('/sign-in', open, async ({ query }, reply) =>
    reply.type(HTML).send(signInPage({ next: ownPath(query.next) })),
  );
  app.post('/sign-in', open, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const next = ownPath(form.get('next'));
    const result = guard.tryToken(form.get('token') ?? '', request.ip);
    if (result !== 'right' || guard.sessions === undefined) {
      const problem = result === 'right' ? 'These pages need no token.' : refusalText(result);
      const status = result === 'right' ? 404 : result.status;
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

function refusalText({ reason, retryAfterSeconds }: Refusal): string {
  if (retryAfterSeconds === undefined) return `${reason} Use the value that web.token points to.`;
  return `${reason} Try again in ${retryAfterSeconds} seconds.`;
}

/** The path if it is on this server, otherwise `/`: protects against open redirects. */
function ownPath(next: string | null | undefined): string {
  return /^\/(?![/\\])[^\r\n\t]*$/.test(next ?? '') ? String(next) : '/';
}
