/** Asks for what all tests of a run share: see keeper.ts. */

import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the keeper of this run answers. */
    readonly keeper?: string;
  }
}

/** What is kept: where it is reached, and how it ends. */
export interface Kept {
  readonly address: string;
  readonly stop: () => Promise<unknown>;
}

/** The address of the one `redis`, `prometheus` or `chromium` of this run. */
export async function addressOf(name: string): Promise<string> {
  const keeper = inject('keeper');
  if (keeper === undefined) throw new Error(`only the process tier has a ${name}: test/tiers.ts`);
  const answer = await fetch(`${keeper}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
