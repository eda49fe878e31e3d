/** Runs one fault in one answer of one source: the results of the pull, the ledger and doctor. */

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApp } from '../../src/main/app.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { examineSource } from '../../src/doctor/examineSources.ts';
import { pullFacts } from '../../src/jobs/pull.ts';
import type { PullResult } from '../../src/jobs/pullResult.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import { filesIn } from '../support/cli.ts';
import { applyFault, type Fault, type FaultPage } from './faultList.ts';
import { closedOrigin, type RecordedProvider, startFaultServer } from './faultServer.ts';
import type { FaultWorld } from './world.ts';
import { WORLDS_PULLED_AT_MS } from './worlds.ts';

/** Where facts are stored, with the columns that identify one. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  charge: ['source_id', 'charge_key'],
  usage: ['series_ref', 'start_ms'],
  usage_part: ['source_id', 'deployment', 'start_ms', 'demand', 'tenant', 'team', 'adapter'],
  request_count: ['source_id', 'deployment', 'start_ms'],
  hosted_price: ['source_id', 'model', 'host', 'quantization', 'service_tier', 'valid_from_ms'],
  host_availability: ['source_id', 'model', 'host', 'observed_at_ms'],
  gpu_rate: ['source_id', 'provider', 'gpu_type', 'pricing_class', 'valid_from_ms'],
  resource_seen: ['source_id', 'resource_id', 'seen_at_ms'],
  ops_entry: ['source_id', 'entry_key'],
  invoice_line: ['source_id', 'line_key'],
  hosted_usage: ['source_id', 'start_ms', 'model', 'host', 'service_tier'],
  exchange_rate: ['currency', 'month_ms', 'source_id'],
};

/** Columns that say how a fact came in, not its content. */
const BOOKKEEPING = /_ref$|^version$|^withdrawn$|^recorded_at_ms$|^position$|^left_out$/;

type Row = readonly (string | number | bigint | null)[];

/** Every fact in force. */
export async function readFacts(ledger: Ledger): Promise<FactRows> {
  const facts = new Map<string, FactRow>();
  for (const [table, key] of Object.entries(TABLES)) {
    const { columns, rows } = await ledger.query(`SELECT * FROM ${table} ORDER BY version`);
    const newest = new Map<string, Row>();
    const at = (row: Row, column: string) => row[columns.indexOf(column)];
    const keyOf = (row: Row) => [table, ...key.map((column) => String(at(row, column)))].join(' ');
    for (const row of rows) newest.set(keyOf(row), row);
    for (const [name, row] of newest) {
      if (Number(at(row, 'withdrawn') ?? 0) === 1) continue;
      const result = columns.flatMap((column, index) => {
        const value = row[index] ?? null;
        return BOOKKEEPING.test(column) ? [] : [[column, value === null ? null : String(value)]];
      });
      facts.set(name, Object.fromEntries(result) as FactRow);
    }
  }
  return facts;
}

/** What all cells of one world share. */
export interface CellStage {
  readonly world: FaultWorld;
  readonly provider: RecordedProvider;
  readonly folder: string;
  /** One healthy pull, and another an hour later. */
  readonly clean: TwoPulls;
}

/** The same context for every cell, but for its ledger and its source. */
export async function bareContext(folder: string): Promise<JobContext> {
  await filesIn(folder, { 'rentcheck.yaml': 'ledger: ./empty.db\n' });
  const app = await openApp(join(folder, 'rentcheck.yaml'), {
    clock: settableClock(WORLDS_PULLED_AT_MS),
    env: {},
    readonly: false,
    progress: () => undefined,
  });
  const { context } = app;
  await app.close();
  return context;
}

let cells = 0;

/** The path of a new, empty ledger. */
export async function ledgerCopy(folder: string, name: string): Promise<string> {
  cells += 1;
  const path = join(folder, `${name}-${cells}.db`);
  await copyFile(join(folder, 'empty.db'), path);
  return path;
}

