/** The language of a report, and its format for numbers, money and dates. */

export interface ReportFormat {
  /** Language of the text. */
  readonly language: 'en';
  /**
   * A BCP 47 tag, `en-US`, `de-DE`: digits, currency position, dates. Without one a report writes
   * `$41,200` and `Jul 1, 2026`, which are unambiguous everywhere.
   */
  readonly locale?: string;
}
