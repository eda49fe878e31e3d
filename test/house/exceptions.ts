/** Files and functions above the limits, each with the reason. These lists only shrink. */

/** Files over 300 lines (tests: 400), with the reason that a reader accepts. */
export const LONG_FILES: Readonly<Record<string, string>> = {};

/** Functions over 60 lines as `path#name`, with the reason. */
export const LONG_FUNCTIONS: Readonly<Record<string, string>> = {};

/** How many exceptions there may be at most; lower it when one goes, never raise it. */
export const MOST_EXCEPTIONS = 0;

/** Pieces of sentences that economics and verdict still have; a file at 0 leaves the list. */
export const SENTENCES: Readonly<Record<string, number>> = {
  'src/economics/ahead/planAhead.ts': 2,
  'src/economics/ahead/weighGpu.ts': 4,
  'src/economics/bill/plans.ts': 1,
  'src/economics/usage/references.ts': 2,
  'src/economics/wishes/rent.ts': 1,
};
