/** Authenticates each request, and serves sign-in and sign-out. */

import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessSettings, AuthRefusal, Visitor } from './access.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import {
  createCsrfTokens,
  createSignedUrls,
  type CsrfTokens,
  SESSION_COOKIE,
  SESSION_SECONDS,
  type SignedUrls,
} from './signedTokens.ts';
import { html } from '../html.ts';
import { renderPage } from '../layout.ts';
import { PAGE_HEADERS } from '../securityHeaders.ts';
import { sendError, wantsPage } from '../errorPages.ts';
import type { WebServices } from '../site.ts';

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
export interface PageTokens {
  readonly csrf: CsrfTokens;
  readonly signedUrls: SignedUrls;
}

export async function registerAuth(
  app: FastifyInstance,
  { access, clock }: WebServices,
): Promise<PageTokens> {
  // Before the hook below, which reads the cookies.
  await app.register(fastifyCookie, { parseOptions: cookieOptions(access) });
  const guard = createAuthenticator(access, clock);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    if (request.routeOptions.config.isOpen === true) return undefined;
    const { ip: client, method, headers, cookies, socket } = request;
    const visitor = guard.authenticate({
      client,
      method,
      headers,
      cookies,
      peer: socket.remoteAddress ?? '',
    });
    if ('status' in visitor) return reject(request, reply, visitor);
    request.visitor = visitor;
    return undefined;
  });
  signInRoutes(app, guard, () => clock.nowMs());
  return { csrf: createCsrfTokens(), signedUrls: createSignedUrls() };
}

/** Scripts cannot read the cookies, and browsers do not send them with cross-site requests. */
function cookieOptions({ secureCookies }: AccessSettings) {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: secureCookies } as const;
}

const TITLES = {
  401: 'Sign in',
  403: 'Forbidden',
  421: 'Unknown host name',
  429: 'Too many invalid tokens',
} as const;

function reject(request: FastifyRequest, reply: FastifyReply, refusal: AuthRefusal) {
  const { status, reason, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="rentcheck"');
  const canSignIn = status === 401 && request.method === 'GET' && wantsPage(request);
  if (!canSignIn) return sendError(request, reply, { status, title: TITLES[status], what: reason });
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
  return reply.type(HTML).send(renderPage({ title: 'One moment', head, body }));
}

const HTML = 'text/html; charset=utf-8';

function signInRoutes(app: FastifyInstance, guard: Authenticator, nowMs: () => number): void {
  const open = { config: { isOpen: true } };
  app.get<{ Querystring: { next?: string } }>('/sign-in', open, async ({ query }, reply) =>
    reply.type(HTML).send(renderSignInPage({ next: ownPath(query.next) })),
  );
  app.post('/sign-in', open, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const next = ownPath(form.get('next'));
    const result = guard.checkToken(form.get('token') ?? '', request.ip);
    if (result !== 'right' || guard.sessions === undefined) {
      const problem = result === 'right' ? 'These pages need no token.' : refusalText(result);
      const status = result === 'right' ? 404 : result.status;
      return reply.code(status).type(HTML).send(renderSignInPage({ next, problem }));
    }
    const session = guard.sessions.begin(nowMs());
    return reply
      .setCookie(SESSION_COOKIE, session, { maxAge: SESSION_SECONDS })
      .redirect(next, 303);
  });
  app.post('/sign-out', async (request, reply) => {
    guard.sessions?.end(request.cookies[SESSION_COOKIE], nowMs());
    return reply.clearCookie(SESSION_COOKIE).redirect('/sign-in', 303);
  });
}

function refusalText({ reason, retryAfterSeconds }: AuthRefusal): string {
  if (retryAfterSeconds === undefined) return `${reason} Use the value that web.token points to.`;
  return `${reason} Try again in ${retryAfterSeconds} seconds.`;
}

/** The path if it is on this server, otherwise `/`: protects against open redirects. */
function ownPath(next: string | null | undefined): string {
  return /^\/(?![/\\])[^\r\n\t]*$/.test(next ?? '') ? String(next) : '/';
}

export interface SignInView {
  /** The path to redirect to after sign-in. */
  readonly next: string;
  readonly problem?: string;
}

function renderSignInPage({ next, problem }: SignInView): string {
  const error = problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`;
  const body = html`<h1>Sign in</h1>
${error}
<form method="post" action="/sign-in" class="card narrow">
<input type="hidden" name="next" value="${next}">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="current-password">
<p class="hint">The value that <code>web.token</code> in rentcheck.yaml points to.</p>
<button>Sign in</button>
</form>`;
  return renderPage({ title: 'Sign in', body });
}
