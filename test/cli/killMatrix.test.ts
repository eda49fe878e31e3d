/**
 * Each command, killed at each point at which it writes and run again, gives the result of a run
 * without a kill: no fact, audit, edition or message is lost, doubled or damaged.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock, systemClock } from '../../src/platform/clock.ts';
import { EVER, NOW } from '../ledger/ledgerFixture.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { differences, readStoredFacts } from '../support/storedFacts.ts';
import { type MailServer, startMailServer } from '../support/mailServer.ts';
import { COMPILE_CACHE, START_ARGUMENTS } from '../support/runProgram.ts';
import { printFigure, size } from '../support/size.ts';
import { slowPodConfig, startSlowPod } from '../support/slowPod.ts';
import { mailAndFolderConfig } from '../support/reportConfig.ts';
import {
  WORKED_EXAMPLE_FILES,
  fillFolder,
  LAST_QUARTER,
  LAST_START,
  expectSuccess,
} from './cliFixture.ts';

vi.setConfig({ testTimeout: 3_600_000 });

const KILLER = fileURLToPath(new URL('../support/killer.ts', import.meta.url));
/** Of each command's points, the first, the last and some between. At full size all of them. */
const POINTS = size({ short: 4, full: Number.POSITIVE_INFINITY });

interface Command {
  readonly args: readonly string[];
  /** The initial folder, copied for each kill. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The result after it was run again. */
  left(folder: string): Promise<unknown>;
}

interface Killed {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  /** The points that it reached, the fatal one last. */
  readonly points: readonly string[];
}

async function killedAt(at: number, folder: string, { args, env }: Command): Promise<Killed> {
  const book = join(folder, 'points');
  await filesIn(folder, { points: '' });
  const child = spawn(process.execPath, ['--import', KILLER, START_ARGUMENTS, ...args], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...COMPILE_CACHE, ...env, HOME: folder, KILL_AT: String(at), KILL_BOOK: book },
  });
  const [code, signal] = await once(child, 'close');
  const points = (await readFile(book, 'utf8')).split('\n').slice(0, -1);
  return { code, signal, points };
}

/** Evenly from 1 to `count`, both included. */
function spread(count: number): number[] {
  if (count <= POINTS) return Array.from({ length: count }, (_, at) => at + 1);
  return Array.from(
    { length: POINTS },
    (_, at) => 1 + Math.round((at * (count - 1)) / (POINTS - 1)),
  );
}

interface Outcome {
  readonly kills: number;
  /** Differences from a run without a kill, and where the kill struck. Empty if there are none. */
  readonly spoiled: readonly unknown[];
}

async function everyKill(command: Command): Promise<Outcome> {
  const copy = async (name: string) => {
    const folder = join(command.folder, '..', `${name}-of-${command.args[0]}`);
    await cp(command.folder, folder, { recursive: true });
    return folder;
  };
  const calm = await copy('calm');
  const whole = await killedAt(0, calm, command);
  const expected = await command.left(calm);
  const points = spread(whole.points.length);
  const spoiled: unknown[] = whole.code === 0 ? [] : [whole];
  for (const at of points) {
    const folder = await copy(`killed-${at}`);
    const { signal, points: reached } = await killedAt(at, folder, command);
    const again = await rentcheck(folder, command.args, command.env);
    const differs = differences(await command.left(folder), expected);
    const isWell = signal === 'SIGKILL' && again.code <= 1 && differs.length === 0;
    if (!isWell) spoiled.push({ at, point: reached.at(-1), signal, again, differs });
  }
  return { kills: points.length, spoiled };
}

async function stageOf(fill: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = await folderWith({});
  const begin = join(folder, 'begin');
  await mkdir(begin);
  await fill(begin);
  return begin;
}

const factsIn = (folder: string) => readStoredFacts(join(folder, 'rentcheck.db'));

