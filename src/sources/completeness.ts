/**
 * Tracks whether several answers together cover every charge of a window. They may be the pages of
 * one list, or the answers to several questions.
 */

import type { CompleteScope, Fetched } from '../domain/provenance.ts';

type Part = Pick<Fetched, 'partOf' | 'completeFor'>;

/** The window that an answer claims to cover, and whether it is the last answer of its whole. */
interface Claim {
  readonly completeFor: CompleteScope | undefined;
  readonly isLast: boolean;
}

/**
 * The whole is complete if all its answers claim the same window and the last one has arrived. An
 * answer that failed or claims nothing makes it void.
 */
export class CompletenessTracker {
  readonly #name: string;
  #claimed: CompleteScope | undefined;
  #parts = 0;
  #isVoid = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** The fields that mark the next answer as a part of the whole. */
  part({ completeFor, isLast }: Claim): Part {
    if (completeFor === undefined) this.#isVoid = true;
    else if (this.#claimed === undefined) this.#claimed = completeFor;
    else if (!isSame(this.#claimed, completeFor)) this.#isVoid = true;
    if (this.#isVoid || completeFor === undefined) return {};
    const index = this.#parts;
    this.#parts += 1;
    if (isLast && index === 0) return { completeFor };
    const partOf = { whole: this.#name, index };
    return isLast ? { partOf, completeFor } : { partOf };
  }

  /** Makes the whole void, because a part failed. */
  fail(): void {
    this.#isVoid = true;
  }
}

function isSame(a: CompleteScope, b: CompleteScope): boolean {
  return (
    a.keyPrefix === b.keyPrefix &&
    a.window.startMs === b.window.startMs &&
    a.window.endMs === b.window.endMs &&
    a.replaces === b.replaces
  );
}
