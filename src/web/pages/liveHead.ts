/** Scripts in the head of a page: one keeps it up to date, one shows the figures of charts. */

import { assetPath } from '../assets.ts';
import { html, type Markup } from '../html.ts';

const WITHOUT_SCRIPT_SECONDS = 5;

/** For the head of a page whose `#live` part changes until it says `data-over`. */
export function liveHead(): Markup {
  return html`<script src="${assetPath('live.js')}" defer></script>
<noscript><meta http-equiv="refresh" content="${WITHOUT_SCRIPT_SECONDS}"></noscript>`;
}

/** For a page with charts; without the script a mark has its title, and the data is in a table. */
export function chartHead(): Markup {
  return html`<script src="${assetPath('charts.js')}" defer></script>`;
}
