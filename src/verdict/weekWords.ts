/** How the free hours of a week are said: `Mon–Fri 00:00–07:00, Sat–Sun all day`. */

import { HOURS_IN_DAY, type WeekOff } from '../economics/option/weekOff.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** A week that takes more to tell is no timetable. */
const MOST_PARTS = 4;

/** By the clock of its time zone; empty where the hours are too scattered to be one timetable. */
export function weekText({ hours: off }: Pick<WeekOff, 'hours'>): string {
  const parts: { from: string; to: string; hours: string }[] = [];
  for (const [at, day] of DAYS.entries()) {
    const hours = dayText(off.slice(at * HOURS_IN_DAY, (at + 1) * HOURS_IN_DAY));
    const last = parts.at(-1);
    if (last?.hours === hours) last.to = day;
    else parts.push({ from: day, to: day, hours });
  }
  const told = parts.filter(({ hours }) => hours !== '');
  if (told.length > MOST_PARTS) return '';
  return told.map(({ from, to, hours }) => `${span(from, to)} ${hours}`).join(', ');
}

function span(from: string, to: string): string {
  return from === to ? from : `${from}\u2013${to}`;
}

/** `00:00–07:00 and 18:00–24:00`; empty where none is off. */
function dayText(off: readonly boolean[]): string {
  if (off.every(Boolean)) return 'all day';
  const starts = [...off.keys()].filter((hour) => off[hour] === true && off[hour - 1] !== true);
  return starts
    .map((start) => {
      const end = off.indexOf(false, start);
      return `${clock(start)}\u2013${clock(end < 0 ? HOURS_IN_DAY : end)}`;
    })
    .join(' and ');
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
