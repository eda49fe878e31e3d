/** The doctor on a stack with one fault of each kind. Each is reported once. */

import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, dayStartMs, dayText, HOUR_MS, instantText } from '../../src/domain/period.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { json, type Reply, startServer } from '../support/httpServer.ts';
import { expectSuccess } from './cliFixture.ts';

/** The program uses the real clock, so the fixtures cover yesterday and the weeks before. */
const TODAY = dayStartMs(Date.now());
const YESTERDAY = TODAY - DAY_MS;
const ago = (days: number) => dayText(TODAY - days * DAY_MS);

const LLAMA = 'meta-llama/Llama-3.3-70B-Instruct';

const deployment = (id: string, rest: string) => `  ${id}:
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: ${id}-pod } }]
${rest}`;

const config = (prom: string, router: string) => `
sources:
  prom: { kind: prometheus, url: "${prom}" }
  router: { kind: openrouter, baseUrl: "${router}" }
  engine: { kind: import }
  gw: { kind: import }
  logs: { kind: import }
  openai: { kind: import }
  finance: { kind: import }
deployments:
${deployment(
  'chat',
  `    model: example/model
    usage: { source: engine }
    gateway: { source: gw }
    hosted: { equivalents: [{ via: import, model: example/model }] }
`,
)}${deployment(
  'logged',
  `    model: m/llama
    usage: { source: logs, match: { model: "llama-*" } }
    hosted: { equivalents: [{ via: import, model: catalog/model }] }
`,
)}${deployment(
  'scraped',
  `    model: ${LLAMA}
    usage: { source: prom, engine: vllm, match: { model_name: m } }
`,
)}`;

/** A Prometheus with 15 days of retention, and a router that lists one model. */
const prometheus: Reply = (response, request) => {
  const { path } = request;
  const body = path.endsWith('/runtimeinfo')
    ? { storageRetention: '15d' }
    : path.endsWith('/series') || path.includes('/label')
      ? []
      : { resultType: 'matrix', result: [] };
  json({ status: 'success', data: body })(response, request);
};
const listed = { id: 'meta-llama/llama-3.3-70b-instruct', hugging_face_id: LLAMA };
const router: Reply = (response, request) => {
  const isModels = request.path === '/models';
  json(isModels ? { data: [listed] } : { error: { code: 404 } }, isModels ? 200 : 404)(
    response,
    request,
  );
};

const USAGE = 'deployment,start,end,prompt_tokens,output_tokens,requests';
const usage = (prompt: number) =>
  `${USAGE}\n${Array.from({ length: 24 }, (_, hour) => {
    const span = [hour, hour + 1].map((at) => instantText(YESTERDAY + at * HOUR_MS)).join();
    return `chat,${span},${prompt},1000,10\n`;
  }).join('')}`;

const PER_MTOK = 'input_usd_per_mtok,output_usd_per_mtok';
const PRICES = `host,model,quantization,valid_from,${PER_MTOK},second_hand
host-a,example/model,fp8,${ago(40)},0.10,0.30,
host-old,example/model,fp8,${ago(40)},0.10,0.30,
host-old,example/model,fp8,${ago(5)},,,
host-odd,example/model,fp8,${ago(3)},900,1900,
host-c,catalog/model,fp8,${ago(40)},0.10,0.30,yes
`;

const CHARGES = 'id,resource_id,category,start,end,billed_cost,currency';
const bill = (id: string) =>
  `${CHARGES}\n${[10, 12, 9]
    .map((cost, day) => `${id}-${day},gpt-4o,hosted,${ago(9 - day)},${ago(8 - day)},${cost},USD\n`)
    .join('')}`;

/**
 * A self-hosted answer, and a hosted API's answer a minute later; then a self-hosted answer alone.
 */
const turn = (id: string, model: string, minute: number) =>
  JSON.stringify({
    request_id: id,
    model,
    time: instantText(YESTERDAY + 8 * HOUR_MS + minute * 60_000),
    duration_ms: 1_000,
    session_id: id.slice(0, 1),
    status_code: 200,
    usage: { prompt_tokens: 100, completion_tokens: 10 },
  });
const TURNS = [turn('a1', 'llama-70b', 0), turn('a2', 'gpt-4o', 1), turn('b1', 'llama-70b', 2)];
const LOG = `${TURNS.join('\n')}\n`;

interface Finding {
  readonly area: string;
  readonly subject?: string;
  readonly state: string;
  readonly says: string;
  readonly fix?: string;
}

/** The start or part of each finding's text, and its subject. */
const EXPECTED = [
  ['host-old stopped selling the hosted equivalent', 'chat'],
  ['is in quarantine and is not used', 'import'],
  ['but only from catalogs', 'logged'],
  ['No hosted equivalent is named, but router lists', 'scraped'],
  ['The server keeps samples for 15 days', 'prom'],
  ['gw counts', 'chat'],
  ['Hosted APIs answered 1 of 2 requests', 'logged'],
  ['bill the same hosted purchases', 'finance and openai'],
] as const;

describe('the doctor, on a stack with one fault of each kind', () => {
  const folder = temporaryFolder().path;
  const run = (...args: string[]) => rentcheck(folder, args);
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    const [prom, models] = [await startServer(prometheus), await startServer(router)];
    await filesIn(folder, {
      'rentcheck.yaml': config(prom.origin, models.origin),
      'prices.csv': PRICES,
      'engine.csv': usage(100_000),
      'gw.csv': usage(80_000),
      'log.jsonl': LOG,
      'openai.csv': bill('api'),
      'finance.csv': bill('line'),
    });
    expectSuccess(await run('import', 'prices', 'prices.csv'));
    for (const source of ['engine', 'gw']) {
      expectSuccess(await run('import', 'usage', `${source}.csv`, '--source', source));
    }
    for (const source of ['openai', 'finance']) {
      expectSuccess(await run('import', 'charges', `${source}.csv`, '--source', source));
    }
    expectSuccess(await run('import', 'requests', 'log.jsonl', '--source', 'logs'));
    findings = JSON.parse((await run('doctor', '--json')).stdout).findings;
    await Promise.all([prom.close(), models.close()]);
  });

  it.each(EXPECTED)('reports once: %s', (says, subject) => {
    const found = findings.filter((one) => one.says.includes(says));
    expect(found).toMatchObject([{ state: 'warn', subject }]);
    expect(found[0]?.fix).toMatch(/\w/);
  });

  it('reports none of them without a fault', async () => {
    const sound = temporaryFolder().path;
    await filesIn(sound, { 'rentcheck.yaml': 'deployments: {}\n', 'openai.csv': bill('api') });
    expectSuccess(await rentcheck(sound, ['import', 'charges', 'openai.csv']));
    const { stdout } = await rentcheck(sound, ['doctor', '--json']);
    const findings: readonly Finding[] = JSON.parse(stdout).findings;
    const text = findings.map((one) => one.says).join('\n');
    for (const [says] of EXPECTED) expect(text).not.toContain(says);
  });
});
