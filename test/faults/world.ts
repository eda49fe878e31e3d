/** What a world of the fault matrix is, and what most of them share. */

import type { Emulator } from '../../src/demo/emulators/serve.ts';
import { HOUR_MS, type Period, period } from '../../src/domain/period.ts';
import type { PullRequest } from '../../src/sources/source.ts';
import { type EmulatedApi, emulated } from '../support/emulator.ts';
import { type Reply, startServer } from '../support/httpServer.ts';
import type { Page } from './faultList.ts';

/** One kind of source, in good health. A new kind is an entry here, and nothing else. */
export interface World {
  /** As registered. */
  readonly kind: string;
  /** The provider, on this machine. */
  start(): Promise<Emulator>;
  /** Options for a provider at this origin, as config hands them over; seconds to wait for it. */
  options(origin: string, timeoutSeconds: number): object;
  readonly request: PullRequest;
  /** Maps of which every member is read, whatever its name: labels tell scrape targets apart. */
  readonly openMaps?: RegExp;
  /** How it says that something went wrong, where that is no JSON; beside it stands a secret. */
  readonly problem?: (secret: string) => string;
  /** Fields that are read and say nothing with the values they have here: what shows them. */
  readonly mute?: Readonly<Record<string, string>>;
  /** The answers that faults befall, one at a time. */
  readonly pages: readonly Page[];
}

export const START_MS = Date.UTC(2026, 8, 1, 8);
export const WINDOW: Period = period(START_MS, START_MS + 6 * HOUR_MS);
export const NOTHING = { usage: [], models: [] } as const;

export const NO_TIMES = { none: 'it lists the current state, without times' };
export const NO_CHOICE = { none: 'it has no field with a closed set of values' };
export const UNLISTED = {
  'an empty list':
    'an item that is not listed looks like one that does not exist; its bill shows it',
  'half of the records':
    'an item that is not listed looks like one that does not exist; its bill shows it',
};

/** A list of what is there now, whose next page is asked for as told here. */
export function inventory(
  { name, path, list }: { name: string; path: string; list: string },
  nextPage: Page['nextPage'],
): Page {
  return {
    name,
    path: new RegExp(`^${path}(\\?|$)`),
    list,
    amount: { none: 'it has no amounts' },
    required: `${list}.*.id`,
    id: `${list}.*.id`,
    choice: NO_CHOICE,
    times: NO_TIMES,
    nextPage,
    blind: UNLISTED,
  };
}

/**
 * A provider of one seed. The first try of no question is refused here: it is the faults that are
 * to befall it.
 */
export async function startCalm(
  { busy: _busy, ...document }: EmulatedApi,
  guard: (reply: Reply) => Reply = (reply) => reply,
): Promise<Emulator> {
  const server = await startServer(guard(emulated(document, 'calm')));
  return { url: server.origin, requests: [], close: () => server.close() };
}