/** Warnings for a reader of the ledger. Empty once the command has been run again. */
async function troublesIn(folder: string) {
  const path = join(folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  const troubles = await ledger.facts.troubles(EVER, NOW);
  await ledger.close();
  return troubles;
}

async function factsAndTroubles(folder: string) {
  return { facts: factsIn(folder), troubles: await troublesIn(folder) };
}

function usageCsv(): string {
  const [head = '', ...rows] = (WORKED_EXAMPLE_FILES['usage.csv'] ?? '').trimEnd().split('\n');
  const startMs = Date.parse(LAST_START);
  const more = Array.from({ length: 12_000 }, (_, at) => {
    const [from, to] = [at, at + 1].map(
      (minute) => new Date(startMs + 86_400_000 + minute * 60_000),
    );
    return `example,${from?.toISOString()},${to?.toISOString()},1000,0,1000,5,30,60`;
  });
  return [head, ...rows, ...more, ''].join('\n');
}

it('a pull', async () => {
  const pod = await startSlowPod();
  const yaml = slowPodConfig(pod.server, 'unused');
  const env = { RUNPOD_API_KEY: 'rpa_test_0123456789', REDIS_URL: 'redis://127.0.0.1:1' };
  const folder = await stageOf((begin) => filesIn(begin, { 'rentcheck.yaml': yaml }));
  const args = ['pull', '--from', '2026-07-01', '--to', '2026-07-08'];
  const { kills, spoiled } = await everyKill({ args, env, folder, left: factsAndTroubles });
  await pod.server.close();
  expect(spoiled).toEqual([]);
  printFigure('pulls killed', kills);
});

it('an import, and an undo', async () => {
  const written = (folder: string) =>
    filesIn(folder, { ...WORKED_EXAMPLE_FILES, 'usage.csv': usageCsv() });
  const empty = await stageOf(written);
  const args = ['import', 'usage', 'usage.csv'];
  const imports = await everyKill({ args, folder: empty, left: factsAndTroubles });
  const full = await stageOf(async (folder) => {
    await written(folder);
    expectSuccess(await rentcheck(folder, args));
  });
  const undo = ['import', '--undo', '1'];
  const undone = await everyKill({ args: undo, folder: full, left: factsAndTroubles });
  expect([...imports.spoiled, ...undone.spoiled]).toEqual([]);
  printFigure('imports and undos killed', imports.kills + undone.kills);
});

it('an audit, and its report', async () => {
  const bare = await stageOf(fillFolder);
  const audits = await everyKill({ args: ['audit'], folder: bare, left: factsAndTroubles });
  const audited = await stageOf(async (folder) => {
    await fillFolder(folder);
    expectSuccess(await rentcheck(folder, ['audit']));
  });
  const files = async (folder: string) => {
    const reports = join(folder, 'out');
    const all = await readdir(reports, { recursive: true });
    // A partial file has its own name, which no reader looks for, and stays after a kill.
    const names = all.filter((name) => name.includes('.') && !name.endsWith('.part')).toSorted();
    const bytes = await Promise.all(names.map((name) => readFile(join(reports, name), 'base64')));
    return { facts: factsIn(folder), names, bytes };
  };
  const reports = await everyKill({ args: ['report'], folder: audited, left: files });
  expect([...audits.spoiled, ...reports.spoiled]).toEqual([]);
  printFigure('audits and reports killed', audits.kills + reports.kills);
});

const READERS = ['books@example.com', 'cfo@example.com'];

/** An hour later, in this process: what the schedule would do. */
async function later(folder: string): Promise<void> {
  const clock = settableClock(Date.now() + HOUR_MS);
  const app = await openApp(join(folder, 'rentcheck.yaml'), {
    clock,
    env: {},
    folder,
    readonly: false,
    progress: () => undefined,
  });
  await deliverJob.run(app.context, { edition: `${LAST_QUARTER}.1` });
  await app.close();
}

/** Each message was sent once, or is listed as in doubt and was sent at most once. */
async function lettersIn(folder: string, mail: MailServer, before: number): Promise<string[]> {
  await later(folder);
  const path = join(folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  const deliveries = await ledger.deliveries.list();
  const unreported = new Set(
    (await ledger.deliveries.unnotifiedTroubles()).map(({ delivery }) => delivery),
  );
  await ledger.close();
  const shelf = (await readdir(join(folder, 'shelf'))).map((name) => name.split('.com-')[0]);
  const out = [
    ...mail.received.slice(before).map(({ recipient }) => recipient.split('.com')[0]),
    ...shelf,
  ];
  return deliveries.map(({ id, recipient, state }) => {
    const count = out.filter((name) => `${name}.com` === recipient).length;
    const isWell = state === 'sent' ? count === 1 : unreported.has(id) && count <= 1;
    return `${recipient} ${isWell ? 'once' : `${state}, ${count} out`}`;
  });
}

it('a delivery of messages', async () => {
  const mail = await startMailServer();
  const config = `${WORKED_EXAMPLE_FILES['rentcheck.yaml']}${mailAndFolderConfig(mail.port)}`;
  const folder = await stageOf(async (begin) => {
    await fillFolder(begin);
    expectSuccess(await rentcheck(begin, ['audit']));
    await filesIn(begin, { 'rentcheck.yaml': config });
  });
  let before = 0;
  const left = async (sent: string) => {
    const letters = await lettersIn(sent, mail, before);
    before = mail.received.length;
    const hidden = (await readdir(join(sent, 'shelf'))).filter((name) => name.startsWith('.'));
    return { facts: factsIn(sent), letters: letters.toSorted(), hidden };
  };
  const { kills, spoiled } = await everyKill({ args: ['send'], folder, left });
  expect(spoiled).toEqual([]);
  expect((await left(join(folder, '..', 'calm-of-send'))).letters).toHaveLength(READERS.length);
  printFigure('sends killed', kills);
});
