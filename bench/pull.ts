/**
 * Speed and memory of pulling usage from a real Prometheus, compared with the same requests whose
 * responses are parsed and discarded.
 */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/domain/period.ts';
import { servePrometheusFromRules } from '../test/support/prometheus.ts';
import type { BenchmarkSize, Measured } from './measured.ts';
import type { PullTask, PullMeasurement } from './pullOnce.ts';

/** What Prometheus has stored. */
interface Stored {
  readonly replicas: number;
  readonly days: number;
}

interface PullSize extends Stored {
  readonly rounds: number;
}

/** A quarter is pulled day by day, each with one query, so a few days show what a day takes. */
const SIZES: Readonly<Record<BenchmarkSize, PullSize>> = {
  full: { replicas: 50, days: 3, rounds: 3 },
  small: { replicas: 2, days: 2, rounds: 1 },
};

/** July to September. */
const QUARTER_SIZES: Readonly<Record<BenchmarkSize, Stored>> = {
  full: { replicas: 50, days: 92 },
  small: { replicas: 2, days: 3 },
};

const START_MS = Date.UTC(2026, 6, 1);

const ONCE = fileURLToPath(new URL('pullOnce.ts', import.meta.url));
const GUARD = fileURLToPath(new URL('../src/main/guard.js', import.meta.url));
const FLAGS = flagsOf();

/** The flags that every command runs with. */
function flagsOf(): string[] {
  const file = fileURLToPath(new URL('../package.json', import.meta.url));
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { rentcheck: string } };
  return scripts.rentcheck.split(' ').slice(1, -1);
}

/**
 * In a separate process, since this one must read the output of Prometheus, which would stall
 * otherwise.
 */
async function once(errand: PullTask): Promise<PullMeasurement> {
  const args = [...FLAGS, '--import', GUARD, ONCE];
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const running = promisify(execFile)(process.execPath, args, options);
  // A quarter of URLs is longer than an argument may be.
  running.child.stdin?.end(JSON.stringify(errand));
  const { stdout } = await running;
  return JSON.parse(stdout) as PullMeasurement;
}

const SECOND = { start: START_MS / 1000, first: START_MS / 1000 - 60 };

/**
 * The replicas, one sample for each half day, whose value is their number. The rules below turn it
 * into a scrape every 15 s with the six metrics of a plain vLLM, at a different rate per replica.
 */
function seedOf({ replicas, days }: Stored): string {
  const halves = Array.from({ length: 2 * (days + 2) }, (_, half) => {
    return SECOND.start + (half - 2) * 43_200;
  });
  const lines = Array.from({ length: replicas }, (_, index) => {
    return halves.map((at) => `replica{instance="10.0.0.${index}:8000"} ${index} ${at}`);
  });
  return ['# TYPE replica unknown', ...lines.flat(), '# EOF\n'].join('\n');
}

/** A group of rules is evaluated at its own moment in each 15 s. */
const STEPS = `floor((time() - ${SECOND.first} + 0 * replica) / 15)`;

/** Metrics of a vLLM as PromQL of a replica's number. */
const METRICS = {
  prompt_tokens_total: `${STEPS} * (1201 + 7 * replica)`,
  generation_tokens_total: `${STEPS} * (97 + replica)`,
  prompt_tokens_cached_total: `${STEPS} * (301 + replica)`,
  request_success_total: `${STEPS} * (3 + 0 * replica)`,
  num_requests_running: '2 + 0 * replica',
  prompt_tokens_created: `${SECOND.start - 86_400} + 7 * replica`,
};

function rules(): string {
  const all = Object.entries(METRICS).map(([name, expr]) => {
    const finished = name.startsWith('request') ? { finished_reason: 'stop' } : {};
    const labels = { job: 'vllm', model_name: 'm', engine: '0', ...finished };
    return { record: `vllm:${name}`, expr, labels };
  });
  // A file of rules is YAML, and so is JSON.
  return JSON.stringify({ groups: [{ name: 'vllm', interval: '15s', rules: all }] });
}

