/** Counts words and numbers, to limit a page. */

/** Counts words: runs between spaces with a letter or a digit. */
export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

const DATE = /\b(?:\d{4}-\d{2}-\d{2}|\p{L}{3} \d{1,2}, \d{4}|\d{1,2}\.? \p{L}{3} \d{4})\b/gu;

const RANGE = /(?<= )[-\p{Sc}\p{N}.,\u00a0]+ to (?=-?\p{Sc}?\p{N})/gu;

/** Counts numbers: amounts, shares, counts, days and ranges. Digits in names do not count. */
export function numberCount(text: string): number {
  const days = text.match(DATE)?.length ?? 0;
  const rest = text
    .replace(DATE, ' ')
    .replace(RANGE, '')
    .match(/(?<![\p{L}\p{N}_./,-])\p{N}[\p{N}.,]*/gu);
  return days + (rest?.length ?? 0);
}
