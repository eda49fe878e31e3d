/** Engines and hosted models that `init` and `doctor` detect. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { expectRefusal } from './cliFixture.ts';

type Labels = Readonly<Record<string, string>>;

const counters = (prefix: string, labels: Labels) =>
  ['prompt_tokens_total', 'generation_tokens_total'].map((name) => ({
    __name__: `${prefix}${name}`,
    ...labels,
  }));

const LLAMA = 'meta-llama/Llama-3.3-70B-Instruct';
const SERIES = [
  ...counters('vllm:', { model_name: LLAMA, job: 'chat', instance: '10.0.0.1:8000' }),
  ...counters('vllm:', { model_name: LLAMA, job: 'chat', instance: '10.0.0.2:8000' }),
  ...counters('sglang:', { model_name: 'Qwen/Qwen3-32B', job: 'qwen', instance: '10.0.1.1:30000' }),
];

async function listening(reply: Reply): Promise<string> {
  const server = await startServer(reply);
  onTestFinished(() => server.close());
  return server.origin;
}

/** A Prometheus that has these series and no samples. */
function prometheus(series: readonly Labels[] = SERIES): Promise<string> {
  return listening((response, request) => {
    const data = request.path.endsWith('/series')
      ? series
      : request.path.includes('/label/')
        ? []
        : { resultType: 'matrix', result: [] };
    json({ status: 'success', data })(response, request);
  });
}

const listed = (id: string, huggingFace: string) => ({
  id,
  canonical_slug: id,
  hugging_face_id: huggingFace,
  context_length: 131_072,
});

function router(): Promise<string> {
  return listening((response, request) => {
    const isModels = request.path === '/models';
    const data = [
      listed('meta-llama/llama-3.3-70b-instruct', LLAMA),
      listed('qwen/qwen3-30b-a3b', 'Qwen/Qwen3-30B-A3B'),
      { broken: true },
    ];
    json(isModels ? { data } : { error: { code: 404 } }, isModels ? 200 : 404)(response, request);
  });
}

async function written(folder: string) {
  const path = join(folder, 'rentcheck.yaml');
  return { text: await readFile(path, 'utf8'), config: await loadConfig(path, { env: {} }) };
}

