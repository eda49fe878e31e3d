/** Workers that a test can kill, and the ledger and mail server they share. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openLedger } from '../../src/ledger/open.ts';
import { auditedLedger, FROZEN_AT, reportToFreeze } from '../ledger/deliveryFixture.ts';
import { type MailServer, type MailServerOptions, startMailServer } from '../support/mailServer.ts';

const PROGRAM = fileURLToPath(new URL('./programs/deliver.ts', import.meta.url));
export const EDITION = '2026-Q3.1';
/** A pause of half a minute is over in less than a second. */
const SPEED = 50;

export interface KillStage {
  readonly server: MailServer;
  /** Starts a worker. Resolves once it is running. */
  readonly startWorker: (dies?: KillableWorkerOptions['dies']) => Promise<ChildProcess>;
  /** Runs a worker until it has nothing left to do. */
  readonly runToEnd: () => Promise<void>;
  readonly open: () => ReturnType<typeof openLedger>;
  readonly nowMs: () => number;
}

/** A frozen edition, its recipients, and a mail server for them. */
export async function startKillStage(
  recipients: readonly string[],
  { leaseMs, ...serverOptions }: MailServerOptions & { readonly leaseMs: number },
): Promise<KillStage> {
  const { ledger, path } = await auditedLedger();
  await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
  const server = await startMailServer(serverOptions);
  const epochMs = Date.now();
  const shared = { ledger: path, port: server.port, edition: EDITION, recipients };
  const options: KillableWorkerOptions = { ...shared, epochMs, speed: SPEED, leaseMs };
  const begin = (dies?: KillableWorkerOptions['dies']) =>
    begun(dies === undefined ? options : { ...options, dies });
  const nowMs = () => epochMs + (Date.now() - epochMs) * SPEED;
  return {
    server,
    startWorker: begin,
    nowMs,
    open: () => openLedger(path, { clock: { nowMs } }),
    async runToEnd() {
      const worker = await begin();
      if (worker.exitCode === null) await once(worker, 'close');
    },
  };
}

async function begun(options: KillableWorkerOptions): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'rentcheck-compiled') },
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  await Promise.race([once(worker.stdout, 'data'), once(worker, 'close')]);
  return worker;
}

export interface KillableWorkerOptions {
  readonly ledger: string;
  readonly port: number;
  readonly edition: string;
  readonly recipients: readonly string[];
  /** The clock started at this time, and runs faster by this factor. */
  readonly epochMs: number;
  readonly speed: number;
  /** In the time of that clock. */
  readonly leaseMs: number;
  /** Where it ends itself, if set. */
  readonly dies?: { readonly at: 'before' | 'after'; readonly call: string };
}
