/** Renders structured data in the reader's format, or the stored sentences of older audits. */

import { asSentence, shownSentence } from '../displayText.ts';
import type { LocaleFormat, Reader } from '../locale.ts';

/** Structured data with its stored sentence. `fact` is undefined in audits of older versions. */
export interface FactWithSentence<Fact> {
  readonly fact: Fact | undefined;
  readonly stored: string;
}

/** Pairs each stored sentence with its fact. */
export function pairFacts<Fact>(
  facts: readonly Fact[] | undefined,
  stored: readonly string[],
): FactWithSentence<Fact>[] {
  return stored.map((text, at) => ({ fact: facts?.[at], stored: text }));
}

/** The sentence of a fact. For a code of a newer version, the stored sentence. */
export function factSentence<Fact>(
  { fact, stored }: FactWithSentence<Fact>,
  sentence: (fact: Fact, format: LocaleFormat) => string | undefined,
  reader: Reader,
): string {
  const rendered = fact === undefined ? undefined : sentence(fact, reader);
  return rendered === undefined ? shownSentence(stored, reader) : asSentence(rendered);
}
