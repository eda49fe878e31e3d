/** Every published run in our table is in the collection that it was taken from. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nearestReference } from '../../src/economics/usage/references.ts';

const CSV = new URL('../../../shared/reference/metrics/throughput-references.csv', import.meta.url);

const [HEADER = '', ...LINES] = readFileSync(CSV, 'utf8').trim().split('\n');
const NAMES = HEADER.split(',');

/** The cells of a line; only the engine and the last two columns are quoted. */
function cellsOf(line: string): ReadonlyMap<string, string> {
  const cells = [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell);
  return new Map(NAMES.map((name, at) => [name, (cells[at] ?? '').replaceAll('"', '')]));
}

test('the nearest run to each collected one is one of them, to the token', () => {
  const all = LINES.map(cellsOf).map((cells) => {
    const [input, output] = [Number(cells.get('input_len')), Number(cells.get('output_len'))];
    const result = Number(cells.get('total_tokens_per_s_per_gpu'));
    const out = Number(cells.get('output_tokens_per_s_per_gpu'));
    return {
      gpu: /^[A-Z]+\d+/.exec(cells.get('gpu') ?? '')?.[0] ?? '',
      model: (cells.get('model') ?? '').replace('Meta-', ''),
      input,
      output,
      total: result > 0 ? result : (out * (input + output)) / output,
    };
  });
  const shaped = all.filter(({ input, output }) => input > 0 && output > 0);
  expect(shaped.length).toBeGreaterThan(150);
  const strangers = shaped.flatMap(({ gpu, model, input, output }) => {
    const found = nearestReference({ gpu, model, inputPerOutput: input / output });
    if (found === undefined) return [];
    const isFound = ({ total, ...run }: (typeof shaped)[number]) =>
      Math.abs(total - found.tokensPerSecond) <= 0.5 &&
      [run.gpu, run.model, run.input, run.output].join() ===
        [found.gpu, found.model, found.inputTokens, found.outputTokens].join();
    return shaped.some(isFound) ? [] : [found];
  });
  expect(strangers).toEqual([]);
});