/** A Prometheus that scraped all replicas for this many days. */
function serve(stored: Stored) {
  const endMs = START_MS + stored.days * DAY_MS;
  return servePrometheusFromRules({
    seed: seedOf(stored),
    rules: rules(),
    startMs: START_MS - MINUTE_MS,
    endMs,
  });
}

function windowOf(origin: string, days: number): PullTask {
  return { origin, startMs: START_MS, endMs: START_MS + days * DAY_MS };
}

/** One day in several rounds for CPU, and the whole time in one process for memory. */
async function measuredAt(
  origin: string,
  { replicas, days, rounds: count }: PullSize,
): Promise<Measured[]> {
  const day = windowOf(origin, 1);
  const { urls } = await once(day);
  const rounds: Readonly<Record<'ours' | 'parsed' | 'thrown', PullMeasurement>>[] = [];
  while (rounds.length < count) {
    const ours = await once(day);
    const parsed = await once({ ...day, reread: { urls, parsed: true } });
    rounds.push({ ours, parsed, thrown: await once({ ...day, reread: { urls, parsed: false } }) });
  }
  const least = (of: keyof (typeof rounds)[number]) =>
    Math.min(...rounds.map((round) => round[of].cpuSeconds));
  const peak = Math.max(...rounds.map(({ ours }) => ours.peakMegabytes));
  const longPeak = (await once(windowOf(origin, days))).peakMegabytes;
  // A day of scrapes and the hour after it. Prometheus has no data for the hour before.
  const samples = (replicas * 6 * 25 * HOUR_MS) / 15_000;
  const pace = (samples / least('ours') / 1e6).toFixed(2);
  const bare = (least('ours') / least('thrown')).toFixed(1);
  const summary = `${pace} million samples a second; ${bare} of receiving the bytes alone`;
  return [
    {
      name: `pull a day of ${replicas} replicas (${summary}), of receiving and parsing the answers`,
      value: least('ours') / least('parsed'),
      reach: 2,
      better: 'lower',
    },
    {
      name: `peak of a process that pulls ${days} days (${peak.toFixed(0)} MB for one), MB`,
      value: longPeak,
      reach: 300,
      better: 'lower',
    },
  ];
}

/** The whole quarter, once: pulled by one process, then its responses received by another. */
async function quarterAt(origin: string, { replicas, days }: Stored): Promise<Measured[]> {
  const quarter = windowOf(origin, days);
  const ours = await once(quarter);
  const parsed = await once({ ...quarter, reread: { urls: ours.urls, parsed: true } });
  const samples = (replicas * 6 * days * DAY_MS) / 15_000;
  const millions = `${(samples / 1e6).toFixed(0)} million samples`;
  const summary = `${millions} in ${ours.cpuSeconds.toFixed(0)} s of CPU`;
  return [
    {
      name: `pull ${days} days of ${replicas} replicas (${summary}), of receiving and parsing it`,
      value: ours.cpuSeconds / parsed.cpuSeconds,
      reach: 2,
      better: 'lower',
    },
    {
      name: `peak of a process that pulls ${days} days (${ours.rows} intervals), MB`,
      value: ours.peakMegabytes,
      reach: 300,
      better: 'lower',
    },
  ];
}

async function measured<Size extends Stored>(
  size: Size,
  at: (origin: string, size: Size) => Promise<Measured[]>,
): Promise<Measured[]> {
  const { address, stop } = await serve(size);
  try {
    return await at(address, size);
  } finally {
    await stop();
  }
}

export function run(size: BenchmarkSize): Promise<Measured[]> {
  return measured(SIZES[size], measuredAt);
}

/** Fills a Prometheus with a whole quarter first. Run by hand only. */
export function runQuarter(size: BenchmarkSize): Promise<Measured[]> {
  return measured(QUARTER_SIZES[size], quarterAt);
}
