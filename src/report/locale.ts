/** How numbers, money, shares and dates are written for a reader; the words stay English. */

/** How numbers and dates are written. */
export interface Writing {
  /** A plain decimal, `-41200.5`: its digits marked as the place does. */
  readonly number: (plain: string) => string;
  readonly usd: (plain: string) => string;
  /** Of percents: `96` is `96%`. */
  readonly percent: (plain: string) => string;
  readonly date: (instantMs: number) => string;
  readonly dayOfMonth: (instantMs: number) => string;
  readonly monthOfYear: (instantMs: number) => string;
  /** The same for the axis of a chart, as d3-format takes it. */
  readonly axis: AxisLocale;
}

/** Who reads the text; the reader decides how long a sentence may be and how figures look. */
export interface Reader extends Writing {
  readonly role: 'leader' | 'owner' | 'finance' | 'terminal' | 'page';
}

export interface AxisLocale {
  readonly decimal: string;
  readonly thousands: string;
  readonly grouping: readonly number[];
  readonly currency: readonly [before: string, after: string];
  readonly percent: string;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function dayParts(instantMs: number) {
  const date = new Date(instantMs);
  return {
    day: String(date.getUTCDate()),
    month: MONTHS[date.getUTCMonth()] ?? '',
    year: String(date.getUTCFullYear()),
  };
}

/** Marks thousands before the point. */
function grouped(plain: string): string {
  const [whole = '', fraction] = plain.split('.');
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? marked : `${marked}.${fraction}`;
}

/** `$41,200` and `Jul 1, 2026`, which no reader takes for another amount or another day. */
export const PLAIN: Writing = {
  number: grouped,
  usd: (plain) => `$${grouped(plain)}`,
  percent: (plain) => `${grouped(plain)}%`,
  date: (instantMs) => {
    const { day, month, year } = dayParts(instantMs);
    return `${month} ${day}, ${year}`;
  },
  dayOfMonth: (instantMs) => {
    const { day, month } = dayParts(instantMs);
    return `${month} ${day}`;
  },
  monthOfYear: (instantMs) => {
    const { month, year } = dayParts(instantMs);
    return `${month} ${year}`;
  },
  axis: { decimal: '.', thousands: ',', grouping: [3], currency: ['$', ''], percent: '%' },
};

/** As the sentences of an audit are stored: days as `2026-07-01`, whoever reads them. */
export const STORED: Writing = {
  ...PLAIN,
  date: (instantMs) => new Date(instantMs).toISOString().slice(0, 'YYYY-MM-DD'.length),
};

/** The terminal's reader, whatever the locale of the reports. */
export const TERMINAL: Reader = { ...PLAIN, role: 'terminal' };

/** The reader of pages without a locale. */
export const PAGE: Reader = { ...PLAIN, role: 'page' };

/**
 * A reader of reports. `locale` is a BCP 47 tag, `de-DE`; without one, numbers and dates are
 * written as `$41,200` and `Jul 1, 2026`.
 * @throws {RangeError} for an invalid tag.
 */
export function toReader(role: Reader['role'], locale: string | undefined): Reader {
  return { ...(locale === undefined ? PLAIN : writingOf(locale)), role };
}

/** By a BCP 47 tag, `de-DE`; one that is none throws a RangeError. */
function writingOf(locale: string): Writing {
  // Words are English, so digits are those of English too, wherever the place has its own.
  const tag = new Intl.Locale(locale, { numberingSystem: 'latn' }).toString();
  const numbers = (options: Intl.NumberFormatOptions) => (plain: string, shift: string) => {
    const places = plain.split('.')[1]?.length ?? 0;
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    const format = new Intl.NumberFormat(tag, { ...options, ...digits });
    // As text, for a number of so many digits is no double; the exponent moves its point.
    return spaced(format.format(`${plain}${shift}` as Intl.StringNumericLiteral));
  };
  const number = numbers({ useGrouping: 'always' });
  const usd = numbers({ style: 'currency', currency: 'USD', useGrouping: 'always' });
  const percent = numbers({ style: 'percent' });
  const day = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return {
    number: (plain) => number(plain, ''),
    usd: (plain) => usd(plain, ''),
    percent: (plain) => percent(plain, 'e-2'),
    date: days(tag, { ...day, year: 'numeric' }),
    dayOfMonth: days(tag, day),
    monthOfYear: days(tag, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    axis: axisOf(tag),
  };
}

/** Read off one number, one amount and one share. */
function axisOf(tag: string): AxisLocale {
  const number = new Intl.NumberFormat(tag, { useGrouping: 'always' }).formatToParts(1234567.5);
  const part = (wanted: string) => number.find(({ type }) => type === wanted)?.value ?? '';
  const whole = number.filter(({ type }) => type === 'integer').map(({ value }) => value.length);
  const usd = new Intl.NumberFormat(tag, { style: 'currency', currency: 'USD' }).format(1);
  const share = new Intl.NumberFormat(tag, { style: 'percent' }).format(0.01);
  const [before = '', after = ''] = usd.split(/1\D00/);
  return {
    decimal: part('decimal'),
    thousands: spaced(part('group')),
    grouping: whole.slice(1).toReversed(),
    currency: [spaced(before), spaced(after)],
    percent: spaced(share.split('1')[1] ?? '%'),
  };
}

/** In the order of the place, the month by its English name; ISO where months are numbers. */
function days(tag: string, options: Intl.DateTimeFormatOptions) {
  const format = new Intl.DateTimeFormat(tag, { ...options, calendar: 'gregory' });
  return (instantMs: number) => {
    const parts = format.formatToParts(instantMs);
    const month = parts.find(({ type }) => type === 'month')?.value ?? '';
    if (!/^\p{L}/u.test(month)) return isoText(instantMs, options);
    const name = dayParts(instantMs).month;
    const texts = parts.map(({ type, value }) => (type === 'month' ? name : value));
    return spaced(texts.join('')).replace(/\u00a0/g, ' ');
  };
}

function isoText(instantMs: number, { year, day }: Intl.DateTimeFormatOptions): string {
  const iso = new Date(instantMs).toISOString();
  return iso.slice(year === undefined ? 5 : 0, day === undefined ? 7 : 10);
}

/** One kind of unbreakable blank, for mail clients draw the narrow one as a box. */
function spaced(text: string): string {
  return text.replace(/[\u2009\u202f]/g, '\u00a0').replace(/[\u200e\u200f\u061c]/g, '');
}
