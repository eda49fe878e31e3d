/**
 * How fast usage is pulled from a real Prometheus, against asking the same questions, parsing the
 * answers and throwing them away; and how much memory it takes.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DAY_MS, HOUR_MS } from '../src/domain/period.ts';
import { servePrometheus } from '../test/support/prometheus.ts';
import { openMetricsOf } from '../test/support/stories.ts';
import { processSeries, steadyScrapes } from '../test/support/vllmStory.ts';
import type { Measured } from './measured.ts';
import type { Errand, Outcome } from './pullOnce.ts';

const REPLICAS = 50;
/** A quarter is pulled day by day, each with one question: this is how many are there. */
const DAYS = 3;
const START_MS = Date.UTC(2026, 6, 1);
const ROUNDS = 3;
/** How much is put into the storage at once. */
const FILL_MS = 4 * HOUR_MS;

const ONCE = fileURLToPath(new URL('pullOnce.ts', import.meta.url));
const GUARD = fileURLToPath(new URL('../src/guard.js', import.meta.url));
const FLAGS = flagsOf();

/** Those that every command runs with. */
function flagsOf(): string[] {
  const file = fileURLToPath(new URL('../package.json', import.meta.url));
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { rentcheck: string } };
  return scripts.rentcheck.split(' ').slice(1, -1);
}

function once(errand: Errand): Outcome {
  const args = [...FLAGS, '--import', GUARD, ONCE, JSON.stringify(errand)];
  const told = execFileSync(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(told.toString()) as Outcome;
}

/** A scrape each 15 s of each replica, with the six metrics of a plain vLLM, piece by piece. */
function* scrapedTexts(): Generator<string> {
  const span = { fromMs: START_MS - 60_000, toMs: START_MS + DAYS * DAY_MS };
  const rise = { prompt: 1_201, output: 97, cached: 301, requests: 3, running: 2 };
  const scrapes = steadyScrapes(span, { ...rise, createdMs: START_MS - DAY_MS });
  const pieces = Map.groupBy(scrapes, ({ atMs }) => Math.floor(atMs / FILL_MS));
  for (const piece of pieces.values()) {
    const series = Array.from({ length: REPLICAS }, (_, index) =>
      processSeries({ instance: `10.0.0.${index}:8000` }, piece),
    );
    yield openMetricsOf(series.flat());
  }
}

/** A day of scrapes with the hour after it; Prometheus has nothing of the hour before. */
const SAMPLES = (REPLICAS * 6 * 25 * HOUR_MS) / 15_000;

function measuredAt(origin: string): Measured[] {
  const windowOf = (days: number) => {
    return { origin, startMs: START_MS, endMs: START_MS + days * DAY_MS };
  };
  const day = windowOf(1);
  const { urls } = once(day);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: once(day),
    parsed: once({ ...day, reread: { urls, parsed: true } }),
    thrown: once({ ...day, reread: { urls, parsed: false } }),
  }));
  const least = (of: keyof (typeof rounds)[number]) =>
    Math.min(...rounds.map((round) => round[of].cpuSeconds));
  const peak = Math.max(...rounds.map(({ ours }) => ours.peakMegabytes));
  const longPeak = once(windowOf(DAYS)).peakMegabytes;
  const pace = (SAMPLES / least('ours') / 1e6).toFixed(2);
  const bare = (least('ours') / least('thrown')).toFixed(1);
  const told = `${pace} million samples a second; ${bare} of receiving the bytes alone`;
  return [
    {
      name: `pull a day of ${REPLICAS} replicas (${told}), of receiving and parsing the answers`,
      value: least('ours') / least('parsed'),
      reach: 2,
      better: 'lower',
    },
    {
      name: `peak of a process that pulls ${DAYS} days (${peak.toFixed(0)} MB for one), MB`,
      value: longPeak,
      reach: 300,
      better: 'lower',
    },
  ];
}

export async function run(): Promise<Measured[]> {
  const { address, stop } = await servePrometheus(scrapedTexts());
  try {
    return measuredAt(address);
  } finally {
    await stop();
  }
}
