/** The demo: the real program on a fictional company, whose providers are emulated. */

import { counted } from './domain/counted.ts';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openApp } from './app.ts';
import type { ExitCode, Opened, Services } from './cli/command.ts';
import { progressLine } from './cli/outcome.ts';
import { readingOf } from './cli/screen.ts';
import { verdictText } from './cli/verdictText.ts';
import {
  AUDITED_AT_MS,
  CATALOG_FROM_MS,
  PRICE_PULLS,
  PULLED_AT_MS,
  QUARTER,
  RATES_PULLED_AT_MS,
  WINDOW,
} from './demo/calendar.ts';
import { buildFleet } from './demo/fleet.ts';
import { scenarioConfig } from './demo/scenario.ts';
import { HOSTED_APIS } from './demo/purchases.ts';
import { LANDLORDS } from './demo/rent.ts';
import {
  CATALOG,
  type DemoWorld,
  DEMO_ENVIRONMENT,
  EXPORT_FOLDER,
  INVOICE_FOLDER,
  INVOICES,
  ON_CALL_FILE,
  startWorld,
} from './demo/sources.ts';
import { plantedTruth, truthJson } from './demo/truth.ts';
import { dayText, HOUR_MS, type Period } from './domain/period.ts';
import { auditJob } from './jobs/audit.ts';
import type { JobContext } from './jobs/context.ts';
import { importJob } from './jobs/importFile.ts';
import type { Answer } from './jobs/job.ts';
import { pullJob } from './jobs/pull.ts';
import type { PullResult } from './jobs/pullResult.ts';
import { reportJob } from './jobs/report.ts';
import { tellRetired } from './jobs/tellRetired.ts';
import { settableClock } from './platform/clock.ts';
import { makeFolder, writeInFolder } from './platform/writing.ts';

type SettableClock = ReturnType<typeof settableClock>;

/** Pulls, audits and reports the fictional quarter; files of an earlier demo are deleted. */
export async function runDemo(out: string, services: Services): Promise<ExitCode> {
  await prepareFolder(out);
  const clock = settableClock(WINDOW.startMs);
  const line = progressLine(services);
  const say = (message: string) => line.clear(() => services.stderr(`- ${message}\n`));
  const print = (text: string) => line.clear(() => services.stdout(text));
  say('Building a fictional company with 4 deployments and a finished quarter');
  const fleet = buildFleet();
  const world = await startWorld(fleet, clock, resolve(out));
  try {
    const configPath = join(out, 'rentcheck.yaml');
    await writeInFolder(configPath, scenarioConfig(world.addresses, './rentcheck.db'));
    await writeInFolder(join(out, 'planted-truth.json'), truthJson(plantedTruth(fleet)));
    const app = await openApp(configPath, {
      clock,
      env: DEMO_ENVIRONMENT,
      readonly: false,
      // Waiting only advances the clock of the story.
      sleep: async (ms) => clock.set(clock.nowMs() + ms),
      progress: (message) => line.show(message),
    });
    try {
      return await play(app, { clock, out, world, say, print, services });
    } finally {
      await app.close();
    }
  } finally {
    await world.close();
  }
}

/** What an earlier demo wrote; other files in the folder are left alone. */
const WRITTEN = [
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
  for (const name of WRITTEN) await rm(join(out, name), { recursive: true, force: true });
}

type Wanted = ('inventory' | 'rates' | 'prices' | 'charges')[];

interface Stage {
  readonly clock: SettableClock;
  readonly out: string;
  readonly world: DemoWorld;
  /** One line on standard error, past the line of progress. */
  readonly say: (message: string) => void;
  readonly print: (text: string) => void;
  readonly services: Services;
}

/**
 * Prices week by week as they were asked, and what a cloud without a bill has running; then the
 * quarter's bills and usage, then the verdict.
 */
