/** The type of a world in the fault matrix, and what most worlds share. */

import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { HOUR_MS, type Period, period } from '../../src/domain/period.ts';
import type { PullRequest } from '../../src/sources/source.ts';
import { type EmulatedApi, emulateApi } from '../support/emulator.ts';
import { type Reply, startServer } from '../support/httpServer.ts';
import type { FaultPage } from './faultList.ts';

/** One kind of source, healthy. A new kind needs only an entry here. */
export interface FaultWorld {
  /** As registered. */
  readonly kind: string;
  /** The provider, on localhost. */
  start(): Promise<Emulator>;
  /** Options for a provider at this origin, as config passes them in; the timeout in seconds. */
  options(origin: string, timeoutSeconds: number): object;
  readonly request: PullRequest;
  /** Maps of which every member is read, whatever its name: labels distinguish scrape targets. */
  readonly openMaps?: RegExp;
  /** How it reports an error, where that is not JSON; a secret is put beside it. */
  readonly problem?: (secret: string) => string;
  /** Fields that are read but have no effect with the values they have here: what covers them. */
  readonly mute?: Readonly<Record<string, string>>;
  /** The answers that faults change, one at a time. */
  readonly pages: readonly FaultPage[];
}

export const WORLD_START_MS = Date.UTC(2026, 8, 1, 8);
export const WORLD_WINDOW: Period = period(WORLD_START_MS, WORLD_START_MS + 6 * HOUR_MS);
export const NO_TARGETS = { usage: [], models: [] } as const;

export const NO_TIMES = { none: 'it lists the current state, without times' };
/** Times that are read as days. */
export const BY_DAY = { 'a clock that is an hour ahead': 'its days have no hours' };
export const NO_CHOICE = { none: 'it has no field with a closed set of values' };
export const UNLISTED = {
  'an empty list':
    'an item that is not listed looks like one that does not exist; its bill shows it',
  'half of the records':
    'an item that is not listed looks like one that does not exist; its bill shows it',
};

/** A list of what exists now, whose next page is requested as stated here. */
export function inventoryPage(
  { name, path, list }: { name: string; path: string; list: string },
  nextPage: FaultPage['nextPage'],
): FaultPage {
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
 * A provider with one seed. It does not refuse the first try of any request here: the faults do
 * that.
 */
export async function startWorldEmulator(
  { busy: _busy, ...document }: EmulatedApi,
  guard: (reply: Reply) => Reply = (reply) => reply,
): Promise<Emulator> {
  const server = await startServer(guard(emulateApi(document, 'calm')));
  return { url: server.origin, requests: [], close: () => server.close() };
}
