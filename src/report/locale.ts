/** Formats digits, money, shares and days by locale. Words stay English. */

/** Number and date format. */
export interface LocaleFormat {
  /** Formats a plain decimal, such as `-41200.5`, with the locale's separators. */
  readonly number: (plain: string) => string;
  readonly usd: (plain: string) => string;
  /** Formats percents: `96` is `96%`. */
  readonly percent: (plain: string) => string;
  readonly date: (instantMs: number) => string;
  readonly dayOfMonth: (instantMs: number) => string;
  readonly monthOfYear: (instantMs: number) => string;
  /** The same for chart axes, in d3-format's form. */
  readonly axis: AxisLocale;
}

/** The reader of a text. The reader decides how long a sentence may be and how figures look. */
export interface Reader extends LocaleFormat {
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

/** Adds thousands separators before the decimal point. */
function grouped(plain: string): string {
  const [whole = '', fraction] = plain.split('.');
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? marked : `${marked}.${fraction}`;
}

/** Default format: `$41,200` and `Jul 1, 2026`, which are unambiguous in every locale. */
export const PLAIN_FORMAT: LocaleFormat = {
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

/** Format of an audit's stored sentences: days as `2026-07-01`. */
export const STORED_FORMAT: LocaleFormat = {
  ...PLAIN_FORMAT,
  date: (instantMs) => new Date(instantMs).toISOString().slice(0, 'YYYY-MM-DD'.length),
};

/** The terminal's reader. The locale of reports does not apply. */
export const TERMINAL_READER: Reader = { ...PLAIN_FORMAT, role: 'terminal' };

/** The reader of pages without a locale. */
export const PAGE_READER: Reader = { ...PLAIN_FORMAT, role: 'page' };

/**
 * A reader of reports. `locale` is a BCP 47 tag, `de-DE`; without one, numbers and dates are
 * written as `$41,200` and `Jul 1, 2026`.
 * @throws {RangeError} for an invalid tag.
 */
export function toReader(role: Reader['role'], locale: string | undefined): Reader {
  return { ...(locale === undefined ? PLAIN_FORMAT : localeFormat(locale)), role };
}

/**
 * Returns the format of a BCP 47 tag such as `de-DE`.
 *
 * @throws {RangeError} for an invalid tag.
 */
function localeFormat(locale: string): LocaleFormat {
  // Words are English, so digits are Latin even in locales with their own.
  const tag = new Intl.Locale(locale, { numberingSystem: 'latn' }).toString();
  const numbers = (options: Intl.NumberFormatOptions) => (plain: string, shift: string) => {
    const places = plain.split('.')[1]?.length ?? 0;
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    const format = new Intl.NumberFormat(tag, { ...options, ...digits });
    // Passed as text, because a double cannot hold that many digits. The exponent moves the point.
    return replaceNarrowSpaces(format.format(`${plain}${shift}` as Intl.StringNumericLiteral));
  };
  const number = numbers({ useGrouping: 'always' });
  const usd = numbers({ style: 'currency', currency: 'USD', useGrouping: 'always' });
  const percent = numbers({ style: 'percent' });
  const day = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return {
    number: (plain) => number(plain, ''),
    usd: (plain) => usd(plain, ''),
    percent: (plain) => percent(plain, 'e-2'),
    date: dateFormatter(tag, { ...day, year: 'numeric' }),
    dayOfMonth: dateFormatter(tag, day),
    monthOfYear: dateFormatter(tag, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    axis: localeAxis(tag),
  };
}

/** Derives the axis format from a sample number, amount and share. */
function localeAxis(tag: string): AxisLocale {
  const number = new Intl.NumberFormat(tag, { useGrouping: 'always' }).formatToParts(1234567.5);
  const part = (wanted: string) => number.find(({ type }) => type === wanted)?.value ?? '';
  const whole = number.filter(({ type }) => type === 'integer').map(({ value }) => value.length);
  const usd = new Intl.NumberFormat(tag, { style: 'currency', currency: 'USD' }).format(1);
  const share = new Intl.NumberFormat(tag, { style: 'percent' }).format(0.01);
  const [before = '', after = ''] = usd.split(/1\D00/);
  return {
    decimal: part('decimal'),
    thousands: replaceNarrowSpaces(part('group')),
    grouping: whole.slice(1).toReversed(),
    currency: [replaceNarrowSpaces(before), replaceNarrowSpaces(after)],
    percent: replaceNarrowSpaces(share.split('1')[1] ?? '%'),
  };
}

/**
 * Dates in the locale's order with English month names. ISO format in locales with numeric months.
 */
function dateFormatter(tag: string, options: Intl.DateTimeFormatOptions) {
  const format = new Intl.DateTimeFormat(tag, { ...options, calendar: 'gregory' });
  return (instantMs: number) => {
    const parts = format.formatToParts(instantMs);
    const month = parts.find(({ type }) => type === 'month')?.value ?? '';
    if (!/^\p{L}/u.test(month)) return isoText(instantMs, options);
    const name = dayParts(instantMs).month;
    const texts = parts.map(({ type, value }) => (type === 'month' ? name : value));
    return replaceNarrowSpaces(texts.join('')).replace(/\u00a0/g, ' ');
  };
}

function isoText(instantMs: number, { year, day }: Intl.DateTimeFormatOptions): string {
  const iso = new Date(instantMs).toISOString();
  return iso.slice(year === undefined ? 5 : 0, day === undefined ? 7 : 10);
}

/**
 * Replaces narrow non-breaking spaces, which email clients draw as a box. Removes direction marks.
 */
function replaceNarrowSpaces(text: string): string {
  return text.replace(/[\u2009\u202f]/g, '\u00a0').replace(/[\u200e\u200f\u061c]/g, '');
}
