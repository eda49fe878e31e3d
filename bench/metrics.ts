/** Speed and memory of parsing replica metrics, compared with splitting the text into lines. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseMetrics } from '../src/sources/scrape/text.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

/** Memory is also measured with a tenth of the text, and with ten times of it. */
const SIZES = {
  full: { megabytes: 50, rounds: 7, processes: 5 },
  small: { megabytes: 2, rounds: 1, processes: 2 },
} as const satisfies Record<BenchmarkSize, object>;

type MetricsSize = (typeof SIZES)[BenchmarkSize];

const NAMES = [
  'vllm:prompt_tokens_total',
  'vllm:generation_tokens_total',
  'vllm:request_success_total',
  'vllm:num_requests_running',
  'process_start_time_seconds',
];

/** Bytes of one chunk, as sockets deliver them. */
const PIECE = 65_536;

/** Metrics as vLLM reports them, in chunks. Most lines are histogram buckets. */
function* metricsText(megabytes: number): Generator<Uint8Array> {
  const model = 'model_name="meta-llama/Llama-3.3-70B-Instruct"';
  const lines = Array.from({ length: 400 }, (_, at) => [
    `# HELP vllm:histogram_${at}_seconds Something that takes time.`,
    `# TYPE vllm:histogram_${at}_seconds histogram`,
    ...Array.from(
      { length: 12 },
      (__, le) =>
        `vllm:histogram_${at}_seconds_bucket{engine="0",le="${le / 2}",${model}} ${at * le}.0`,
    ),
    `${NAMES[at % 4]}{engine="0",${model}} ${at * 1_201}.0`,
  ]).flat();
  const text = Buffer.from(`${lines.join('\n')}\n`);
  for (let left = megabytes * 1e6; left > 0; left -= text.byteLength) {
    for (let at = 0; at < text.byteLength; at += PIECE) {
      // A copy, since each incoming chunk is new.
      yield Buffer.from(text.subarray(at, at + PIECE));
    }
  }
}

function cpuOf(work: () => number): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function splitInto(pieces: readonly Uint8Array[]): number {
  const decoder = new TextDecoder();
  let [count, rest] = [0, ''];
  for (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    count += lines.length;
  }
  return count;
}

/**
 * The number of samples in a text of this many megabytes. A separate process measures its own peak.
 */
export function samplesOf(megabytes: number): number {
  return samplesIn(metricsText(megabytes));
}

function samplesIn(pieces: Iterable<Uint8Array>): number {
  const options = { where: 'bench', names: new Set(NAMES), contentType: 'text/plain' };
  let count = 0;
  for (const _ of parseMetrics(pieces, options)) count += 1;
  return count;
}

function texts({ megabytes, rounds: count }: MetricsSize): Measured {
  const piece = Buffer.concat([...metricsText(0.1)]);
  const pieces = Array<Uint8Array>(Math.ceil((megabytes * 1e6) / piece.byteLength)).fill(piece);
  const rounds = Array.from({ length: count }, () => ({
    split: cpuOf(() => splitInto(pieces)),
    ours: cpuOf(() => samplesIn(pieces)),
  }));
  const split = Math.min(...rounds.map((one) => one.split));
  const ours = Math.min(...rounds.map((one) => one.ours));
  const pace = (megabytes / ours).toFixed(0);
  return {
    name: `parse ${megabytes} MB of metrics (${pace} MB a second), of splitting its lines`,
    value: ours / split,
    reach: 4,
    better: 'lower',
  };
}

const ONCE = fileURLToPath(new URL('metricsOnce.ts', import.meta.url));

/** The lowest of several processes: a late garbage collection raises one by up to 40 MB. */
async function peakOf(megabytes: number, processes: number): Promise<number> {
  const args = ['--max-semi-space-size=8', ONCE, String(megabytes)];
  let lowest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < processes; round += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    lowest = Math.min(lowest, Number(stdout));
  }
  return lowest;
}

/** Memory of processes that parse a text without holding all of it. */
async function memory({ megabytes, processes }: MetricsSize): Promise<Measured> {
  const [tenth, tenfold] = [megabytes / 10, megabytes * 10];
  const [least, small, large] = [
    await peakOf(tenth, processes),
    await peakOf(megabytes, processes),
    await peakOf(tenfold, processes),
  ];
  const [few, some] = [least, small].map((peak) => `${peak.toFixed(0)} MB`);
  const before = `${megabytes} MB (${some}; of ${tenth} MB ${few})`;
  return {
    name: `peak of reading ${tenfold} MB of metrics, MB more than of ${before}`,
    value: large - small,
    reach: 40,
    better: 'lower',
  };
}

export async function run(size: BenchmarkSize): Promise<Measured[]> {
  return [texts(SIZES[size]), await memory(SIZES[size])];
}
