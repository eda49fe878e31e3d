/** Wires ledger, sources, report and delivery into one job context. */

import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { OpenedSession, OpenOptions } from '../cli/command.ts';
import type { Config } from '../config/config.ts';
import { processEnvironment } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import type { Channel } from '../delivery/channel.ts';
import { toMessageId } from '../delivery/eml.ts';
import { Failure } from '../domain/failure.ts';
import type { ComposedMail, JobContext, ReportTools } from '../jobs/job.ts';
import { openLedger } from '../ledger/open.ts';
import type { Clock } from '../platform/clock.ts';
import { canonicalDigest, createRunningDigest } from '../platform/digest.ts';
import type { RateLimiter } from '../platform/http.ts';
import { seededRandom } from '../platform/random.ts';
import { version } from '../platform/version.ts';
import { writeWholeFile } from '../platform/files.ts';
import { createInlineEngine } from '../schedule/inline.ts';
import { openSources } from '../sources/openSources.ts';

/** What the wiring gets from the process or from a test. */
export interface AppEnvironment {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base folder of relative paths; the working directory if absent. */
  readonly folder?: string;
  /** Waits between two requests to a provider; a real wait if absent. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Output of channels that print whole messages; standard output if absent. */
  readonly writeOut?: (bytes: Uint8Array) => Promise<void>;
}

/** What only a worker sets. */
interface WorkerOptions {
  /** A fenced ledger accepts writes only while its worker is the leader. */
  readonly fenced?: boolean;
  /** Workers of one queue share it; a single command has none. */
  readonly rateLimiter?: RateLimiter;
}

/** Reads a config file and opens the ledger, sources and delivery that it names. */
export async function openApp(
  configPath: string,
  { env, ...options }: AppEnvironment & OpenOptions,
): Promise<OpenedSession> {
  const { folder = '.' } = options;
  return openConfigured(await loadConfig(configPath, { env, folder }), options);
}

/**
 * Opens ledger, sources, report and mail as one job context. Reports go into the ledger's folder:
 * the config's own folder may be read-only.
 */
export async function openConfigured(
  config: Config,
  options: Omit<AppEnvironment, 'env'> & OpenOptions & WorkerOptions,
): Promise<OpenedSession> {
  const { clock, folder, writeOut: write = toStandardOutput } = options;
  const ledger = await openLedger(config.ledger, {
    clock,
    mode: options.temporaryLedger ?? (options.readonly ? 'readonly' : 'readwrite'),
    mustExist: options.mustExist ?? false,
    fenced: options.fenced ?? false,
  });
  const context: JobContext = {
    config,
    ledger,
    sources: openSources(config, options),
    clock,
    engine: createInlineEngine(async () => {
      const { JOBS } = await import('../jobs/registry.ts');
      return { jobs: JOBS, context, clock };
    }),
    progress: (message) => options.progress(message),
    readImport: (request) => readImport(request, folder),
    audits: {
      make: async (request, progress) =>
        (await import('../jobs/makeAudit.ts')).makeAudit({ ...context, progress }, request),
      codeVersion: version,
      digest: canonicalDigest,
      runningDigest: createRunningDigest,
      chance: seededRandom,
    },
    reports: toReportTools(config),
    channels: {
      open: (id) => openChannelOf(config, { id, clock, write }),
      messageId: toMessageId,
      worker: `${hostname()}/${process.pid}`,
      postJson: async (webhook, value) => {
        const { postJsonToWebhook } = await import('../delivery/webhook.ts');
        return postJsonToWebhook({ name: 'the webhook', address: webhook, clock }, value);
      },
    },
  };
  return { context, close: () => ledger.close() };
}

function toReportTools(config: Config): ReportTools {
  return {
    render: async (input) => (await import('../report/report.ts')).renderReport(input),
    composeMail: (mail) => composeMail(mail, config),
    printPage: (html, dateMs) => printPage(config, html, dateMs),
    folder: join(dirname(config.ledger), 'reports'),
    writeFile: writeWholeFile,
  };
}

/**
 * Composes one message; the same audit to the same people always has the same message ID. The
 * mailer is loaded only here, because most commands send nothing.
 */
async function composeMail(
  { key, ...mail }: ComposedMail,
  { report }: Config,
): Promise<Uint8Array> {
  const { composeEml } = await import('../delivery/eml.ts');
  const from = report?.from ?? 'rentcheck@localhost';
  const leaders = report?.recipients.filter(({ role }) => role === 'leader') ?? [];
  const named = leaders.flatMap(({ address }) => address ?? []);
  const to = [...new Set([...(report?.to ?? []), ...named])];
  return composeEml({ ...mail, from, to, messageId: toMessageId([key, ...to].join('\n'), from) });
}

/** Loads the file readers only when a file is imported. */
async function* readImport(
  request: Parameters<JobContext['readImport']>[0],
  folder: string | undefined,
) {
  const { readImportFile } = await import('../sources/import/readImport.ts');
  yield* readImportFile(request, folder);
}

/** Loads the channels only when a message is sent. */
async function openChannelOf(
  { report, smtp, file }: Config,
  { id, clock, write }: { id: string; clock: Clock; write: (bytes: Uint8Array) => Promise<void> },
): Promise<Channel> {
  if (report === undefined) {
    throw new Failure('config', 'no sender of the report in the config', {
      where: `${file}: report`,
    });
  }
  const { openChannel } = await import('../delivery/openChannel.ts');
  const { from, channels } = report;
  const channelConfig = { from, channels, ...(smtp === undefined ? {} : { smtp }) };
  return openChannel(id, channelConfig, { clock, write });
}

/** Searches Chromium on PATH, the only use of the environment in this file. */
async function printPage({ report }: Config, html: string, dateMs: number): Promise<Uint8Array> {
  const { findChromium, printPdf } = await import('../platform/chromium.ts');
  const configured = report?.chromium === undefined ? {} : { nameOrPath: report.chromium };
  const chromium = await findChromium({ path: processEnvironment()['PATH'] ?? '', ...configured });
  return printPdf({ chromium, html, dateMs });
}

function toStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.write(bytes, (error) => (error ? fail(error) : done()));
  });
}
