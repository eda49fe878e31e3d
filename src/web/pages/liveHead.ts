/** Knows how a page keeps itself fresh: by a script, and without one by asking again. */

import { assetPath } from '../assets.ts';
import { html, type Markup } from '../html.ts';

const WITHOUT_SCRIPT_SECONDS = 5;

/** For the head of a page whose `#live` part changes until it says `data-over`. */
export function liveHead(): Markup {
  return html`<script src="${assetPath('live.js')}" defer></script>
<noscript><meta http-equiv="refresh" content="${WITHOUT_SCRIPT_SECONDS}"></noscript>`;
}
