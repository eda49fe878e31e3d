/** A real Prometheus and rentcheck's own scraper at the same replicas give the same tokens. */

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/period.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import { CHAT_TARGET, startReplicas, vllmText } from '../sources/scrape/stage.ts';
import type { SharedServer } from '../support/sharedServers.ts';
import { servePrometheus } from '../support/prometheus.ts';
import { failuresOf, pullUsage, usageRowsOf } from '../support/prometheusSource.ts';
import '../support/laws.ts';
import { printFigure, size } from '../support/size.ts';
import { openMetricsOf } from '../support/prometheusStories.ts';
import type { MadeSeries } from '../support/syntheticPrometheus.ts';
import { processSeries } from '../support/vllmSeries.ts';

/** Scrapes of ours fall on 7 s past the minute, those of Prometheus on every quarter of it. */
const START = Date.UTC(2026, 4, 12, 10);
const RING_MS = 7 * SECOND_MS;
const MINUTES = 110;
const END = START + MINUTES * MINUTE_MS;

/**
 * Tokens are served from the tenth minute to the seventieth. A worker that is away may scrape again
 * only in the ninety-fourth: what it then reads is stored two intervals later.
 */
const BUSY = { fromMs: START + 10 * MINUTE_MS, toMs: START + 70 * MINUTE_MS };

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One life of a process: what it serves per second while it is busy. */
interface Life extends Span {
  readonly prompt: number;
  readonly output: number;
}

interface World {
  /** Lives of each replica, one after the other. */
  readonly replicas: readonly (readonly Life[])[];
  /** When Prometheus, the worker, or either at one replica, does not scrape. */
  readonly prometheusDown: Span;
  readonly workerDown: Span;
  readonly unseen: Span & { readonly replica: number };
}

const instant = fc.integer({ min: 12 * 60, max: 68 * 60 }).map((seconds) => START + seconds * 1000);
const span = (longest: number) =>
  fc.tuple(instant, fc.integer({ min: 0, max: longest * 60 })).map(([fromMs, seconds]): Span => {
    return { fromMs, toMs: fromMs + seconds * SECOND_MS };
  });

/** A replica crashes and comes back, comes late, or goes for good. */
const lives = fc
  .record({
    prompt: fc.integer({ min: 1, max: 5_000 }),
    output: fc.integer({ min: 1, max: 500 }),
    born: fc.option(instant),
    crashes: fc.uniqueArray(instant, { maxLength: 3, selector: (ms) => Math.floor(ms / 300_000) }),
    downSeconds: fc.integer({ min: 8, max: 200 }),
    gone: fc.option(instant),
  })
  .map(({ prompt, output, born, crashes, downSeconds, gone }): Life[] => {
    const bornMs = born ?? START - 48 * 60 * MINUTE_MS;
    const goneMs = Math.max(bornMs, gone ?? Number.POSITIVE_INFINITY);
    const inOrder = crashes.toSorted((a, b) => a - b);
    const starts = [bornMs, ...inOrder.map((ms) => ms + downSeconds * SECOND_MS)];
    return starts
      .map((fromMs, index) => {
        const toMs = Math.min(inOrder[index] ?? Number.POSITIVE_INFINITY, goneMs);
        return { fromMs: Math.max(fromMs, bornMs), toMs, prompt, output };
      })
      .filter(({ fromMs, toMs }) => fromMs < toMs);
  });

const worlds: fc.Arbitrary<World> = fc.record({
  replicas: fc.array(lives, { minLength: 1, maxLength: 3 }),
  prometheusDown: span(12),
  workerDown: span(25),
  unseen: fc.tuple(span(20), fc.nat({ max: 2 })).map(([when, replica]) => ({ ...when, replica })),
});

const isIn = ({ fromMs, toMs }: Span, ms: number) => ms >= fromMs && ms < toMs;

/** What a life has counted at a moment. */
function countedAt({ fromMs, prompt, output }: Life, ms: number) {
  const sinceMs = Math.max(fromMs, BUSY.fromMs);
  const seconds = Math.max(0, Math.min(ms, BUSY.toMs) - sinceMs) / SECOND_MS;
  return { prompt: Math.floor(prompt * seconds), output: Math.floor(output * seconds) };
}

const lifeAt = (replica: readonly Life[], ms: number) => replica.find((life) => isIn(life, ms));

