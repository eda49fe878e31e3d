/** Knows how the demo runs: the real program on a fictional company, served by emulators. */

import { counted } from './domain/counted.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openApp } from './app.ts';
import type { ExitCode, Opened, Services } from './cli/command.ts';
import { progressLine } from './cli/outcome.ts';
import { verdictText } from './cli/verdictText.ts';
import {
  AUDITED_AT_MS,
  PRICE_PULLS,
  QUARTER,
  RATES_PULLED_AT_MS,
  WINDOW,
} from './demo/calendar.ts';
import { startOpenrouter } from './demo/emulators/openrouter.ts';
import { startPrometheus } from './demo/emulators/prometheus.ts';
import { startRunpod } from './demo/emulators/runpod.ts';
import type { Emulator } from './demo/emulators/serve.ts';
import { buildFleet, type Fleet } from './demo/fleet.ts';
import { DEMO_ENVIRONMENT, scenarioConfig } from './demo/scenario.ts';
import { plantedTruth, truthJson } from './demo/truth.ts';
import { dayText, HOUR_MS } from './domain/period.ts';
import { auditJob } from './jobs/audit.ts';
import type { Answer } from './jobs/job.ts';
import { pullJob } from './jobs/pull.ts';
import type { PullResult } from './jobs/pullResult.ts';
import { reportJob } from './jobs/report.ts';
import { settableClock } from './platform/clock.ts';
import { makeFolder, writeInFolder } from './platform/writing.ts';

type SettableClock = ReturnType<typeof settableClock>;

/** Pulls, audits and reports the fictional quarter; an earlier demo's files in the folder go. */
export async function runDemo(out: string, services: Services): Promise<ExitCode> {
  await prepareFolder(out);
  const clock = settableClock(WINDOW.startMs);
  const line = progressLine(services);
  const say = (message: string) => line.clear(() => services.stderr(`- ${message}\n`));
  const print = (text: string) => line.clear(() => services.stdout(text));
  say('building a fictional company: four deployments over a finished quarter');
  const fleet = buildFleet();
  const emulators = await startEmulators(fleet, clock);
  try {
    const configPath = await writeConfig(out, emulators);
    await writeInFolder(join(out, 'planted-truth.json'), truthJson(plantedTruth(fleet)));
    const app = await openApp(configPath, {
      clock,
      env: DEMO_ENVIRONMENT,
      readonly: false,
      progress: (message) => line.show(message),
    });
    try {
      return await play(app, { clock, out, say, print });
    } finally {
      await app.close();
    }
  } finally {
    for (const emulator of Object.values(emulators)) await emulator.close();
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
];

async function prepareFolder(out: string): Promise<void> {
  await makeFolder(out);
  for (const name of WRITTEN) await rm(join(out, name), { recursive: true, force: true });
}

interface Emulators {
  readonly runpod: Emulator;
  readonly prometheus: Emulator;
  readonly openrouter: Emulator;
}

async function startEmulators(fleet: Fleet, clock: SettableClock): Promise<Emulators> {
  const time = { nowMs: () => clock.nowMs() };
  return {
    runpod: await startRunpod(fleet, time),
    prometheus: await startPrometheus(fleet, time),
    openrouter: await startOpenrouter(fleet, time),
  };
}

async function writeConfig(out: string, emulators: Emulators): Promise<string> {
  const path = join(out, 'rentcheck.yaml');
  const text = scenarioConfig({
    runpodUrl: emulators.runpod.url,
    prometheusUrl: emulators.prometheus.url,
    openrouterUrl: emulators.openrouter.url,
    ledger: './rentcheck.db',
  });
  await writeInFolder(path, text);
  return path;
}

interface Stage {
  readonly clock: SettableClock;
  readonly out: string;
  /** One line on standard error, past the line of progress. */
  readonly say: (message: string) => void;
  readonly print: (text: string) => void;
}

/** Prices week by week as they were asked, then the quarter's bill and usage, then the verdict. */
async function play({ context }: Opened, { clock, out, say, print }: Stage): Promise<ExitCode> {
  for (const atMs of PRICE_PULLS) {
    clock.set(atMs);
    const window = { from: atMs - 1, to: atMs };
    sound(await pullJob.run(context, { source: 'router', ...window }));
  }
  clock.set(RATES_PULLED_AT_MS);
  const rates = { from: RATES_PULLED_AT_MS - HOUR_MS, to: RATES_PULLED_AT_MS };
  sound(await pullJob.run(context, { source: 'runpod-main', ...rates }));
  say(`hosted prices pulled on ${PRICE_PULLS.length} dates of the quarter`);
  clock.set(AUDITED_AT_MS);
  const quarter = { from: WINDOW.startMs, to: WINDOW.endMs };
  const bill = sound(await pullJob.run(context, { source: 'runpod-main', ...quarter }));
  say(`bill and inventory pulled: ${broughtText(bill, 'fact')}`);
  const usage = sound(await pullJob.run(context, { source: 'prom', ...quarter }));
  say(`vLLM counters pulled: ${broughtText(usage, 'interval')}`);
  const { audit } = sound(await auditJob.run(context, { quarter: QUARTER }));
  const { files, subject } = sound(await reportJob.run(context, { quarter: QUARTER, out }));
  print(`\n${verdictText(audit)}\n${subject}\n\n`);
  print(`Written on ${dayText(clock.nowMs())} of that story, into ${out}:\n`);
  for (const path of [...files, join(out, 'rentcheck.db'), join(out, 'rentcheck.yaml')]) {
    print(`  ${path}\n`);
  }
  const config = join(out, 'rentcheck.yaml');
  print(`\nGo on with it:  npm run -s rentcheck -- sql -c ${config}\n`);
  print(`Send it to a folder:  npm run -s rentcheck -- send ${QUARTER} -c ${config}\n`);
  return 0;
}

/** The demo's world is whole: whatever falls short in it is a bug, and says so. */
function sound<Result>(answer: Answer<Result>): Result {
  if (answer.kind === 'done' && answer.shortfalls.length === 0) return answer.result;
  const reason = answer.kind === 'done' ? answer.shortfalls.join('; ') : answer.reason;
  throw new Error(`the demo fell short: ${reason}`);
}

/** `1,204 facts in 7 answers`. */
function broughtText(
  { added, fetches }: Pick<PullResult, 'added' | 'fetches'>,
  of: string,
): string {
  return `${counted(added, of)} in ${counted(fetches, 'answer')}`;
}
