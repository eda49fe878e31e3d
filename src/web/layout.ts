/** The frame of every page: the document head, the navigation and the sign-out button. */

import { assetPath } from './assets.ts';
import type { Visitor } from './auth/access.ts';
import { html, type Markup } from './html.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RejectFilter } from '../ledger/reads/rejects.ts';

export interface PageContent {
  readonly title: string;
  readonly body: Markup;
  /** Additional elements of the document head. */
  readonly head?: Markup;
  /** Absent before sign-in; the page then has no navigation. */
  readonly visitor?: Visitor | undefined;
  /** Path of the navigation entry that the page belongs to. */
  readonly section?: (typeof PARTS)[number]['path'];
}

const PARTS = [
  { path: '/', name: 'Verdict' },
  { path: '/reports', name: 'Reports' },
  { path: '/sources', name: 'Sources' },
  { path: '/due', name: 'Due' },
  { path: '/jobs', name: 'Jobs' },
  { path: '/rerun', name: 'Run again' },
] as const;

/** The complete HTML document. */
export function renderPage({ title, body, head, visitor, section }: PageContent): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · rentcheck</title>
<link rel="icon" type="image/svg+xml" href="${assetPath('icon.svg')}">
<link rel="stylesheet" href="${assetPath('letters.css')}">
<link rel="stylesheet" href="${assetPath('style.css')}">
${head}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<div class="wide">
<span class="name">rentcheck</span>
${visitor !== undefined && navigation(section)}
${visitor !== undefined && account(visitor)}
</div>
</header>
<main id="main" class="wide">
${body}
</main>
</body>
</html>
`.text;
}

function navigation(part: PageContent['section']): Markup {
  const links = PARTS.map(({ path, name }) =>
    path === part
      ? html`<a href="${path}" aria-current="page">${name}</a>`
      : html`<a href="${path}">${name}</a>`,
  );
  return html`<nav aria-label="Pages of rentcheck">${links}</nav>`;
}

function account({ by, name }: Visitor): Markup | undefined {
  if (name !== undefined) return html`<span class="who">${name}</span>`;
  if (by !== 'session') return undefined;
  return html`<form class="who" method="post" action="/sign-out">
<button class="quiet">Sign out</button></form>`;
}

export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Omit<PageContent, 'visitor'>,
) {
  return reply
    .type('text/html; charset=utf-8')
    .send(renderPage({ ...content, visitor: request.visitor }));
}

const WITHOUT_SCRIPT_SECONDS = 5;

/** Keeps the element `#live` up to date until it has the attribute `data-over`. */
export function liveUpdateHead(): Markup {
  return html`<script src="${assetPath('live.js')}" defer></script>
<noscript><meta http-equiv="refresh" content="${WITHOUT_SCRIPT_SECONDS}"></noscript>`;
}

/** Shows values in charts. Without the script, marks have titles and the data is in a table. */
export function chartHead(): Markup {
  return html`<script src="${assetPath('charts.js')}" defer></script>`;
}

/** `/jobs/pull/prom/2026-11-23T0905Z`: everything except slashes is escaped. */
export function jobPath(id: string): string {
  return `/jobs/${id.split('/').map(encodeURIComponent).join('/')}`;
}

/** `/deployments/chat-70b`, or the page of the deployment in an edition. */
export function deploymentPath(id: string, edition?: string): string {
  const own = `/deployments/${encodeURIComponent(id)}`;
  return edition === undefined ? own : `/reports/${encodeURIComponent(edition)}${own}`;
}

/** `/rejects?source=prom`. */
export function rejectsPath(choice: RejectFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '/rejects' : `/rejects?${query.toString()}`;
}
