/**
 * Tests what is stored of an answer: only the fields that are read, enough to read the facts again.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import { bodyText } from '../support/bodyText.ts';
import { pullFromSource, yieldedText } from '../contract/source.ts';
import { type Codec, JSON_CODEC } from './codecs.ts';
import {
  type CleanAnswer,
  type RecordedProvider,
  providerAt,
  startFaultServer,
} from './faultServer.ts';
import type { FaultWorld } from './world.ts';
import { WORLDS_PULLED_AT_MS, SOURCE_WORLDS } from './worlds.ts';

/** Everything that one pull of a world yields from a provider. */
async function pullFrom(world: FaultWorld, provider: RecordedProvider): Promise<Fetched[]> {
  const server = await startFaultServer(provider);
  const clock = settableClock(WORLDS_PULLED_AT_MS);
  const http = createHttpClient({ clock, retries: 0, sleep: () => Promise.resolve() });
  const kind = sourceKinds.find((one) => one.kind === world.kind);
  if (kind === undefined) throw new Error(`no kind ${world.kind}`);
  const options = kind.options.parse(world.options(server.origin, 60));
  try {
    return await pullFromSource(kind.create('main', options, { http, clock }), world.request);
  } finally {
    await server.close();
  }
}

/** All facts, without where they were asked for and the bytes they came in. */
function toldIn(all: readonly Fetched[]): string {
  const result = all.map(({ fetch, ...facts }) => ({
    kind: fetch.kind,
    failure: fetch.failure?.message.replaceAll(/http:\/\/[^ ]*/g, 'URL'),
    ...facts,
  }));
  return JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

/** The requests with their JSON bodies, without the version of a file. */
const pathOf = (url: string) => url.slice(new URL(url).origin.length).replace(/#[^{].*$/, '');

const codecOf = ({ pages }: FaultWorld, path: string): Codec =>
  pages.find((page) => page.path.test(path))?.codec ?? JSON_CODEC;

/** A provider that answers with what was stored of its answers. */
function replayed(all: readonly Fetched[]): RecordedProvider {
  const bodies = new Map(all.map(({ fetch }) => [pathOf(fetch.url), fetch.body]));
  return async (path) => {
    const body = bodies.get(path);
    if (body === undefined) throw new Error(`nothing was kept of ${path}`);
    return { status: 200, type: 'application/json', body: Buffer.from(bodyText(body)) };
  };
}

type Holder = Record<string, unknown>;
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Plants secrets where nothing is read: in place of each value, and beside all others. */
class Planter {
  planted = 0;
  readonly #openMaps: RegExp | undefined;

  constructor(openMaps: RegExp | undefined) {
    this.#openMaps = openMaps;
  }

  secret(): string {
    this.planted += 1;
    return `canary-${this.planted}-sk_live`;
  }

  /** `kept` is what was stored of the healthy value. */
  plant(value: unknown, kept: unknown, place: string): unknown {
    if (Array.isArray(value)) {
      return value.map((one: unknown, at) =>
        this.plant(one, Array.isArray(kept) ? (kept as unknown[])[at] : undefined, `${place}.*`),
      );
    }
    if (!isHolder(value)) return value;
    const inside = Object.entries(value).map(([name, inner]): [string, unknown] => {
      const isKept = isHolder(kept) && Object.hasOwn(kept, name);
      return [
        name,
        isKept ? this.plant(inner, kept[name], `${place}.${name}`) : this.#instead(inner),
      ];
    });
    const isOpen = this.#openMaps?.test(place) === true;
    const more = isOpen ? {} : { env: this.secret(), 'api-key': { deep: [this.secret()] } };
    return { ...Object.fromEntries(inside), ...more };
  }

  /** A value of the same shape that holds only secrets. */
  #instead(value: unknown): unknown {
    if (Array.isArray(value)) return [...value.map((one) => this.#instead(one)), this.secret()];
    if (!isHolder(value)) return this.secret();
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.#instead(inner)]),
    );
  }
}

/** Answers of a provider, each parsed, changed and written again. */
function changedBy(
  { world, provider }: { readonly world: FaultWorld; readonly provider: RecordedProvider },
  change: (value: unknown, path: string) => unknown,
): RecordedProvider {
  return async (path, headers): Promise<CleanAnswer> => {
    const answer = await provider(path, headers);
    const { parse, write } = codecOf(world, path);
    const value = change(parse(answer.body.toString('utf8')), path);
    return { ...answer, body: Buffer.from(write(value)) };
  };
}

/** What is stored may name the address, and each run listens on another port. */
function bodyAnywhere({ fetch }: Fetched): string {
  return bodyText(fetch.body).replace(/127\.0\.0\.1:\d+/g, '127.0.0.1');
}

interface Spot {
  readonly holder: Holder;
  readonly name: string;
}

/** Every place of a scalar in a value, with `*` for each element of a list, and where it is. */
function scalarsIn(value: unknown, place = ''): Map<string, Spot[]> {
  const found = new Map<string, Spot[]>();
  if (!isHolder(value)) return found;
  const add = (at: string, spots: readonly Spot[]) =>
    found.set(at, [...(found.get(at) ?? []), ...spots]);
  for (const [name, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${place}.*` : `${place}.${name}`;
    if (!isHolder(inner)) add(at, [{ holder: value, name }]);
    else for (const [deeper, spots] of scalarsIn(inner, at)) add(deeper, spots);
  }
  return found;
}

describe.each(SOURCE_WORLDS)('$kind', (world: FaultWorld) => {
  let emulator: Emulator;
  let provider: RecordedProvider;
  let clean: Fetched[];
  beforeAll(async () => {
    emulator = await world.start();
    provider = providerAt(emulator.url);
    clean = await pullFrom(world, provider);
  });
  afterAll(() => emulator.close());

  test('the same facts can be read from what is stored', async () => {
    expect(clean.every(({ fetch }) => fetch.failure === undefined)).toBe(true);
    const again = await pullFrom(world, replayed(clean));
    expect(toldIn(again)).toBe(toldIn(clean));
    // Storing what was stored changes nothing.
    expect(again.map(bodyAnywhere)).toEqual(clean.map(bodyAnywhere));
  });

  test('a secret in any place that is not read is not stored and changes nothing', async () => {
    const planter = new Planter(world.openMaps);
    const kept = new Map(clean.map(({ fetch }) => [pathOf(fetch.url), fetch.body]));
    const planted = changedBy({ world, provider }, (value, path) => {
      const before = codecOf(world, path).parse(bodyText(kept.get(path)));
      return planter.plant(value, before, '');
    });
    const all = await pullFrom(world, planted);
    expect(planter.planted).toBeGreaterThan(5);
    expect(yieldedText(all)).not.toContain('canary-');
    expect(toldIn(all)).toBe(toldIn(clean));
  });

  test('a secret beside an error is not stored, with an error status or with success', async () => {
    const words = { title: 'Oops', status: 'error', error: 'no' };
    for (const status of [200, 500]) {
      const failing: RecordedProvider = async () => {
        const body = { ...words, env: 'canary-1', debug: { request: 'canary-2' } };
        const text = world.problem?.('canary-3') ?? JSON.stringify(body);
        return { status, type: 'application/json', body: Buffer.from(text) };
      };
      const all = await pullFrom(world, failing);
      expect(all[0]?.fetch.failure?.code).toMatch(/refused|unavailable/);
      expect(yieldedText(all)).not.toContain('canary-');
    }
  });

  test('every stored field is needed: each one affects a fact', async () => {
    const idle: string[] = [];
    for (const { fetch } of clean) {
      const path = pathOf(fetch.url);
      const value = codecOf(world, path).parse(bodyText(fetch.body));
      const places = [...scalarsIn(value).keys()];
      for (const place of places) {
        // A null in the place of an object is covered by the fields of the object elsewhere.
        if (places.some((one) => one.startsWith(`${place}.`))) continue;
        const other = changedBy({ world, provider: replayed(clean) }, (answer, asked) => {
          const spots = asked === path ? (scalarsIn(answer).get(place) ?? []) : [];
          for (const { holder, name } of spots) holder[name] = { not: 'a scalar' };
          return answer;
        });
        const isIdle = toldIn(await pullFrom(world, other)) === toldIn(clean);
        if (isIdle && world.mute?.[place] === undefined) idle.push(`${fetch.kind}${place}`);
      }
    }
    expect(idle).toEqual([]);
  });
});
