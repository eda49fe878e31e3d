/** Speed and memory of parsing replica metrics, compared with splitting the text into lines. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseMetrics } from '../src/sources/scrape/text.ts';
import type { Measured } from './measured.ts';

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

function texts(): Measured {
  const piece = Buffer.concat([...metricsText(0.1)]);
  const pieces = Array<Uint8Array>(Math.ceil(50e6 / piece.byteLength)).fill(piece);
  const rounds = Array.from({ length: 7 }, () => ({
    split: cpuOf(() => splitInto(pieces)),
    ours: cpuOf(() => samplesIn(pieces)),
  }));
  const split = Math.min(...rounds.map((one) => one.split));
  const ours = Math.min(...rounds.map((one) => one.ours));
  return {
    name: `parse 50 MB of metrics (${(50 / ours).toFixed(0)} MB a second), of splitting its lines`,
    value: ours / split,
    reach: 4,
    better: 'lower',
  };
}

const ONCE = fileURLToPath(new URL('metricsOnce.ts', import.meta.url));

async function peakOf(megabytes: number): Promise<number> {
  const args = ['--max-semi-space-size=8', ONCE, String(megabytes)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/** Memory of processes that parse a text without holding all of it. */
async function memory(): Promise<Measured> {
  const [least, small, large] = [await peakOf(5), await peakOf(50), await peakOf(500)];
  const [few, some] = [least, small].map((peak) => `${peak.toFixed(0)} MB`);
  return {
    name: `peak of reading 500 MB of metrics, MB more than of 50 MB (${some}; of 5 MB ${few})`,
    value: large - small,
    reach: 40,
    better: 'lower',
  };
}

export async function run(): Promise<Measured[]> {
  return [texts(), await memory()];
}
