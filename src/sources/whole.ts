/** Answers that together tell every charge of a window: the pages of a list, several questions. */

import type { Complete, Fetched } from '../domain/provenance.ts';

type Part = Pick<Fetched, 'partOf' | 'completeFor'>;

/** What an answer claims, and whether nothing of its whole comes after it. */
interface Claim {
  readonly completeFor: Complete | undefined;
  readonly isLast: boolean;
}

/**
 * The whole is told where each of its answers claims the same window and the last one has come; an
 * answer that claims nothing, or that failed, makes it void.
 */
export class Whole {
  readonly #name: string;
  #claimed: Complete | undefined;
  #parts = 0;
  #isVoid = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** What the next answer is of it. */
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

  /** A part of it failed. */
  fail(): void {
    this.#isVoid = true;
  }
}

function isSame(a: Complete, b: Complete): boolean {
  return (
    a.keyPrefix === b.keyPrefix &&
    a.window.startMs === b.window.startMs &&
    a.window.endMs === b.window.endMs &&
    a.replaces === b.replaces
  );
}
