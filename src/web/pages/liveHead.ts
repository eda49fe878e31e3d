/** Script elements for the head of a page: live updates and chart tooltips. */

import { assetPath } from '../assets.ts';
import { html, type Markup } from '../html.ts';

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