/** A new ledger, and the source as it would be pulled from a provider at `origin`. */
export async function openCell(world: FaultWorld, folder: string, context: JobContext) {
  const clock = settableClock(WORLDS_PULLED_AT_MS);
  const ledger = await openLedger(await ledgerCopy(folder, world.kind), { clock });
  const http = createHttpClient({ clock, retries: 1, sleep: () => Promise.resolve() });
  const kind = sourceKinds.find((one) => one.kind === world.kind);
  if (kind === undefined) throw new Error(`no kind ${world.kind}`);
  const sourceAt = (origin: string, seconds: number) =>
    kind.create('main', kind.options.parse(world.options(origin, seconds)), { http, clock });
  return {
    clock,
    ledger,
    async pull(origin: string, seconds = 60): Promise<PullResult> {
      const source = sourceAt(origin, seconds);
      const { models, usage, window } = world.request;
      const options = { source: 'main', window };
      return pullFacts(
        {
          ...context,
          ledger,
          clock,
          ...asking(context, { models, usage }),
          sources: new Map([['main', source]]),
        },
        options,
      );
    },
    examine: (origin: string, seconds: number): Promise<Finding[]> =>
      examineSource(sourceAt(origin, seconds), world.request, world.request.window.endMs),
  };
}

/** A config in which one deployment uses what the world provides. */
function asking(
  { config }: JobContext,
  { models, usage }: Pick<FaultWorld['request'], 'models' | 'usage'>,
): Pick<JobContext, 'config'> {
  const hosted = models.map((model) => ({ via: 'main', model }));
  const [target] = usage;
  const deployment = {
    id: target?.deployment ?? 'chat',
    ...(target === undefined
      ? {}
      : { usage: { source: 'main', engine: target.engine, match: target.match } }),
    hosted: { equivalents: hosted },
  };
  return { config: { ...config, deployments: [deployment] } as unknown as JobContext['config'] };
}

/** The timeout for a provider that never answers; for any other it is a minute. */
const SHORT_SECONDS = 0.4;

export async function runCell(
  { world, provider, folder }: Omit<CellStage, 'clean'>,
  { fault, page }: { readonly fault: Fault; readonly page: FaultPage },
  context: JobContext,
): Promise<CellResult> {
  const own = await openCell(world, folder, context);
  const server = await startFaultServer(provider);
  const seconds = fault.isSlow === true ? SHORT_SECONDS : 60;
  const origin = fault.isAway === true ? await closedOrigin() : server.origin;
  let isAsked = false;
  let isDamaged = fault.isAway === true;
  const way = applyFault(fault, page, () => void (isDamaged = true));
  const befall = () =>
    server.befall((path) => {
      if (!page.path.test(path)) return undefined;
      isAsked = true;
      return way;
    });
  try {
    befall();
    const first = await own.pull(origin, seconds);
    if (fault.isAway !== true && !isAsked) {
      throw new Error(`${page.name}: no request has a path like ${String(page.path)}`);
    }
    const firstFacts = await readFacts(own.ledger);
    server.befall(undefined);
    await own.pull(server.origin);
    const healed = await readFacts(own.ledger);
    befall();
    own.clock.set(WORLDS_PULLED_AT_MS + HOUR_MS);
    const second = await own.pull(origin, seconds);
    const secondFacts = await readFacts(own.ledger);
    const findings = await own.examine(origin, seconds);
    const facts = [firstFacts, secondFacts] as const;
    return { results: [first, second], facts, healed, findings, isDamaged };
  } finally {
    await own.ledger.close();
    await server.close();
  }
}

/** The values of a fact by column; `null` is unknown. */
export type FactRow = Readonly<Record<string, string | null>>;
/** Facts by their table and key. */
export type FactRows = ReadonlyMap<string, FactRow>;

/** What a pull or an import reported; an import has no warnings here. */
export interface PullReport {
  readonly failures: readonly { readonly message: string }[];
  readonly rejected: number;
  readonly fetches?: number;
  readonly warnings?: readonly string[];
}

/** On an empty ledger, and on one that holds the facts already. */
interface TwoPulls {
  readonly results: readonly [PullReport, PullReport];
  readonly facts: readonly [FactRows, FactRows];
}

