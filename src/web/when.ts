/** Renders an instant on a page: the time in UTC, and the time since or until then. */

import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from '../domain/period.ts';
import { momentText } from '../report/format.ts';
import { html, type Markup } from './html.ts';
import type { Reader } from '../report/locale.ts';

/** `Oct 7, 2026 05:00 UTC, 3 hours ago`. */
export function renderInstantWithAge(instantMs: number, nowMs: number, reader: Reader): Markup {
  const instant = renderInstant(instantMs, reader);
  return html`${instant} <span class="ago">${ago(instantMs, nowMs)}</span>`;
}

/** `Oct 7, 2026 05:00 UTC`, in a `time` element. */
export function renderInstant(instantMs: number, reader: Reader): Markup {
  return html`<time datetime="${instantText(instantMs)}">${momentText(instantMs, reader)}</time>`;
}

function ago(instantMs: number, nowMs: number): string {
  const length = span(Math.abs(nowMs - instantMs));
  if (length === undefined) return 'just now';
  return instantMs <= nowMs ? `${length} ago` : `in ${length}`;
}

/**
 * The length in its largest whole unit, rounded down: 119 minutes are `1 hour`, 47 hours are
 * `47 hours`. Returns `undefined` below one minute.
 */
function span(lengthMs: number): string | undefined {
  const unit = UNITS.find(({ fromMs }) => lengthMs >= fromMs);
  if (unit === undefined) return undefined;
  const count = Math.floor(lengthMs / unit.ms);
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  { fromMs: 2 * DAY_MS, ms: DAY_MS, name: 'day' },
  { fromMs: HOUR_MS, ms: HOUR_MS, name: 'hour' },
  { fromMs: MINUTE_MS, ms: MINUTE_MS, name: 'minute' },
] as const;
