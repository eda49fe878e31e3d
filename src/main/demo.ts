/** Runs the demo: the real program on a fictional company with emulated providers. */

import { formatCount } from '../domain/figures.ts';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openApp } from './app.ts';
import type { ExitCode, OpenedSession, Services } from '../cli/command.ts';
import { createProgressLine } from '../cli/session.ts';
import { toPrintOptions } from '../cli/screen.ts';
import { renderVerdict } from '../cli/verdictText.ts';
import {
  AUDITED_AT_MS,
  CATALOG_FROM_MS,
  PRICE_PULLS,
  PULLED_AT_MS,
  DEMO_QUARTER,
  RATES_PULLED_AT_MS,
  DEMO_WINDOW,
} from '../demo/calendar.ts';
import { buildFleet } from '../demo/fleet.ts';
import { renderDemoConfig } from '../demo/config.ts';
import { HOSTED_APIS } from '../demo/purchases.ts';
import { GPU_PROVIDERS } from '../demo/rentals.ts';
import {
  PRICE_CATALOG,
  type DemoEmulators,
  DEMO_ENVIRONMENT,
  EXPORT_FOLDER,
  INVOICE_FOLDER,
  DEMO_INVOICES,
  ON_CALL_FILE,
  startDemoEmulators,
} from '../demo/sources.ts';
import { computePlantedTruth, renderTruthJson } from '../demo/truth.ts';
import { dayText, HOUR_MS, type Period } from '../domain/period.ts';
import { auditJob } from '../jobs/audit.ts';
import type { JobContext, JobResult } from '../jobs/job.ts';
import { importJob } from '../jobs/importFile.ts';
import { pullJob } from '../jobs/pull.ts';
import type { PullResult } from '../jobs/pullResult.ts';
import { reportJob } from '../jobs/report.ts';
import { alertRetired } from '../jobs/check.ts';
import { settableClock } from '../platform/clock.ts';
import { makeFolder, writeWholeFile } from '../platform/files.ts';

type SettableClock = ReturnType<typeof settableClock>;

/** Pulls, audits and reports the fictional quarter; files of an earlier demo are deleted. */
export async function runDemo(out: string, services: Services): Promise<ExitCode> {
  await prepareFolder(out);
  const clock = settableClock(DEMO_WINDOW.startMs);
  const line = createProgressLine(services);
  const announce = (message: string) => line.clear(() => services.stderr(`- ${message}\n`));
  const print = (text: string) => line.clear(() => services.stdout(text));
  announce('Building a fictional company with 4 deployments and a finished quarter');
  const fleet = buildFleet();
  const world = await startDemoEmulators(fleet, clock, resolve(out));
  try {
    const configPath = join(out, 'rentcheck.yaml');
    await writeWholeFile(configPath, renderDemoConfig(world.addresses, './rentcheck.db'));
    await writeWholeFile(
      join(out, 'planted-truth.json'),
      renderTruthJson(computePlantedTruth(fleet)),
    );
    const app = await openApp(configPath, {
      clock,
      env: DEMO_ENVIRONMENT,
      readonly: false,
      // Waiting only advances the demo's clock.
      sleep: async (ms) => clock.set(clock.nowMs() + ms),
      progress: (message) => line.show(message),
    });
    try {
      return await runStory(app, { clock, out, world, announce, print, services });
    } finally {
      await app.close();
    }
  } finally {
    await world.close();
  }
}

/** Files of an earlier demo; other files in the folder are kept. */
const DEMO_FILES = [
  'rentcheck.db',
  'rentcheck.db-wal',
  'rentcheck.db-shm',
  'rentcheck.yaml',
  'planted-truth.json',
  'report.html',
  'report.txt',
  'report.eml',
  'report.json',
  'deployments.csv',
  'options.csv',
  'figures.csv',
  'charts',
  'mailbox',
  EXPORT_FOLDER,
  INVOICE_FOLDER,
  ON_CALL_FILE,
];

async function prepareFolder(out: string): Promise<void> {
  await makeFolder(out);
  for (const name of DEMO_FILES) await rm(join(out, name), { recursive: true, force: true });
}

type FactKinds = ('inventory' | 'rates' | 'prices' | 'charges')[];

interface Stage {
  readonly clock: SettableClock;
  readonly out: string;
  readonly world: DemoEmulators;
  /** Prints one line on standard error, above the progress line. */
  readonly announce: (message: string) => void;
  readonly print: (text: string) => void;
  readonly services: Services;
}

/**
 * Pulls prices on their weekly dates, with the inventory of a cloud that has no bill. Then pulls
 * the quarter's bills and usage, audits and reports.
 */
