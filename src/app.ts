/**
 * How the rooms are wired together: the only place where sources, ledger and delivery meet.
 */

import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Opened, OpenOptions } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { processEnvironment } from './config/environment.ts';
import { loadConfig } from './config/load.ts';
import type { Channel } from './delivery/channel.ts';
import { messageIdOf } from './delivery/messageId.ts';
import { Failure } from './domain/failure.ts';
import type { ComposedMail, JobContext } from './jobs/context.ts';
import { openLedger } from './ledger/open.ts';
import type { Clock } from './platform/clock.ts';
import { canonicalDigest, runningDigest } from './platform/digest.ts';
import type { Gate } from './platform/http.ts';
import { createHttpClient } from './platform/httpClient.ts';
import { seededRandom } from './platform/random.ts';
import { version } from './platform/version.ts';
import { writeInFolder } from './platform/writing.ts';
import { inlineEngine } from './schedule/inlineEngine.ts';
import { sourceKinds } from './sources/registry.ts';
import type { Source } from './sources/source.ts';

/** What the wiring takes from outside; everything else it makes itself. */
export interface Surroundings {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin; the working directory where absent. */
  readonly folder?: string;
  /** Pauses between two questions to a provider; real ones where absent. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Where a channel writes whole messages; the process's own standard output where absent. */
  readonly writeOut?: (bytes: Uint8Array) => Promise<void>;
}

/** A worker's ledger is written only while the worker holds the writer's role. */
interface Fencing {
  readonly fenced?: boolean;
}

/** Reads a configuration and opens what it names. */
export async function openApp(
  configPath: string,
  { env, ...options }: Surroundings & OpenOptions,
): Promise<Opened> {
  const { folder = '.' } = options;
  return openConfigured(await loadConfig(configPath, { env, folder }), options);
}

/**
 * Opens ledger, sources, report and mail, as one job context. Reports go where the ledger is: the
 * config's own folder may be closed to us.
 */
export async function openConfigured(
  config: Config,
  options: Omit<Surroundings, 'env'> & OpenOptions & Fencing,
): Promise<Opened> {
  const { clock, folder, writeOut: write = toStandardOutput } = options;
  const ledger = await openLedger(config.ledger, {
    clock,
    mode: options.aside ?? (options.readonly ? 'readonly' : 'readwrite'),
    mustExist: options.mustExist ?? false,
    fenced: options.fenced ?? false,
  });
  const context: JobContext = {
    config,
    ledger,
    sources: openSources(config, options),
    clock,
    codeVersion: version,
    digest: canonicalDigest,
    runningDigest,
    chance: seededRandom,
    engine: inlineEngine(async () => {
      const { JOBS } = await import('./jobs/registry.ts');
      return { jobs: JOBS, context, clock };
    }),
    progress: (message) => options.progress(message),
    readImport: (request) => readImport(request, folder),
    makeAudit: async (wish, progress) =>
      (await import('./jobs/makeAudit.ts')).makeAudit({ ...context, progress }, wish),
    render: async (input) => (await import('./report/report.ts')).renderReport(input),
    composeMail: (mail) => composeMail(mail, config),
    channel: (id) => openChannelOf(config, { id, clock, write }),
    messageIdOf,
    worker: `${hostname()}/${process.pid}`,
    postJson: async (webhook, value) => {
      const { postJson } = await import('./delivery/webhook.ts');
      return postJson({ name: 'the webhook', address: webhook, clock }, value);
    },
    printPage: (html, dateMs) => printPage(config, html, dateMs),
    reportFolder: join(dirname(config.ledger), 'reports'),
    writeFile: writeInFolder,
  };
  return { context, close: () => ledger.close() };
}

/** Where workers share a queue they share the gate, too; a command alone waits for nobody. */
interface Gated {
  readonly gate?: Gate;
}

/** The sources alone: whoever fetches for others needs no ledger. */
export function openSources(
  config: Config,
  { clock, sleep, gate }: Pick<Surroundings, 'clock' | 'sleep'> & Gated,
): Map<string, Source> {
  const { retries, timeoutMs } = config.http;
  const shared = {
    ...(gate === undefined ? {} : { gate }),
    ...(sleep === undefined ? {} : { sleep }),
  };
  const http = createHttpClient({ clock, retries, timeoutMs, ...shared });
  const sources = new Map<string, Source>();
  for (const { id, kind, options } of config.sources) {
    const known = sourceKinds.find((candidate) => candidate.kind === kind);
    if (known !== undefined) sources.set(id, known.create(id, options, { http, clock }));
  }
  return sources;
}

/**
 * The same audit to the same people is the same message, wherever it is composed. The mailer is
 * loaded only here, for most commands send nothing.
 */
async function composeMail(
  { key, ...mail }: ComposedMail,
  { report }: Config,
): Promise<Uint8Array> {
  const { composeEml } = await import('./delivery/eml.ts');
  const from = report?.from ?? 'rentcheck@localhost';
  const leaders = report?.recipients.filter(({ role }) => role === 'leader') ?? [];
  const named = leaders.flatMap(({ address }) => address ?? []);
  const to = [...new Set([...(report?.to ?? []), ...named])];
  return composeEml({ ...mail, from, to, messageId: messageIdOf([key, ...to].join('\n'), from) });
}

/** What reads files is loaded when one is to be read. */
async function* readImport(
  request: Parameters<JobContext['readImport']>[0],
  folder: string | undefined,
) {
  const { readImportFile } = await import('./sources/import/importFile.ts');
  yield* readImportFile(request, folder);
}

/** What carries messages is loaded when one is to be carried. */
async function openChannelOf(
  { report, smtp, file }: Config,
  { id, clock, write }: { id: string; clock: Clock; write: (bytes: Uint8Array) => Promise<void> },
): Promise<Channel> {
  if (report === undefined) {
    throw new Failure('config', 'no sender of the report in the config', {
      where: `${file}: report`,
    });
  }
  const { openChannel } = await import('./delivery/channels.ts');
  const { from, channels } = report;
  const places = { from, channels, ...(smtp === undefined ? {} : { smtp }) };
  return openChannel(id, places, { clock, write });
}

/** The environment tells where programs are; nobody else needs it here. */
async function printPage({ report }: Config, html: string, dateMs: number): Promise<Uint8Array> {
  const { findChromium, printPdf } = await import('./platform/chromium.ts');
  const wish = report?.chromium === undefined ? {} : { wish: report.chromium };
  const chromium = await findChromium({ path: processEnvironment()['PATH'] ?? '', ...wish });
  return printPdf({ chromium, html, dateMs });
}

function toStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.write(bytes, (error) => (error ? fail(error) : done()));
  });
}
