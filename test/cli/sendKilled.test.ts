/** `rentcheck send`, killed at any step of the mail protocol, sends nothing twice. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { START_ARGUMENTS } from '../support/runProgram.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startScriptedMailServer, type SmtpScript } from '../support/scriptedMailServer.ts';
import { WORKED_EXAMPLE_FILES, fillFolder, LAST_QUARTER, expectSuccess } from './cliFixture.ts';

const audited = temporaryFolder().path;

beforeAll(async () => {
  await fillFolder(audited);
  expectSuccess(await rentcheck(audited, ['audit']));
});

async function stage(name: string, port: number): Promise<string> {
  const folder = join(audited, name.replace(/\W/g, '-'));
  await mkdir(folder, { recursive: true });
  await copyFile(join(audited, 'rentcheck.db'), join(folder, 'rentcheck.db'));
  await configured(folder, port);
  return folder;
}

function configured(folder: string, port: number): Promise<void> {
  const report = 'report: { from: audit@example.com, to: [cfo@example.com] }';
  const smtp = `smtp: { url: "smtp://127.0.0.1:${port}" }`;
  return filesIn(folder, {
    'rentcheck.yaml': `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}\n${report}\n${smtp}\n`,
  });
}

/** An hour later, in this process: what the schedule would do. */
async function goOn(folder: string) {
  const clock = settableClock(Date.now() + HOUR_MS);
  const options = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), options);
  await deliverJob.run(app.context, { edition: `${LAST_QUARTER}.1` });
  const [delivery] = await app.context.ledger.deliveries.list();
  await app.close();
  return delivery;
}

it.each<[step: string, end: string, steps: (kill: () => void) => SmtpScript]>([
  ['before the greeting', 'sent', (kill) => ({ greeting: kill })],
  ['at EHLO', 'sent', (kill) => ({ ehlo: kill })],
  ['at the sender', 'sent', (kill) => ({ mail: kill })],
  ['at the recipient', 'sent', (kill) => ({ rcpt: kill })],
  ['at DATA', 'sent', (kill) => ({ data: kill })],
  ['at the dot, unanswered', 'ambiguous', (kill) => ({ end: kill })],
])('killed %s, it is %s in the end, and one message came', async (step, ...[end, steps]) => {
  let program: ChildProcess | undefined;
  const kill = () => void program?.kill('SIGKILL');
  const server = await startScriptedMailServer(steps(kill));
  const folder = await stage(step, server.port);
  program = spawn(process.execPath, [START_ARGUMENTS, 'send'], { cwd: folder, stdio: 'ignore' });
  await once(program, 'close');
  expect(program.signalCode).toBe('SIGKILL');
  const healthy = await startMailServer();
  await configured(folder, healthy.port);
  expect(await goOn(folder)).toMatchObject({ state: end });
  expect(server.ends() + healthy.received.length).toBe(1);
});
