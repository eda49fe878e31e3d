/** Files and functions above the limits, each with the reason. These lists only shrink. */

/** Files over 300 lines (tests: 400), with the reason that a reader accepts. */
export const LONG_FILES: Readonly<Record<string, string>> = {};

/** Functions over 60 lines as `path#name`, with the reason. */
export const LONG_FUNCTIONS: Readonly<Record<string, string>> = {};

/** The maximum number of exceptions. Lower it when one goes, never raise it. */
export const MOST_EXCEPTIONS = 0;
