/**
 * Enqueuing a job by hand: validated first, followed to its end, and listed, with the real program
 * on both sides.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, rentcheck, temporaryFolder } from '../support/cli.ts';
import { START_ARGUMENTS } from '../support/runProgram.ts';
import { sharedRedis, type TestRedis } from '../support/redis.ts';
import { fillFolder, LAST_QUARTER } from './cliFixture.ts';

const folder = temporaryFolder();
let redis: TestRedis;
let worker: ChildProcess | undefined;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  redis = await sharedRedis();
  const { address, prefix } = redis.place();
  env = { REDIS_URL: address };
  await fillFolder(folder.path);
  const section = `redis: { url: "\${REDIS_URL}", prefix: ${prefix} }\n`;
  await appendFile(join(folder.path, 'rentcheck.yaml'), section);
});
afterAll(async () => {
  worker?.kill('SIGTERM');
  if (worker !== undefined) await new Promise((ended) => worker?.once('exit', ended));
  await redis.stop();
});

function run(...args: readonly string[]): Promise<CliResult> {
  return rentcheck(folder.path, args, env);
}

async function startsWorking(): Promise<void> {
  const child = spawn(process.execPath, [START_ARGUMENTS, 'worker'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], ...env },
  });
  worker = child;
  let output = '';
  await new Promise<void>((working) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('"working"')) working();
    });
  });
}

const AUDIT = JSON.stringify({ quarter: LAST_QUARTER });

describe('before any worker is running', () => {
  it('an unknown job is refused, and nothing is added', async () => {
    const ran = await run('enqueue', 'audits');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/[Uu]nknown job "audits"/);
    expect(ran.stderr).toMatch(/expected: one of pull, prices, audit/);
    expect(ran.stderr).toMatch(/did you mean "audit"\?/);
  });

  it.each(['audit', 'report', 'correct', 'quarter'])(
    'an invalid quarter is refused for the job %s, and nothing is added',
    async (job) => {
      const more = job === 'quarter' ? { deliver: false } : {};
      const payload = JSON.stringify({ quarter: '2026-Q9', ...more });
      const ran = await run('enqueue', job, '--payload', payload);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toContain('quarter: Invalid quarter "2026-Q9": write it like 2026-Q3');
    },
  );

  it('a payload that the job does not accept is refused with every fault', async () => {
    const ran = await run('enqueue', 'pull', '--payload', '{"source":5,"form":"2026-01-01"}');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/source: .*to: .*form/s);
  });

  it('a payload that is not JSON is refused, with how to write it', async () => {
    const ran = await run('enqueue', 'audit', '--payload', '{quarter:2026-Q3}', '--wait');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('Invalid JSON in --payload');
  });

  it('a job waits in the list', async () => {
    const added = await run('enqueue', 'audit', '--payload', AUDIT, '--json');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const { id } = JSON.parse(added.stdout) as { id: string };
    const listed = await run('jobs');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(
      /^0 running, 1 waiting, 0 awaiting, 0 delayed, 0 failed, 0 done\n/,
    );
    expect(listed.stdout).toMatch(new RegExp(`^waiting +audit +${id} `, 'm'));
  });

  it('without a configured queue the message says how to name one', async () => {
    const ran = await rentcheck(folder.path, ['jobs'], {});
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('REDIS_URL');
  });
});

describe('with a worker', () => {
  beforeAll(startsWorking);

  it('--wait follows a job to its end: text, figures, and its exit code', async () => {
    const ran = await run('enqueue', 'audit', '--payload', AUDIT, '--wait');
    expect(ran.stdout).toMatch(/^runId: [0-9a-f]+$/m);
    expect(ran.stdout).toMatch(new RegExp(`^quarter: ${LAST_QUARTER}$`, 'm'));
    expect(ran.stderr).toMatch(/^Queued audit as \d+$/m);
    expect(ran.stderr).toContain('reading bills, usage and prices\n');
    const fellShort = ran.stderr.includes('incomplete:');
    expect(ran.code).toBe(fellShort ? 1 : 0);
    expect(fellShort).toBe(/^verdict: not enough evidence$/m.test(ran.stdout));
  });

  it('--wait --json prints the job and nothing else', async () => {
    const ran = await run('enqueue', 'audit', '--payload', AUDIT, '--wait', '--json', '--quiet');
    const job: unknown = JSON.parse(ran.stdout);
    expect(job).toMatchObject({ name: 'audit', state: 'done', figures: { isNew: false } });
    expect(ran.stderr).not.toContain('gathering');
  });

  it('a quarter shows the results of its parts, and its report is made of them', async () => {
    const payload = JSON.stringify({ quarter: LAST_QUARTER, deliver: false });
    const ran = await run('enqueue', 'quarter', '--payload', payload, '--wait');
    expect([0, 1]).toContain(ran.code);
    expect(ran.stderr).toContain('audit/audit: reading bills, usage and prices\n');
    expect(ran.stdout).toMatch(/^subject: .+$/m);
    expect(ran.stdout).toMatch(/^files: \d+$/m);
  });

  it.each([
    ['audit {"quarter":"2199-Q1"}', 2, 'has not started yet'],
    ['report {"runId":"nobody"}', 1, 'No stored audit has the run ID nobody'],
    [
      'pull {"source":"nobody","from":"2026-01-01","to":"2026-01-02"}',
      2,
      'Unknown source "nobody"',
    ],
  ])('%s ends with %i and the reason', async (command, code, why) => {
    const [name = '', payload = ''] = command.split(' ');
    const ran = await run('enqueue', name, '--payload', payload, '--wait');
    expect(ran.stderr).toMatch(/^failed: /m);
    expect(ran.stderr).toContain(why);
    expect(ran).toMatchObject({ code, stdout: '' });
  });

  it('the list names what failed and why; --all adds finished jobs and figures', async () => {
    const failed = await run('jobs');
    expect(failed.stdout).toMatch(/^failed +report +\d+ .*No stored audit has the run ID nobody/m);
    const all = await run('jobs', '--all', '--json');
    const { counts, jobs } = JSON.parse(all.stdout) as {
      counts: { failed: number };
      jobs: { state: string; name: string; figures?: object }[];
    };
    expect(counts.failed).toBe(3);
    const audits = jobs.filter(({ state, name }) => state === 'done' && name === 'audit');
    expect(audits.length).toBeGreaterThanOrEqual(3);
    for (const { figures } of audits) expect(figures).toHaveProperty('runId');
  });
});