async function play({ context }: Opened, stage: Stage): Promise<ExitCode> {
  const { clock, out, say, print, services } = stage;
  const pull = async (source: string, { startMs: from, endMs: to }: Period, facts?: Wanted) => {
    const wanted = facts === undefined ? {} : { facts };
    return sound(await pullJob.run(context, { source, from, to, ...wanted }));
  };
  for (const atMs of PRICE_PULLS) {
    clock.set(atMs);
    const now = { startMs: atMs - 1, endMs: atMs };
    await pull('router', now, ['prices']);
    await pull('lambda', now, ['inventory', 'rates']);
    if (atMs >= CATALOG_FROM_MS) await pull(CATALOG, now, ['prices']);
    await tellOnCall(context, stage);
  }
  clock.set(RATES_PULLED_AT_MS);
  const hour = { startMs: RATES_PULLED_AT_MS - HOUR_MS, endMs: RATES_PULLED_AT_MS };
  await pull('runpod-main', hour);
  say(`Pulled hosted prices on ${PRICE_PULLS.length} dates of the quarter`);
  clock.set(PULLED_AT_MS);
  const bills: PullResult[] = [];
  for (const source of LANDLORDS) bills.push(await pull(source, WINDOW));
  say(
    `Pulled bills and inventories of ${LANDLORDS.length} GPU clouds: ${broughtText(bills, 'fact')}`,
  );
  const spent: PullResult[] = [];
  for (const source of HOSTED_APIS) spent.push(await pull(source, WINDOW, ['charges']));
  say(`Pulled spend on hosted APIs: ${broughtText(spent, 'fact')}`);
  await importFiles(context, out);
  const usage = await pull('prom', WINDOW);
  say(`Pulled usage of vLLM and SGLang: ${broughtText([usage], 'interval')}`);
  clock.set(AUDITED_AT_MS);
  const { audit } = sound(await auditJob.run(context, { quarter: QUARTER }));
  const { files, subject } = sound(await reportJob.run(context, { quarter: QUARTER, out }));
  print(`\n${verdictText(audit, readingOf(services, {}))}\n${subject}\n\n`);
  print(`Files in ${out} (the story ends on ${dayText(clock.nowMs())}):\n`);
  for (const path of [...files, join(out, 'rentcheck.db'), join(out, 'rentcheck.yaml')]) {
    print(`  ${path}\n`);
  }
  const config = join(out, 'rentcheck.yaml');
  print(`\nQuery the ledger:         npm run -s rentcheck -- sql -c ${config}\n`);
  print(`Send to a mailbox folder: npm run -s rentcheck -- send ${QUARTER} -c ${config}\n`);
  return 0;
}

/** Spend that no API reports, and an invoice to compare with rebuilt charges. */
async function importFiles(context: JobContext, out: string): Promise<void> {
  const from = (name: string) => join(out, INVOICE_FOLDER, name);
  const bill = { kind: 'charges', path: from(INVOICES.archive), as: 'rechenzentrum' } as const;
  const beside = { kind: 'invoice', path: from(INVOICES.lambda), source: 'lambda' } as const;
  sound(await importJob.run(context, { ...bill, source: 'import', format: 'auto' }));
  sound(await importJob.run(context, { ...beside, format: 'auto' }));
}

/** The worker's alert to the person on call that a provider stopped selling. */
async function tellOnCall(context: JobContext, { world, clock, say }: Stage): Promise<void> {
  const before = world.chat.heard.length;
  const problems = await tellRetired(context);
  if (problems.length > 0) throw new Error(`The demo is incomplete: ${problems.join('; ')}`);
  for (const posted of world.chat.heard.slice(before)) {
    const { subject } = JSON.parse(posted) as { readonly subject: string };
    say(`Alert on ${dayText(clock.nowMs())} to the person on call: ${subject}`);
  }
}

/** The demo's data is complete: a step that is incomplete is a bug. */
function sound<Result>(answer: Answer<Result>): Result {
  if (answer.kind === 'done' && answer.shortfalls.length === 0) return answer.result;
  const reason = answer.kind === 'done' ? answer.shortfalls.join('; ') : answer.reason;
  throw new Error(`The demo is incomplete: ${reason}`);
}

/** `1,204 facts in 7 responses`. */
function broughtText(pulls: readonly PullResult[], of: string): string {
  const total = (what: 'added' | 'fetches') => pulls.reduce((sum, each) => sum + each[what], 0);
  return `${counted(total('added'), of)} in ${counted(total('fetches'), 'response')}`;
}