test('init proposes a deployment for each engine and model that it detects', async () => {
  const folder = await folderWith({});
  const url = await prometheus();
  const args = ['init', '--yes', '--metrics', url, '--router', await router()];
  const ran = await rentcheck(folder, args);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain(`vLLM with ${LLAMA} at 2 scrape targets`);
  const { text, config } = await written(folder);
  expect(config.sources.find(({ id }) => id === 'prom')).toMatchObject({
    kind: 'prometheus',
    options: { url },
  });
  expect(
    config.deployments.map(({ id, model, usage, hosted }) => [
      id,
      model,
      usage?.engine,
      usage?.match,
      hosted?.equivalents.map((one) => `${one.via} ${one.model}`),
    ]),
  ).toEqual([
    [
      'llama-3-3-70b-instruct',
      LLAMA,
      'vllm',
      { model_name: LLAMA },
      ['router meta-llama/llama-3.3-70b-instruct'],
    ],
    ['qwen3-32b', 'Qwen/Qwen3-32B', 'sglang', { model_name: 'Qwen/Qwen3-32B' }, undefined],
  ]);
  // A near match is named, and never chosen automatically.
  expect(text).toMatch(/# .*qwen\/qwen3-30b-a3b, differs: /);
  expect(text).toContain('# SGLang, found at 1 scrape target: tensor-parallel ranks');
});

test('init reads a replica directly if no Prometheus answers', async () => {
  const folder = await folderWith({});
  const page = ['prompt_tokens_total', 'generation_tokens_total'].map((name) => {
    return `vllm:${name}{engine="0",model_name="${LLAMA}"} 1.5e+06\n`;
  });
  const origin = await listening((response, { path }) => {
    response.writeHead(path === '/metrics' ? 200 : 404, { 'content-type': 'text/plain' });
    response.end(path === '/metrics' ? page.join('') : 'not found');
  });
  expect(await rentcheck(folder, ['init', '--yes', '--metrics', origin])).toMatchObject({
    code: 0,
  });
  const { config } = await written(folder);
  expect(config.sources.find(({ id }) => id === 'prom')).toMatchObject({
    kind: 'scrape',
    options: { targets: [origin] },
  });
  expect(config.deployments.map(({ usage }) => [usage?.engine, usage?.match])).toEqual([
    ['vllm', { model_name: LLAMA }],
  ]);
});

test('init writes the address at which it found the page, quoted as JSON or not', async () => {
  const text = 'llamacpp:prompt_tokens_total 5\nllamacpp:tokens_predicted_total 3\n';
  const pages = { '/a/metrics': JSON.stringify(text), '/b/metrics': text, '/c/metrics': '[{}]' };
  const origin = await listening((response, { path }) => {
    const page = Object.entries(pages).find(([at]) => at === path)?.[1];
    response.writeHead(page === undefined ? 404 : 200).end(page ?? 'not found');
  });
  for (const address of ['/a', '/a/', '/b/metrics']) {
    const folder = await folderWith({});
    const ran = await rentcheck(folder, ['init', '--yes', '--metrics', `${origin}${address}`]);
    expect(ran).toMatchObject({ code: 0 });
    const { config } = await written(folder);
    expect(config.sources.find(({ id }) => id === 'prom')?.options).toMatchObject({
      targets: [`${origin}${address.slice(0, 2)}/metrics`],
    });
    expect(config.deployments.map(({ usage }) => usage?.engine)).toEqual(['llama.cpp']);
  }
  const none = await rentcheck(await folderWith({}), ['init', '-y', '--metrics', `${origin}/c`]);
  expectRefusal(none, 1, 'shows no known engine', 'a JSON array, such as TensorRT');
});

test('init without a list of models guesses no hosted equivalent', async () => {
  const folder = await folderWith({});
  const ran = await rentcheck(folder, ['init', '--yes', '--metrics', await prometheus()]);
  expect(ran).toMatchObject({ code: 0 });
  const { config, text } = await written(folder);
  expect(config.deployments.map(({ hosted }) => hosted)).toEqual([undefined, undefined]);
  expect(text).toContain('Run rentcheck doctor for proposals');
});

test('init says if the address has no engine, and writes nothing', async () => {
  const folder = await folderWith({});
  const none = await rentcheck(folder, ['init', '--yes', '--metrics', await prometheus([])]);
  expect(none.code).not.toBe(0);
  expect(none.stderr).toContain('shows no known engine');
  await expect(readFile(join(folder, 'rentcheck.yaml'))).rejects.toThrow('ENOENT');
  const slip = await rentcheck(folder, ['init', '--yes', '--metrics', 'not an address']);
  expectRefusal(slip, 2, 'invalid address for --metrics', 'include the port');
  const routerOnly = await rentcheck(folder, ['init', '--yes', '--router', 'http://127.0.0.1:9']);
  expectRefusal(routerOnly, 2, '--router needs --metrics', 'add --metrics');
});

test('hostile model names give a config that loads', async () => {
  const folder = await folderWith({});
  const model = 'a"}: {{deployment}} ${HOME} \n- x\u202e/..';
  const url = await prometheus(counters('vllm:', { model_name: model, instance: 'a' }));
  expect(await rentcheck(folder, ['init', '--yes', '--metrics', url])).toMatchObject({ code: 0 });
  const { config } = await written(folder);
  expect(config.deployments[0]?.usage?.match).toEqual({ model_name: model });
});

interface Finding {
  readonly area: string;
  readonly subject?: string;
  readonly state: string;
  readonly says: string;
  readonly fix?: string;
}

async function mapped(yaml: string): Promise<readonly Finding[]> {
  const folder = await folderWith({ 'rentcheck.yaml': yaml });
  const { stdout } = await rentcheck(folder, ['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.filter(({ area }) => area === 'mapping');
}

const deployment = (id: string, usage: string, more = '') =>
  `  ${id}: { model: ${LLAMA}, gpu: { type: H100 }, resources: [{ source: import }], ` +
  `usage: { source: prom, ${usage} }${more} }\n`;
const config = (url: string, deployments: string, sources = '') =>
  `ledger: ./r.db\nhttp: { retries: 0 }\nsources:\n  prom: { kind: prometheus, url: "${url}" }\n` +
  `${sources}deployments:\n${deployments}`;

test('doctor checks scraped replicas too, and names an engine that is not configured', async () => {
  const page = (prefix: string, model: string) =>
    ['prompt_tokens_total', 'generation_tokens_total']
      .map((name) => `${prefix}${name}{model_name="${model}"} 5\n`)
      .join('');
  const text = page('sglang:', LLAMA) + page('vllm:', 'other');
  const origin = await listening((response) => void response.end(text));
  const pods = `  pods: { kind: scrape, targets: ["${origin}"] }\n`;
  const chat = deployment('chat', `match: { model_name: ${LLAMA} }`).replace('prom', 'pods');
  const findings = await mapped(config(await prometheus([]), chat, pods));
  const [wrong, loose] = findings.filter(
    ({ says }) => says.includes('matching metrics') || says.includes('No deployment counts'),
  );
  expect(wrong).toMatchObject({ subject: 'chat', state: 'fail' });
  expect(wrong?.says).toContain('but the matching metrics are from SGLang');
  expect(loose).toMatchObject({ subject: 'pods', state: 'warn' });
  const usage = '{ source: "pods", engine: "vllm", match: { model_name: "other" } }';
  expect(loose?.fix).toContain(`usage: ${usage}`);
});

test('doctor says if another engine answers than the config names', async () => {
  const yaml = config(
    await prometheus(),
    deployment('chat', 'engine: sglang, match: { job: chat }'),
  );
  const findings = await mapped(yaml);
  const says = 'The config sets usage.engine to sglang, but the matching metrics are from vLLM.';
  expect(findings).toContainEqual(
    expect.objectContaining({ subject: 'chat', state: 'fail', says }),
  );
  const paste = findings.find((one) => one.says === says)?.fix ?? '';
  expect(paste).toContain('usage: { source: "prom", engine: "vllm", match: { model_name: ');
  expect(findings).toContainEqual(
    expect.objectContaining({
      subject: 'prom',
      says:
        'No deployment counts the tokens of SGLang with Qwen/Qwen3-32B, found at 1 scrape ' +
        'target.',
    }),
  );
  expect(findings).toContainEqual(
    expect.objectContaining({ says: 'No measured capacity is configured for chat.' }),
  );
});

test('doctor reports names of two engine families, and disaggregated prefill', async () => {
  const split = ['prefill', 'decode'].flatMap((role, at) =>
    counters(at === 0 ? 'vllm:' : 'vllm_', { model_name: LLAMA, role, instance: role }),
  );
  const capacity = ', capacity: { tokensPerSecond: 1, measured: 2026-01-01, evidence: test }';
  const yaml = config(await prometheus(split), deployment('chat', 'match: {}', capacity));
  const findings = await mapped(yaml);
  expect(findings.map(({ says }) => says)).toContain(
    'Metric names of two families are present: vllm: and vllm_.',
  );
  const role = findings.find(({ says }) => says.includes('both count the prompt'));
  expect(role?.fix).toContain('role: { label: "role", prefill: "prefill", decode: "decode" }');
  expect(findings.map(({ says }) => says).join()).not.toContain('No measured capacity');
});

test('a hosted equivalent that doctor proposes can be pasted, loads, and passes', async () => {
  const url = await prometheus();
  const sources = `  router: { kind: openrouter, baseUrl: "${await router()}" }\n`;
  const usage = 'match: { job: chat }';
  const before = await mapped(config(url, deployment('chat', usage), sources));
  const proposal = before.find(({ says }) => says.includes('No hosted equivalent is named'));
  expect(proposal).toMatchObject({
    subject: 'chat',
    says:
      'No hosted equivalent is named, but router lists meta-llama/llama-3.3-70b-instruct (its ' +
      `Hugging Face id is ${LLAMA}).`,
  });
  const paste = proposal?.fix?.replace(/^Add /, '') ?? '';
  const after = await mapped(config(url, deployment('chat', usage, `, ${paste}`), sources));
  const about = after.filter(({ says }) => /equivalent|a different one/.test(says));
  expect(about.filter(({ says }) => says.includes('No hosted equivalent'))).toEqual([]);
  const other = ', hosted: { equivalents: [{ via: router, model: qwen/qwen3-30b-a3b }] }';
  const wrong = await mapped(config(url, deployment('chat', usage, other), sources));
  expect(wrong).toContainEqual(
    expect.objectContaining({
      subject: 'chat',
      state: 'warn',
      says: expect.stringContaining(
        'is compared with a different one, qwen/qwen3-30b-a3b of router',
      ),
    }),
  );
});

test('an audit uses the pasted proposal of doctor', async () => {
  const bare = WORKED_FILES['rentcheck.yaml']
    .replace(/ {4}hosted: .*\n/, '')
    .replace('ledger: ./rentcheck.db\n', (line) => `${line}http: { retries: 0 }\n`);
  const origin = await listening(json({ data: [listed('host/model', 'example/model')] }));
  const router = `sources: { router: { kind: openrouter, baseUrl: "${origin}" } }\n`;
  const folder = await folderWith({ ...WORKED_FILES, 'rentcheck.yaml': `${router}${bare}` });
  const prices = WORKED_FILES['prices.csv'].replaceAll('example/model', 'host/model');
  await filesIn(folder, { 'prices.csv': prices });
  for (const [kind, ...more] of [['charges'], ['usage'], ['prices', '--source', 'router']]) {
    const args = ['import', kind ?? '', `${kind}.csv`, ...more];
    expect(await rentcheck(folder, args)).toMatchObject({ code: 0 });
  }
  const { stdout } = await rentcheck(folder, ['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const fix = findings.find(({ says }) => says.includes('No hosted equivalent'))?.fix ?? '';
  const paste = `    ${fix.replace(/^Add /, '')}\n`;
  const pasted = bare.replace(/(?=^labor:)/m, () => paste);
  await filesIn(folder, { 'rentcheck.yaml': `${router}${pasted}` });
  const window = ['--from', '2026-07-01', '--to', '2026-07-01T04:00:00Z', '--json'];
  const audit = JSON.parse((await rentcheck(folder, ['audit', ...window])).stdout) as Audit;
  // At host-a 10.4 Mtok at $0.10, 2.6 of output at $0.30, and 2.6 cached, half of them at $0.05 and
  // half at $0.10: $2.015 for 15.6 Mtok.
  expect(audit.totals.hostedUsdPerMtok).toBe('0.129167');
});

test('doctor stays readable at fifty deployments, and hides no failure', async () => {
  const all = Array.from({ length: 50 }, (_, at) => deployment(`d${at}`, `match: { job: j${at} }`));
  const folder = await folderWith({});
  await filesIn(folder, {
    'rentcheck.yaml': config(await prometheus([]), all.join('')),
    'c.csv':
      'resource_id,category,start,end,billed_cost,currency\n' +
      'p,compute,2026-07-01,2026-07-02,1,USD\n',
  });
  expect(await rentcheck(folder, ['import', 'charges', 'c.csv'])).toMatchObject({ code: 0 });
  const { stdout } = await rentcheck(folder, ['doctor']);
  const whole = JSON.parse((await rentcheck(folder, ['doctor', '--json'])).stdout) as {
    findings: Finding[];
  };
  const failed = whole.findings.filter(({ state }) => state === 'fail').length;
  expect(stdout.split('\n').filter((line) => line.startsWith('fail'))).toHaveLength(failed);
  const others = stdout.split('\n').filter((line) => /^(?:ok|warn)/.test(line));
  expect(others.length).toBeLessThan(40);
  expect(stdout).toContain('(--json lists all)');
});
