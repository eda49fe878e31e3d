/** How fast the text of replicas is read, against splitting it into lines. */

import { textSamples } from '../src/sources/scrape/text.ts';
import type { Measured } from './measured.ts';

const NAMES = [
  'vllm:prompt_tokens_total',
  'vllm:generation_tokens_total',
  'vllm:request_success_total',
  'vllm:num_requests_running',
  'process_start_time_seconds',
];

/** 50 MB of metrics as vLLM tells them: most lines are buckets of histograms. */
function metricsText(): Uint8Array[] {
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
  const piece = Buffer.from(`${lines.join('\n')}\n`);
  return Array<Uint8Array>(Math.ceil(50e6 / piece.byteLength)).fill(piece);
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

function samplesIn(pieces: readonly Uint8Array[]): number {
  const wish = { where: 'bench', names: new Set(NAMES), contentType: 'text/plain' };
  let count = 0;
  for (const _ of textSamples(pieces, wish)) count += 1;
  return count;
}

function texts(): Measured {
  const pieces = metricsText();
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

export async function run(): Promise<Measured[]> {
  return [texts()];
}
