/** Tests engines identified by the names of their metrics. */

import { describe, expect, test } from 'vitest';
import { matchesEngine, toUsageSettings } from '../../../src/domain/engine.ts';
import {
  recognizeEngines,
  type SeenSeries,
  TOKEN_COUNTER_NAMES,
} from '../../../src/sources/engines/recognizeEngines.ts';
import { parseMetrics } from '../../../src/sources/scrape/text.ts';

const at = (name: string, labels: Record<string, string>): SeenSeries => ({ name, labels });
/** So many of them, or one with these labels. */
const replicas = (prefix: string, model: string, of: number | Record<string, string>) =>
  Array.from({ length: typeof of === 'number' ? of : 1 }, (_, index) =>
    ['prompt_tokens_total', 'generation_tokens_total'].map((name) => {
      const labels = { model_name: model, instance: `10.0.0.${index}:8000` };
      return at(`${prefix}${name}`, typeof of === 'number' ? labels : { ...labels, ...of });
    }),
  ).flat();

const short = (series: readonly SeenSeries[]) =>
  recognizeEngines(series).map(({ engine, model, places }) => [engine, model, places.length]);

describe('an engine is identified by its metric names', () => {
  test.each([
    ['vllm', 'vllm:'],
    ['vllm', 'vllm_'],
    ['ray-serve', 'ray_vllm:'],
    ['sglang', 'sglang:'],
    ['tensorrt-llm', 'trtllm_'],
    ['lmdeploy', 'lmdeploy:'],
    ['aibrix', 'aibrix:'],
    ['nim', ''],
  ])('%s by %s, each model once with its replicas', (engine, prefix) => {
    const series = [...replicas(prefix, 'b', 2), ...replicas(prefix, 'a', 3)];
    expect(short(series)).toEqual([
      [engine, 'a', 3],
      [engine, 'b', 2],
    ]);
  });

  test('llama.cpp and TGI report no model: their job replaces it', () => {
    const series = [
      at('llamacpp:tokens_predicted_total', { job: 'edge', instance: 'a' }),
      at('tgi_request_input_length_sum', { job: 'chat', instance: 'b' }),
      at('tgi_request_generated_tokens_sum', { job: 'chat', instance: 'c' }),
    ];
    expect(
      recognizeEngines(series).map(({ engine, match, places }) => [engine, match, places.length]),
    ).toEqual([
      ['llama.cpp', { job: 'edge' }, 1],
      ['tgi', { job: 'chat' }, 2],
    ]);
  });

  test('one unprefixed name alone identifies no engine, and other programs are none', () => {
    const series = [
      at('prompt_tokens_total', { model_name: 'm' }),
      at('litellm_total_tokens', { model_name: 'm' }),
      at('http_requests_total', {}),
    ];
    expect(recognizeEngines(series)).toEqual([]);
  });

  test("a server that republishes another's names is identified as itself", () => {
    expect(short([...replicas('vllm:', 'm', 1), ...replicas('aibrix:', 'm', 1)])).toEqual([
      ['aibrix', 'm', 1],
    ]);
  });

  test('two spellings of one family are reported', () => {
    const [found] = recognizeEngines([
      ...replicas('vllm:', 'm', 1),
      ...replicas('vllm_', 'm', { instance: 'otel' }),
    ]);
    expect(found).toMatchObject({ engine: 'vllm', spellings: ['vllm:', 'vllm_'] });
    expect(found?.readBy).toEqual(expect.arrayContaining(['vllm', 'llm-d', 'ray-serve', 'nim']));
  });

  test('a frontend counts what the workers behind it count', () => {
    const front = [
      'dynamo_frontend_input_sequence_tokens_sum',
      'dynamo_frontend_output_tokens_total',
    ].map((name) => at(name, { model: 'M', instance: 'front' }));
    const found = recognizeEngines([...front, ...replicas('vllm:', 'm', 2)]);
    expect(found.map(({ engine, behind }) => [engine, behind])).toEqual([
      ['dynamo', undefined],
      ['vllm', 'Dynamo'],
    ]);
  });
});

describe('prefill servers and decode servers', () => {
  test('are identified by a label, exactly where it has two values', () => {
    const [found] = recognizeEngines([
      ...replicas('vllm:', 'm', { instance: 'a', role: 'prefill' }),
      ...replicas('vllm:', 'm', { instance: 'b', role: 'decode' }),
    ]);
    const role = { label: 'role', prefill: 'prefill', decode: 'decode' };
    expect(found).toMatchObject({ role, hasRoleLabels: false });
    expect(found && toUsageSettings(found)).toEqual({
      engine: 'vllm',
      match: { model_name: 'm' },
      role,
    });
  });

  test('or by the names of their pods', () => {
    const pods = ['m-prefill-0', 'm-prefill-1', 'm-decode-0'].flatMap((pod) =>
      replicas('vllm:', 'm', { instance: pod, pod }),
    );
    expect(recognizeEngines(pods)[0]).toMatchObject({
      role: { label: 'pod', prefill: '*prefill*', decode: 'm-decode-0' },
    });
  });

  test('of llm-d report their role themselves', () => {
    const [found] = recognizeEngines(
      ['prefill', 'decode'].flatMap((role) =>
        replicas('vllm:', 'm', { instance: role, llm_d_ai_role: role }),
      ),
    );
    expect(found).toMatchObject({ engine: 'llm-d', hasRoleLabels: true });
    expect(found && toUsageSettings(found)).not.toHaveProperty('role');
  });
});

test('a page of metrics gives the same result', () => {
  const text = `# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{engine="0",model_name="org/say \\"hi\\""} 1.5e+06
vllm:generation_tokens_total{engine="0",model_name="org/say \\"hi\\""} 7 # {trace_id="x"} 1
vllm:prompt_tokens_totally{model_name="other"} 1
`;
  const options = {
    where: 'a page',
    names: new Set(TOKEN_COUNTER_NAMES),
    contentType: 'text/plain',
  };
  const found = recognizeEngines([...parseMetrics([Buffer.from(text)], options)]);
  expect(found.map(({ engine, model }) => [engine, model])).toEqual([['vllm', 'org/say "hi"']]);
  const [first] = found;
  expect(first && matchesEngine(first, { model_name: 'org/*' })).toBe(true);
  expect(first && matchesEngine(first, { model_name: 'org/*', job: 'x' })).toBe(false);
});
