/** Facts of an audit as its reader's place writes them; of older audits the stored sentences. */

import { asSentence, shownSentence } from '../label.ts';
import type { Writing, Reader } from '../locale.ts';

/** A fact beside the sentence that is stored of it; absent in audits of older versions. */
export interface Beside<Fact> {
  readonly fact: Fact | undefined;
  readonly stored: string;
}

export function besideFacts<Fact>(
  facts: readonly Fact[] | undefined,
  stored: readonly string[],
): Beside<Fact>[] {
  return stored.map((text, at) => ({ fact: facts?.[at], stored: text }));
}

/** A code of a newer version has no sentence here: its stored one is shown. */
export function factSentence<Fact>(
  { fact, stored }: Beside<Fact>,
  sentence: (fact: Fact, writing: Writing) => string | undefined,
  reader: Reader,
): string {
  const told = fact === undefined ? undefined : sentence(fact, reader);
  return told === undefined ? shownSentence(stored, reader) : asSentence(told);
}
