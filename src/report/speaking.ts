/** Knows in whose manner the report is being told right now. */

import type { Manner } from '../domain/manner.ts';
import { PLAIN, type Writing, writingOf } from './locale.ts';

let writing: Writing = PLAIN;

/**
 * Tells something with every figure and day in the reader's manner. What is told must be told by
 * the time `tell` returns: a promise would be told in whatever manner comes next, so it is refused.
 */
export function inManner<T>(
  { locale }: Pick<Manner, 'locale'>,
  tell: () => T extends Promise<unknown> ? never : T,
): T {
  const before = writing;
  writing = locale === undefined ? PLAIN : writingOf(locale);
  try {
    return tell();
  } finally {
    writing = before;
  }
}

/** How the report that is being told writes numbers and days. */
export function currentWriting(): Writing {
  return writing;
}
