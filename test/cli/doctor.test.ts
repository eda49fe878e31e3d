/** The doctor finds faults, says how to fix them, and reveals no secret. */

import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { filesIn, folderWith, type CliResult, rentcheck } from '../support/cli.ts';
import { json, startServer } from '../support/httpServer.ts';
import { startMailServer } from '../support/mailServer.ts';
import { type TestRedis, sharedRedis } from '../support/redis.ts';
import { textReply, startWebhook } from '../support/webhookServer.ts';
import { startChild } from '../ledger/childProcess.ts';
import { WORKED_EXAMPLE_FILES } from './cliFixture.ts';

interface Finding {
  readonly area: string;
  readonly subject?: string;
  readonly state: string;
  readonly says: string;
  readonly fix?: string;
}

/** Every secret of these tests contains this word. */
const HUSH = 'hush';

function expectNoSecret(ran: CliResult): void {
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(HUSH);
}

async function findingsOf(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; findings: readonly Finding[] }> {
  const ran = await rentcheck(folder, ['doctor', '--json'], env);
  expectNoSecret(ran);
  const { schema, healthy, findings } = JSON.parse(ran.stdout) as {
    schema: string;
    healthy: boolean;
    findings: Finding[];
  };
  expect(schema).toBe('rentcheck/doctor/1');
  expect(healthy).toBe(ran.code === 0);
  for (const { state, fix } of findings) expect(fix !== undefined || state === 'ok').toBe(true);
  return { code: ran.code, findings };
}

const findingsIn = (findings: readonly Finding[], area: string, subject?: string) =>
  findings.filter((one) => one.area === area && (subject === undefined || one.subject === subject));

let redis: TestRedis;
beforeAll(async () => {
  redis = await sharedRedis();
  return () => redis.stop();
});