/** Every scrape of one side that reaches a replica. */
function scrapesOf(world: World, side: 'prometheus' | 'worker'): number[][] {
  const stepMs = side === 'worker' ? MINUTE_MS : 15 * SECOND_MS;
  const offsetMs = side === 'worker' ? RING_MS : 0;
  const down = side === 'worker' ? world.workerDown : world.prometheusDown;
  const all = Array.from(
    { length: Math.floor((END - START) / stepMs) },
    (_, index) => START + offsetMs + index * stepMs,
  );
  return world.replicas.map((replica, index) =>
    all.filter((ms) => {
      const isUnseen = side === 'worker' && world.unseen.replica === index;
      if (isIn(down, ms) || (isUnseen && isIn(world.unseen, ms))) return false;
      return lifeAt(replica, ms) !== undefined;
    }),
  );
}

/** What a side can know: for each life, what it had counted at its last scrape. */
function knownTo(world: World, side: 'prometheus' | 'worker') {
  const scrapes = scrapesOf(world, side);
  const counted = world.replicas.flatMap((replica, index) =>
    replica.map((life) => {
      const last = scrapes[index]?.findLast((ms) => isIn(life, ms));
      return last === undefined ? { prompt: 0, output: 0 } : countedAt(life, last);
    }),
  );
  return {
    prompt: counted.reduce((sum, one) => sum + one.prompt, 0),
    output: counted.reduce((sum, one) => sum + one.output, 0),
  };
}

/** The upper bound for both: all that was served, which no side can exceed. */
function servedIn({ replicas }: World): number {
  const ended = replicas.flat().map((life) => countedAt(life, Math.min(life.toMs, END)).prompt);
  return ended.reduce((sum, one) => sum + one, 0);
}

function seenByPrometheus(world: World, model: string): MadeSeries[] {
  const scrapes = scrapesOf(world, 'prometheus');
  return world.replicas.flatMap((replica, index) => {
    const result = (scrapes[index] ?? []).flatMap((atMs) => {
      const life = lifeAt(replica, atMs);
      if (life === undefined) return [];
      return [{ atMs, ...countedAt(life, atMs), running: 1, createdMs: life.fromMs }];
    });
    const instance = `10.0.0.${index}:8000`;
    return processSeries({ instance, model_name: model }, result);
  });
}

const modelOf = (index: number) => `world-${index}`;
/** A world in which Prometheus sees at least one replica. */
const seen = worlds.filter((world) =>
  scrapesOf(world, 'prometheus').some(({ length }) => length > 0),
);
const drawn = fc.sample(seen, size({ short: 5, full: 150 }));
let prometheus: SharedServer;
beforeAll(async () => {
  const all = drawn.flatMap((world, index) => seenByPrometheus(world, modelOf(index)));
  prometheus = await servePrometheus([openMetricsOf(all)]);
});
afterAll(() => prometheus.stop());

function tokensIn(rows: readonly UsageRow[]) {
  return {
    prompt: rows.reduce((sum, row) => sum + row.uncachedPromptTokens, 0),
    output: rows.reduce((sum, row) => sum + row.outputTokens, 0),
  };
}

async function pulledFromPrometheus(index: number) {
  const usage = [{ ...CHAT_TARGET, match: { model_name: modelOf(index) } }];
  const window = { startMs: START, endMs: START + 90 * MINUTE_MS };
  const pulled = await pullUsage({ url: prometheus.address }, { window, usage });
  expect(failuresOf(pulled)).toEqual([]);
  return tokensIn(usageRowsOf(pulled));
}

async function scraped(world: World) {
  const replicas = world.replicas.map((replica, index) => (nowMs: number) => {
    const isUnseen = world.unseen.replica === index && isIn(world.unseen, nowMs);
    const life = lifeAt(replica, nowMs);
    if (life === undefined || isUnseen) return undefined;
    return vllmText({ ...countedAt(life, nowMs), running: 1, createdMs: life.fromMs });
  });
  const stage = await startReplicas(replicas);
  try {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const nowMs = START + minute * MINUTE_MS + RING_MS;
      if (!isIn(world.workerDown, nowMs)) await stage.scrapeAt(nowMs);
    }
    return tokensIn(await stage.rows());
  } finally {
    await stage.close();
  }
}

test.each(drawn.map((world, index) => [index, world] as const))(
  "world %i gives the same, except what was served after a side's last scrape of a life",
  async (index, world) => {
    const [theirs, ours] = [await pulledFromPrometheus(index), await scraped(world)];
    const [toThem, toUs] = [knownTo(world, 'prometheus'), knownTo(world, 'worker')];
    expect({ theirs, ours }).toEqual({ theirs: toThem, ours: toUs });
    // The most they may differ by: what was served after the earlier of the two last scrapes.
    const bound = servedIn(world) - Math.min(toThem.prompt, toUs.prompt);
    expect(Math.abs(theirs.prompt - ours.prompt)).toBeLessThanOrEqual(bound);
    printFigure(`world ${index}, tokens apart`, Math.abs(theirs.prompt - ours.prompt));
  },
);
