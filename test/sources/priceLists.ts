/** Shared by the tests of sources that read one list of models with prices. */

import type { Fetched } from '../../src/domain/provenance.ts';
import type { HostedPrice } from '../../src/domain/price.ts';
import { createSecret } from '../../src/platform/secret.ts';
import type { SourceKind } from '../../src/sources/source.ts';
import { pullFromSource, type SourceSubject } from '../contract/source.ts';
import type { FaultPage } from '../faults/faultList.ts';
import {
  NO_CHOICE,
  NO_TIMES,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../faults/world.ts';
import { type EmulatedApi, emulateApi } from '../support/emulator.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

/** A provider whose list is its whole API here. */
export interface Lister {
  readonly kind: SourceKind;
  readonly document: EmulatedApi;
  readonly key: string;
  readonly models: readonly string[];
}

/** Accepts any key, because the contract uses its own. */
function open({ auth }: EmulatedApi, reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, [auth.header]: auth.value };
    reply(response, { ...request, headers });
  };
}

export function listSubject({ kind, document, models }: Lister): SourceSubject {
  const { busy: _busy, ...calm } = document;
  return {
    kind,
    options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
    request: { window: WORLD_WINDOW, usage: [], models },
    healthy: open(document, emulateApi(calm, 'calm')),
    toldIn: { prices: 'priceSnapshots' },
  };
}

type ListPage = Pick<FaultPage, 'path' | 'amount' | 'required' | 'id'> & Partial<FaultPage>;

export function listWorld({ kind, document, key, models }: Lister, page: ListPage): FaultWorld {
  return {
    kind: kind.kind,
    start: () => startWorldEmulator(document),
    options: (origin, timeoutSeconds) => ({
      baseUrl: origin,
      timeoutSeconds,
      apiKey: createSecret('${API_KEY}', () => key),
    }),
    request: { ...NO_TARGETS, window: WORLD_WINDOW, models },
    pages: [
      {
        name: 'the models',
        list: 'data',
        choice: NO_CHOICE,
        times: NO_TIMES,
        nextPage: { none: 'the list comes in one response' },
        blind: {
          'half of the records':
            'a model that is not listed is no longer sold; a warning names it, and a list that ' +
            'lacks most known models needs confirmation',
        },
        ...page,
      },
    ],
  };
}

/** The facts of a pull of the kind from a list. */
export async function pulledList(
  kind: SourceKind,
  records: readonly unknown[],
  models: readonly string[],
): Promise<{ fetched: Fetched; path: string; query: URLSearchParams }> {
  const server = await startServer(json({ object: 'list', data: records }));
  const options = kind.options.parse({
    baseUrl: server.origin,
    apiKey: createSecret('KEY', () => 'key'),
  });
  const source = kind.create('seller', options, testClient({ retries: 0 }));
  const all = await pullFromSource(source, { window: WORLD_WINDOW, usage: [], models });
  await server.close();
  const [fetched] = all;
  const [request] = server.requests;
  if (fetched === undefined || request === undefined) throw new Error('nothing was asked');
  return { fetched, path: request.path, query: request.query };
}

export function pricesIn({ priceSnapshots = [] }: Fetched): readonly HostedPrice[] {
  return priceSnapshots.flatMap(({ fact }) => fact.prices);
}
