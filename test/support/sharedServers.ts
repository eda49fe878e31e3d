/** Gets the address of a server that all tests of a run share. See sharedServersKeeper.ts. */

import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the keeper of this run. */
    readonly keeper?: string;
  }
}

/** A shared server: its address, and how to stop it. */
export interface SharedServer {
  readonly address: string;
  readonly stop: () => Promise<unknown>;
}

/** The address of the shared `redis`, `prometheus` or `chromium` of this run. */
export async function sharedServerAddress(name: string): Promise<string> {
  const keeper = inject('keeper');
  if (keeper === undefined) throw new Error(`only the process tier has a ${name}: test/tiers.ts`);
  const answer = await fetch(`${keeper}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