test('a sound installation is reported line by line, and the exit code is 0', async () => {
  const mail = await startMailServer({
    authOptional: false,
    onAuth: ({ username, password }, _, done) =>
      password === 'hush-mail' ? done(null, { user: username }) : done(new Error('no')),
  });
  const hook = await startWebhook(textReply(400, 'no_text'));
  onTestFinished(() => hook.close());
  const folder = await folderWith({
    ...WORKED_EXAMPLE_FILES,
    'rentcheck.yaml': `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
owner: platform
report:
  from: audit@example.com
  to: [cfo@example.com]
  owner: ml@example.com
  recipients: [{ role: leader, channel: room }]
  channels: { room: { kind: slack, webhook: "\${HOOK}" }, archive: { kind: folder, path: mail } }
smtp: { url: "\${SMTP_URL}" }
redis: { url: "\${REDIS}" }
`,
  });
  for (const kind of ['charges', 'usage', 'prices']) {
    await rentcheck(folder, ['import', kind, `${kind}.csv`]);
  }
  const env = {
    SMTP_URL: `smtp://me:hush-mail@127.0.0.1:${mail.port}`,
    HOOK: hook.address,
    REDIS: redis.place().address,
  };
  const { code, findings } = await findingsOf(folder, env);
  expect(findings.filter(({ state }) => state === 'fail')).toEqual([]);
  expect(code).toBe(0);
  expect(findingsIn(findings, 'config')).toEqual([
    {
      area: 'config',
      state: 'ok',
      code: 'config-in-order',
      path: 'rentcheck.yaml',
      says: 'The config rentcheck.yaml is valid.',
    },
  ]);
  expect(findingsIn(findings, 'ledger')[0]?.says).toMatch(
    /rentcheck\.db \(\d.*\) is intact and writable/,
  );
  expect(findingsIn(findings, 'queue')[0]).toMatchObject({ state: 'ok', says: 'Redis answers.' });
  expect(findingsIn(findings, 'channel').map(({ subject, state }) => [subject, state])).toEqual([
    ['mail', 'ok'],
    ['room', 'ok'],
    ['archive', 'ok'],
  ]);
  expect(findingsIn(findings, 'channel', 'mail')[0]?.says).toMatch(
    /answers \(unencrypted, signed in as me\)/,
  );
  expect(findingsIn(findings, 'mapping').map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
  expect(mail.received).toEqual([]);
  expect(hook.posted).toEqual(['{"text":""}']);
  const text = await rentcheck(folder, ['doctor'], env);
  expectNoSecret(text);
  expect(text.stdout).toMatch(/^ok {4}config: The config rentcheck\.yaml is valid\.$/m);
  expect(text.stdout).toMatch(/^ok {4}channel room: The webhook exists/m);
});

test('each fault is reported next to everything else, with what to do', async () => {
  const folder = await folderWith({
    'rentcheck.yaml': `
sources:
  pods: { kind: runpod, apiKey: "\${RUNPOD}", baseUrl: "http://127.0.0.1:65533" }
  router: { kind: openrouter, apiKey: "\${MISSING}" }
deployments:
  chat:
    model: m
    gpu: { type: A100 }
    resources: [{ source: pods, match: { name: "chat-*" } }]
    hosted: { equivalents: [{ via: router, model: author/m }] }
report:
  from: a@example.com
  to: [cfo@example.com]
  channels: { room: { kind: teams, webhook: "\${HOOK}" } }
  pdf: true
  chromium: ./no-browser
  deadMan: { webhook: "\${HOOK}" }
smtp:
  url: "\${SMTP_URL}"
  dkim: { domain: example.com, selector: s, privateKey: "\${DKIM}" }
redis: { url: "\${REDIS}" }
`,
  });
  const { code, findings } = await findingsOf(folder, {
    RUNPOD: 'hush-runpod-0123456789',
    HOOK: 'http://hooks.example.com/hush-hook',
    SMTP_URL: 'smtp://me:hush-mail@127.0.0.1:1',
    DKIM: 'hush-key',
    REDIS: 'redis://:hush-redis@127.0.0.1:1',
  });
  expect(code).toBe(1);
  const states = (area: string, subject?: string) =>
    findingsIn(findings, area, subject).map(({ state }) => state);
  expect(states('ledger')).toEqual(['warn']);
  expect(states('queue')).toEqual(['fail']);
  expect(states('source', 'pods')).toEqual(['fail']);
  expect(findingsIn(findings, 'source', 'pods')[0]?.says).toContain('connection refused');
  expect(findingsIn(findings, 'source', 'router')[0]).toMatchObject({
    state: 'fail',
    says: expect.stringContaining('${MISSING}'),
    fix: 'Set the secret, or correct the option named above.',
  });
  expect(states('channel', 'mail')).toEqual(['fail']);
  expect(states('channel', 'room')).toEqual(['fail']);
  expect(findingsIn(findings, 'channel', 'room')[0]?.says).toContain(
    '${HOOK} is not an https address',
  );
  expect(states('channel', 'mail (DKIM)')).toEqual(['warn']);
  expect(states('pdf')).toEqual(['warn']);
  expect(states('dead man', 'webhook')).toEqual(['fail']);
});

test('a refused key is a failure of its source, once', async () => {
  const server = await startServer(json({ error: 'hush-runpod-0123456789 is no key' }, 401));
  onTestFinished(() => server.close());
  const folder = await folderWith({
    'rentcheck.yaml': `sources:
  pods: { kind: runpod, apiKey: "\${RUNPOD}", baseUrl: "${server.origin}" }
`,
  });
  const { code, findings } = await findingsOf(folder, { RUNPOD: 'hush-runpod-0123456789' });
  expect(code).toBe(1);
  expect(findingsIn(findings, 'source')).toEqual([
    {
      area: 'source',
      subject: 'pods',
      state: 'fail',
      code: 'source-failed',
      failure: 'auth',
      message: expect.stringContaining('returned 401'),
      says: expect.stringMatching(/returned 401.* \[auth\]$/),
      fix: 'Check that the API key is correct and has not expired.',
      mend: 'Check that the API key is correct and has not expired.',
    },
  ]);
});

test('a match that fits nothing known lists what is known', async () => {
  const config = WORKED_EXAMPLE_FILES['rentcheck.yaml'] ?? '';
  const folder = await folderWith(WORKED_EXAMPLE_FILES);
  for (const kind of ['charges', 'usage', 'prices']) {
    await rentcheck(folder, ['import', kind, `${kind}.csv`]);
  }
  const wrong = config.replace(/match: \{[^}]*\}/, 'match: { name: "no-such-*" }');
  expect(wrong).not.toBe(config);
  await filesIn(folder, { 'rentcheck.yaml': wrong });
  const [mapping] = findingsIn((await findingsOf(folder)).findings, 'mapping');
  expect(mapping).toMatchObject({
    state: 'warn',
    says: expect.stringMatching(
      /^Pattern import \{"name":"no-such-\*"\} matches none of \d+ known resources?\.$/,
    ),
    fix: expect.stringContaining('Known resources: '),
  });
});

