/** Messages about a wrong config where a bare "found, expected" would not help. */

import { describe, expect, it } from 'vitest';
import { deploymentYaml, KIND_LIST, loadConfigText, configProblems } from './configFile.ts';

const SOURCES =
  'sources: { acme: { kind: import }, prom: { kind: prometheus, url: "http://p:9090" } }\n';
const served = (usage: string) => `${SOURCES}${deploymentYaml(`usage: { ${usage} }`)}`;

describe('an engine that is not supported', () => {
  it.each(['acme', 'import'])('does not matter if usage comes from files: %s', async (source) => {
    expect(await configProblems(served(`source: ${source}, engine: sglang`))).toEqual([
      'deployments.a.usage.engine: found "sglang", expected no engine: usage from ' +
        `"${source}" is imported from files; remove engine`,
    ]);
  });

  it('is refused with what to do if a source would read its metrics', async () => {
    const [ollama] = await configProblems(served('source: prom, engine: ollama'));
    expect(ollama).toBe(
      'deployments.a.usage.engine: found "ollama", cannot be measured ' +
        'here: Ollama has no ' +
        'metrics; use a gateway as the source ' +
        'of usage (LiteLLM, Langfuse, Portkey or access ' +
        'logs). Or ' +
        'import a CSV file: usage: { source: import }, then rentcheck ' +
        'import usage ' +
        'FILE',
    );
    const [unknown] = await configProblems(served('source: prom, engine: mystery'));
    expect(unknown).toContain('found "mystery", expected vllm, sglang, tgi, tensorrt-llm, nim,');
    expect(await configProblems(served('source: prom, engine: triton'))).toEqual([
      expect.stringContaining('Triton does not count tokens'),
    ]);
  });

  it('may be any of the table, under its common names', async () => {
    for (const name of ['sglang', 'TGI', 'trtllm', 'llamacpp', 'ray', 'dynamo', 'lmdeploy']) {
      const { deployments } = await loadConfigText(served(`source: prom, engine: ${name}`));
      expect(deployments[0]?.usage?.engine).toBe(name);
    }
  });

  it('with bare metric names needs labels that select it', async () => {
    expect(await configProblems(served('source: prom, engine: nim'))).toEqual([
      expect.stringContaining('usage.match: expected labels, like model_name: NIM metric names'),
    ]);
    expect(
      (await loadConfigText(served('source: prom, engine: nim, match: { model_name: m }')))
        .deployments,
    ).toHaveLength(1);
  });

  it('may have its GPUs watched by an existing source', async () => {
    const watched = (source: string) =>
      served(`source: prom, telemetry: { source: ${source}, match: { pod: "a-*" } }`);
    const { deployments } = await loadConfigText(watched('prom'));
    expect(deployments[0]?.usage?.telemetry).toEqual({ source: 'prom', match: { pod: 'a-*' } });
    expect(await configProblems(watched('dcgm'))).toEqual([
      expect.stringContaining('deployments.a.usage.telemetry.source: found "dcgm"'),
    ]);
  });

  it('of your own names its metrics, and whether the cache is in the prompt', async () => {
    const custom = 'source: prom, metrics: { prompt: in_total, output: "out_total{kind=\'a\'}"';
    const { deployments } = await loadConfigText(served(`${custom} }`));
    expect(deployments[0]?.usage).toMatchObject({
      engine: 'custom',
      metrics: { prompt: 'in_total' },
    });
    expect(await configProblems(served(`${custom}, cached: hits_total }`))).toEqual([
      expect.stringContaining('usage.metrics.cachedIs: expected inside or outside'),
    ]);
    expect(await configProblems(served('source: prom, engine: custom'))).toEqual([
      expect.stringContaining('usage.metrics: expected metrics: { prompt, output }'),
    ]);
    expect(await configProblems(served(`${custom} }, engine: sglang`))).toEqual([
      expect.stringContaining(
        'usage.metrics: expected no metrics: the metric names of sglang are known',
      ),
    ]);
  });

  it('is named if it is not text', async () => {
    expect(await configProblems(served('source: prom, engine: 3'))).toEqual([
      'deployments.a.usage.engine: found 3, expected the name of an engine, like vllm',
    ]);
  });

  it('may be vllm everywhere, and is vllm by default', async () => {
    const engineOf = async (usage: string) =>
      (await loadConfigText(served(usage))).deployments[0]?.usage?.engine;
    expect(await engineOf('source: acme, engine: vllm')).toBe('vllm');
    expect(await engineOf('source: prom')).toBe('vllm');
  });
});

it('an unsupported kind of source can be imported, and the fault says how', async () => {
  expect(await configProblems('sources: { main: { kind: modal, apiKey: "${KEY}" } }')).toEqual([
    `sources.main.kind: found "modal", expected a kind of source: ${KIND_LIST}; for another ` +
      'provider, write kind: import and import its bills as CSV: rentcheck import charges ' +
      'FILE --source main',
  ]);
  expect(await configProblems('sources: { main: { kind: runpot } }')).toEqual([
    `sources.main.kind: found "runpot", expected a kind of source: ${KIND_LIST}; ` +
      'did you mean "runpod"?',
  ]);
});

describe('a wildcard', () => {
  const remedy = 'write the full name of one model; * is a wildcard only under match';

  it('names no self-hosted model', async () => {
    const content = deploymentYaml('').replace('model: m', 'model: "meta-llama/*"');
    expect(await configProblems(content)).toEqual([
      'deployments.a.model: found "meta-llama/*", expected a model\'s name of 1 to 500 ' +
        `characters; ${remedy}`,
    ]);
  });

  it('names no hosted model', async () => {
    const equivalents = 'hosted: { equivalents: [{ via: import, model: "llama-*" }] }';
    expect(await configProblems(deploymentYaml(equivalents))).toEqual([
      'deployments.a.hosted.equivalents[0].model: found "llama-*", expected the model\'s name ' +
        `there of 1 to 500 characters; ${remedy}`,
    ]);
  });
});
