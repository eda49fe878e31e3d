/** In which language a report is written, and how it writes numbers, money and dates. */

export interface Manner {
  /** Of the words. */
  readonly language: 'en';
  /**
   * A BCP 47 tag, `en-US`, `de-DE`: digits, place of the currency, dates. Without one a report
   * writes `$41,200` and `Jul 1, 2026`, which no reader takes for another amount or day.
   */
  readonly locale?: string;
}