test('a damaged ledger and a refused config have exit codes 1 and 2', async () => {
  const folder = await folderWith({
    'rentcheck.yaml': 'sources: {}\n',
    'rentcheck.db': 'no ledger',
  });
  const damaged = await findingsOf(folder);
  expect(damaged.code).toBe(1);
  expect(findingsIn(damaged.findings, 'ledger')).toMatchObject([{ state: 'fail' }]);

  await filesIn(folder, { 'rentcheck.yaml': 'sourcse: {}\nreport: { form: a@b }\n' });
  const refused = await findingsOf(folder);
  expect(refused.code).toBe(2);
  expect(refused.findings).toHaveLength(1);
  expect(refused.findings[0]?.says).toMatch(/sourcse.*did you mean "sources"\?[^]*report\.form/);
  const missing = await rentcheck(folder, ['doctor', '-c', join(folder, 'none.yaml')]);
  expect(missing).toMatchObject({ code: 2 });
});

test('a report that is overdue is a failure', async () => {
  const folder = await folderWith({
    ...WORKED_EXAMPLE_FILES,
    'rentcheck.yaml': `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}
report:
  from: a@example.com
  recipients: [{ role: leader, channel: d, address: cfo@example.com }]
  channels: { d: { kind: folder, path: mail } }
`,
  });
  await rentcheck(folder, ['import', 'charges', 'charges.csv']);
  const quiet = await findingsOf(folder);
  expect(findingsIn(quiet.findings, 'dead man')[0]).toMatchObject({
    says: 'No report is due yet.',
  });
  // Moves the first fetch back, so that the ledger began long ago.
  const { default: Sqlite } = await import('better-sqlite3');
  const db = new Sqlite(join(folder, 'rentcheck.db'));
  db.exec('UPDATE fetch SET started_at_ms = 1577836800000');
  db.close();
  const overdue = await findingsOf(folder);
  expect(overdue.code).toBe(1);
  expect(findingsIn(overdue.findings, 'dead man')[0]).toMatchObject({
    state: 'fail',
    says: expect.stringMatching(/^The report for \d{4}-Q\d was due .* and has not been sent\.$/),
    fix: expect.stringMatching(/^Run: rentcheck send \d{4}-Q\d$/),
  });
});

test('an import whose process was killed is named until an audit closes it', async () => {
  const folder = await folderWith({ 'rentcheck.yaml': 'ledger: ./l.db\nsources: {}\n' });
  const child = startChild('import', [join(folder, 'l.db')]);
  while ((await child.line()) !== 2);
  await child.kill();
  const { findings } = await findingsOf(folder);
  const cut = findingsIn(findings, 'ledger').find(({ says: words }) =>
    words.includes('was interrupted'),
  );
  expect(cut?.state).toBe('warn');
  expect(cut?.says).toMatch(/^The import of .* \(fetch 1\) was interrupted after [\d,]+ rows\.$/);
  expect(cut?.fix).toContain('Import the file again');
  expect(await rentcheck(folder, ['audit'])).toMatchObject({ code: expect.any(Number) });
  const { findings: after } = await findingsOf(folder);
  expect(
    findingsIn(after, 'ledger')
      .map(({ says: words }) => words)
      .join(),
  ).not.toContain('was interrupted');
});
