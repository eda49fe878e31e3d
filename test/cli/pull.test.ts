import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { healthyMarket, MODEL } from '../sources/openrouter/market.ts';
import {
  runpodAccount,
  billReply,
  POD_RECORD,
  podsBillReplies,
} from '../sources/runpod/account.ts';
import { filesIn, type CliResult, rentcheck, temporaryFolder } from '../support/cli.ts';
import {
  dropConnection,
  html,
  repliesInOrder,
  json,
  type Reply,
  startServer,
  type TestServer,
  truncated,
} from '../support/httpServer.ts';
import {
  expectNothingLost,
  expectRefusal,
  readFactsBySql,
  readFactTable,
  steersTerminal,
  expectSuccess,
} from './cliFixture.ts';

const KEY = 'rpa_PLANTED_SECRET_0123456789';
const WINDOW = ['--from', '2026-06-01', '--to', '2026-06-02'];
/** The complete output of a successful pull. */
const NOTE = /^note: runpod-main: The hours of the serverless endpoint "bursty" are .*\n$/;
const folder = temporaryFolder().path;
let server: TestServer;
let runpod: Reply;
let market: Reply = healthyMarket;
let first: CliResult;
let before: string;

const config = (changes: { retries?: number; runpodUrl?: string } = {}) => `
http: { retries: ${changes.retries ?? 0}, timeoutSeconds: 60 }
sources:
  runpod-main:
    kind: runpod
    apiKey: \${RUNPOD_API_KEY}
    baseUrl: ${changes.runpodUrl ?? server.origin}
    bucket: day
  router: { kind: openrouter, baseUrl: "${server.origin}" }
deployments:
  chat-70b:
    model: meta-llama/Llama-3.3-70B-Instruct
    gpu: { type: H100-80GB, count: 2 }
    resources: [{ source: runpod-main, match: { name: "chat-70b-*" } }]
    hosted: { equivalents: [{ via: router, model: ${MODEL} }] }
`;

const pull = (...args: string[]) =>
  rentcheck(folder, ['pull', ...args, ...WINDOW], { RUNPOD_API_KEY: KEY });

/** Pulls from a RunPod with this reply, and returns the first failure. */
async function pullFrom(reply: Reply) {
  runpod = reply;
  const ran = await pull('runpod-main', '--json');
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^incomplete: runpod-main \(runpod\.\S+\): /);
  expect(ran.stdout + ran.stderr).not.toContain(KEY);
  const [result] = JSON.parse(ran.stdout).pulled;
  expect(result.added).toBe(0);
  return { ...result.failures[0], fetches: result.fetches, stderr: ran.stderr };
}

beforeAll(async () => {
  server = await startServer((response, request) => {
    const reply = request.path.startsWith('/models') ? market : runpod;
    reply(response, request);
  });
  runpod = runpodAccount();
  await filesIn(folder, { 'rentcheck.yaml': config() });
  first = expectSuccess(await pull());
  before = await readFactsBySql(folder);
});

test('sources that answer are pulled, with one line each', () => {
  expect(first.stderr).toMatch(NOTE);
  expect(first.stdout).toMatch(/^runpod-main: \d+ new, 0 restated, 0 unchanged\nrouter: \d+ new/);
  expect(readFactTable(before, 'charge').length).toBeGreaterThan(0);
});

afterAll(() => server.close());