async function runStory({ context }: OpenedSession, stage: Stage): Promise<ExitCode> {
  const { clock, out, announce, print, services } = stage;
  const pull = async (source: string, { startMs: from, endMs: to }: Period, facts?: FactKinds) => {
    const wanted = facts === undefined ? {} : { facts };
    return requireComplete(await pullJob.run(context, { source, from, to, ...wanted }));
  };
  for (const atMs of PRICE_PULLS) {
    clock.set(atMs);
    const now = { startMs: atMs - 1, endMs: atMs };
    await pull('router', now, ['prices']);
    await pull('lambda', now, ['inventory', 'rates']);
    if (atMs >= CATALOG_FROM_MS) await pull(PRICE_CATALOG, now, ['prices']);
    await alertOnCall(context, stage);
  }
  clock.set(RATES_PULLED_AT_MS);
  const hour = { startMs: RATES_PULLED_AT_MS - HOUR_MS, endMs: RATES_PULLED_AT_MS };
  await pull('runpod-main', hour);
  announce(`Pulled hosted prices on ${PRICE_PULLS.length} dates of the quarter`);
  clock.set(PULLED_AT_MS);
  const bills: PullResult[] = [];
  for (const source of GPU_PROVIDERS) bills.push(await pull(source, DEMO_WINDOW));
  announce(
    `Pulled bills and inventories of ${GPU_PROVIDERS.length} ` +
      `GPU clouds: ${countsText(bills, 'fact')}`,
  );
  const spent: PullResult[] = [];
  for (const source of HOSTED_APIS) spent.push(await pull(source, DEMO_WINDOW, ['charges']));
  announce(`Pulled spend on hosted APIs: ${countsText(spent, 'fact')}`);
  await importFiles(context, out);
  const usage = await pull('prom', DEMO_WINDOW);
  announce(`Pulled usage of vLLM and SGLang: ${countsText([usage], 'interval')}`);
  clock.set(AUDITED_AT_MS);
  const { audit } = requireComplete(await auditJob.run(context, { quarter: DEMO_QUARTER }));
  const { files, subject } = requireComplete(
    await reportJob.run(context, { quarter: DEMO_QUARTER, out }),
  );
  print(`\n${renderVerdict(audit, toPrintOptions(services, {}))}\n${subject}\n\n`);
  print(`Files in ${out} (the story ends on ${dayText(clock.nowMs())}):\n`);
  for (const path of [...files, join(out, 'rentcheck.db'), join(out, 'rentcheck.yaml')]) {
    print(`  ${path}\n`);
  }
  const config = join(out, 'rentcheck.yaml');
  print(`\nQuery the ledger:         npm run -s rentcheck -- sql -c ${config}\n`);
  print(`Send to a mailbox folder: npm run -s rentcheck -- send ${DEMO_QUARTER} -c ${config}\n`);
  return 0;
}

/** Imports spend that no API reports, and an invoice to compare with rebuilt charges. */
async function importFiles(context: JobContext, out: string): Promise<void> {
  const from = (name: string) => join(out, INVOICE_FOLDER, name);
  const bill = { kind: 'charges', path: from(DEMO_INVOICES.archive), as: 'rechenzentrum' } as const;
  const invoice = { kind: 'invoice', path: from(DEMO_INVOICES.lambda), source: 'lambda' } as const;
  requireComplete(await importJob.run(context, { ...bill, source: 'import', format: 'auto' }));
  requireComplete(await importJob.run(context, { ...invoice, format: 'auto' }));
}

/** Sends the worker's alert about providers that stopped selling, and prints its subject. */
async function alertOnCall(context: JobContext, { world, clock, announce }: Stage): Promise<void> {
  const before = world.chat.messages.length;
  const problems = await alertRetired(context);
  if (problems.length > 0) throw new Error(`The demo is incomplete: ${problems.join('; ')}`);
  for (const posted of world.chat.messages.slice(before)) {
    const { subject } = JSON.parse(posted) as { readonly subject: string };
    announce(`Alert on ${dayText(clock.nowMs())} to the person on call: ${subject}`);
  }
}

/**
 * Returns the result of a step.
 * @throws if the step is incomplete: the demo's data is complete, so that is a bug.
 */
function requireComplete<Result>(answer: JobResult<Result>): Result {
  if (answer.kind === 'done' && answer.shortfalls.length === 0) return answer.result;
  const reason = answer.kind === 'done' ? answer.shortfalls.join('; ') : answer.reason;
  throw new Error(`The demo is incomplete: ${reason}`);
}

/** `1,204 facts in 7 responses`. */
function countsText(pulls: readonly PullResult[], noun: string): string {
  const total = (what: 'added' | 'fetches') => pulls.reduce((sum, each) => sum + each[what], 0);
  return `${formatCount(total('added'), noun)} in ${formatCount(total('fetches'), 'response')}`;
}
