/** What all pages share: the head, the navigation, and the current section. */

import { assetPath } from './assets.ts';
import type { Visitor } from './door/doors.ts';
import { html, type Markup } from './html.ts';

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** More of the document's head. */
  readonly head?: Markup;
  /** Absent where nobody has signed in: there is no navigation then. */
  readonly visitor?: Visitor | undefined;
  /** Address of the navigation entry that the page belongs to. */
  readonly part?: (typeof PARTS)[number]['path'];
}

const PARTS = [
  { path: '/', name: 'Answer' },
  { path: '/reports', name: 'Reports' },
  { path: '/sources', name: 'Sources' },
  { path: '/due', name: 'Due' },
  { path: '/jobs', name: 'Jobs' },
  { path: '/rerun', name: 'Run again' },
] as const;

/** The whole document. */
export function page({ title, body, head, visitor, part }: Page): string {
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
${visitor !== undefined && around(part)}
${visitor !== undefined && whoIsIn(visitor)}
</div>
</header>
<main id="main" class="wide">
${body}
</main>
</body>
</html>
`.text;
}

function around(part: Page['part']): Markup {
  const links = PARTS.map(({ path, name }) =>
    path === part
      ? html`<a href="${path}" aria-current="page">${name}</a>`
      : html`<a href="${path}">${name}</a>`,
  );
  return html`<nav aria-label="Pages of rentcheck">${links}</nav>`;
}

function whoIsIn({ by, name }: Visitor): Markup | undefined {
  if (name !== undefined) return html`<span class="who">${name}</span>`;
  if (by !== 'session') return undefined;
  return html`<form class="who" method="post" action="/sign-out">
<button class="quiet">Sign out</button></form>`;
}