describe('a provider that fails', () => {
  const problem = (status: number, headers?: Record<string, string>) =>
    json({ title: 'No', status, detail: 'said the provider' }, status, headers);

  it.each<[string, Reply, string, string, string]>([
    ['refuses the key', problem(401), 'auth', 'returned 401: said the provider', 'API key'],
    ['forbids', problem(403), 'forbidden', 'returned 403: said the provider', 'read access'],
    ['has no such path', problem(404), 'not-found', 'returned 404', 'check the address'],
    [
      'requests a pause',
      problem(429, { 'retry-after': '1' }),
      'rate-limited',
      '429',
      'wait and pull',
    ],
    ['is broken', problem(500), 'unavailable', 'returned 500: said the provider', 'pull again'],
    ['sends an HTML page', html(), 'malformed', 'HTML', 'none of it was stored'],
    [
      'stops halfway',
      truncated({ gpus: ['x'.repeat(999)] }),
      'unavailable',
      'incomplete response',
      'again',
    ],
    ['hangs up', dropConnection, 'unavailable', 'cannot reach', 'no data is lost'],
    ['sends half of a JSON text', json('{"gpus": ['), 'malformed', 'JSON', 'none of it'],
    [
      'returns 200 with an error',
      json({ error: { code: 403, message: 'quota of \u001b[31mthe\u009b key' } }),
      'forbidden',
      'returned 200 with an error inside: quota of',
      'read access',
    ],
  ])('%s: is reported as that, ends with 1, and nothing is lost', async (_, reply, ...expected) => {
    const [code, message, hint] = expected;
    const failure = await pullFrom(reply);
    expect(failure).toMatchObject({ code, url: expect.stringContaining(server.origin) });
    expect(failure.message).toContain(message);
    expect(failure.message).toContain(hint);
    expect(failure.stderr).toContain(message);
    expect(steersTerminal(failure.stderr)).toBe(false);
    expectNothingLost(before, await readFactsBySql(folder));
  });

  it('gets no more requests once it has refused the key', async () => {
    expect((await pullFrom(problem(401))).fetches).toBe(1);
  });

  it('is named if nothing listens at its address', async () => {
    const closed = await startServer(dropConnection);
    await closed.close();
    await writeFile(join(folder, 'rentcheck.yaml'), config({ runpodUrl: closed.origin }));
    const failure = await pullFrom(dropConnection);
    expect(failure.message).toContain(`cannot reach ${closed.origin}/v2/catalog/gpus`);
    expect(failure.message).toContain('connection refused (ECONNREFUSED)');
    expect(failure.message).toContain('check the address');
    await writeFile(join(folder, 'rentcheck.yaml'), config());
  });

  it('is retried as often as http.retries says, after the requested pause', async () => {
    await writeFile(join(folder, 'rentcheck.yaml'), config({ retries: 1 }));
    const catalog = repliesInOrder(problem(429, { 'retry-after': '1' }), runpodAccount());
    runpod = (response, request) =>
      (request.path === '/v2/catalog/gpus' ? catalog : runpodAccount())(response, request);
    const requestCount = server.requests.length;
    const ran = await pull('runpod-main');
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(NOTE) });
    const paths = server.requests.slice(requestCount).map(({ path }) => path);
    expect(paths.filter((path) => path === '/v2/catalog/gpus')).toHaveLength(2);
    await writeFile(join(folder, 'rentcheck.yaml'), config());
  });
});

describe('an invalid row', () => {
  it('is reported with place and reason if a number is a string; nothing is lost', async () => {
    const record = { ...POD_RECORD, totalAmount: '0.5', podId: 'pod\u001b[2J' };
    runpod = runpodAccount({ '/v2/billing/pods': json(billReply([record])) });
    const ran = await pull('runpod-main');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^runpod-main: \d+ new, 0 restated, \d+ unchanged, 1 rejected\n$/);
    expect(ran.stderr).toContain('1 row rejected. First: row 1 of runpod.billing.pods: ');
    expect(ran.stderr).toContain('totalAmount');
    expect(ran.stderr).not.toContain('\u001b');
    expectNothingLost(before, await readFactsBySql(folder));
  });

  it('is reported if a whole bill is empty, which withdraws nothing', async () => {
    runpod = runpodAccount(podsBillReplies(billReply([]), 0));
    const ran = await pull('runpod-main');
    expect(ran.stderr).toMatch(
      /^note: runpod-main: The response has no charge .* Nothing was withdrawn\.$/m,
    );
    expectNothingLost(before, await readFactsBySql(folder));
  });
});

describe('several sources', () => {
  it('are independent: one fails, the others finish, and both are reported', async () => {
    runpod = json({ detail: 'on fire' }, 500);
    const ran = await pull();
    expect(ran.code).toBe(1);
    const lines = ran.stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      'runpod-main: 0 new, 0 restated, 0 unchanged, 11 of 11 requests failed',
      expect.stringMatching(/^router: \d+ new, /),
    ]);
    expect(ran.stderr).toContain('incomplete: runpod-main');
    expect(ran.stderr).not.toContain('incomplete: router');
  });

  it('are pulled in parallel and reported in order', async () => {
    const requested = Promise.withResolvers<void>();
    runpod = (response, request) => {
      void requested.promise.then(() => runpodAccount()(response, request));
    };
    market = (response, request) => {
      requested.resolve();
      healthyMarket(response, request);
    };
    const ran = expectSuccess(await pull());
    expect(ran.stdout).toMatch(/^runpod-main: .+\nrouter: .+\n$/);
    market = healthyMarket;
  });

  it('one without its key names the missing variable, and the other works', async () => {
    const ran = await rentcheck(folder, ['pull', ...WINDOW]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('the secret ${RUNPOD_API_KEY} is not set');
    expect(ran.stderr).toContain('set ${RUNPOD_API_KEY} in the environment');
    expect(ran.stdout).toMatch(/^router: /m);
  });

  it('an unknown one is refused before any request', async () => {
    const requestCount = server.requests.length;
    const ran = await pull('router', 'runpod');
    expectRefusal(ran, 2, 'Unknown source "runpod"', 'runpod-main, router');
    expect(server.requests).toHaveLength(requestCount);
  });
});