export interface CellResult extends TwoPulls {
  /** Whether any answer was not what it would have been. */
  readonly isDamaged: boolean;
  /** After the next healthy pull. */
  readonly healed: FactRows;
  /** Doctor's report, where there is something to examine. */
  readonly findings?: readonly Finding[];
}

/** True where a failure or a rejected row reports that something is missing. */
function isNamed({ failures, rejected }: PullReport): boolean {
  return failures.length > 0 || rejected > 0;
}

function isEqual(a: FactRow, b: FactRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** True where a fact says no more than the right one, or is marked as an estimate. */
function isHonest(fact: FactRow, right: FactRow): boolean {
  if (fact['estimated'] === '1') return true;
  const isUnlisted = fact['resource_name'] === null && fact['gpu_type'] === null;
  return Object.entries(fact).every(([column, value]) => {
    // For a pod that no inventory has listed the class is assumed, as docs/faults.md says.
    if (column === 'pricing_class' && isUnlisted) return true;
    return value === null || value === right[column];
  });
}

/** A fact that no clean pull gives; a named failure excuses one that only says less. */
function invented(facts: FactRows, clean: FactRows, isExcused: boolean): string | undefined {
  for (const [key, fact] of facts) {
    const right = clean.get(key);
    if (right === undefined) return key;
    if (!isEqual(fact, right) && !(isExcused && isHonest(fact, right))) {
      return `${key} ${JSON.stringify(fact)}, which is ${JSON.stringify(right)}`;
    }
  }
  return undefined;
}

function missing(facts: FactRows, wanted: FactRows): string | undefined {
  for (const [key, right] of wanted) {
    const fact = facts.get(key);
    if (fact === undefined || !isEqual(fact, right)) return key;
  }
  return undefined;
}

/** Everything that tells one pull from another. */
function traceOf({ results, facts }: TwoPulls, at: 0 | 1): string {
  const { fetches, warnings } = results[at];
  const rows = [...facts[at]].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([fetches, warnings, rows]);
}

/** Whether a fault did anything. A bearable one must at least change an answer. */
export function hasEffect(
  { isBearable = false }: Fault,
  ending: CellResult,
  clean: TwoPulls,
): boolean {
  if (isBearable) return ending.isDamaged;
  const isOther = (at: 0 | 1) => traceOf(ending, at) !== traceOf(clean, at);
  return ending.results.some(isNamed) || isOther(0) || isOther(1);
}

/** A fault without effect passes with any code, so that its page must say why it has none. */
export function findOversight({ name }: Fault, { harmless }: FaultPage, isSeen: boolean): string[] {
  const isHarmless = harmless?.[name] !== undefined;
  if (isSeen === !isHarmless) return [];
  return [isSeen ? `is not harmless: ${name}` : `${name} has no effect: see "harmless"`];
}

/** One sentence for each thing that is wrong; empty where the result is right. */
export function findWrongFacts(
  ending: CellResult,
  [once, twice]: readonly [FactRows, FactRows],
): string[] {
  const { results, facts, healed, findings } = ending;
  const wrong: string[] = [];
  for (const [index, where] of ['an empty ledger', 'a ledger with facts'].entries()) {
    const [result, held, clean] = [results[index], facts[index], index === 0 ? once : twice];
    if (result === undefined || held === undefined) continue;
    const named = isNamed(result);
    const extra = invented(held, clean, named);
    if (extra !== undefined) wrong.push(`${where}: invented ${extra}`);
    const hidden = named ? undefined : missing(held, clean);
    if (hidden !== undefined) wrong.push(`${where}: hid ${hidden}`);
    for (const { message } of result.failures) {
      if (!/; \S|\(\S/.test(message)) wrong.push(`${where}: does not say what to do: ${message}`);
    }
  }
  const lost = missing(facts[1], once);
  if (lost !== undefined) wrong.push(`a ledger with facts: lost ${lost}`);
  const unhealed = missing(healed, once) ?? missing(once, healed);
  if (unhealed !== undefined) wrong.push(`the next pull did not heal ${unhealed}`);
  const isFine = findings?.every(({ state }) => state === 'ok') === true;
  if (isNamed(results[1]) && isFine) wrong.push('the doctor says nothing of it');
  return wrong;
}
