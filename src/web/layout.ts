/** The frame of every page: the document head, the navigation and the sign-out button. */

import { assetPath } from './assets.ts';
import type { Visitor } from './door/doors.ts';
import { html, type Markup } from './html.ts';

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
