/** The sources of the demo: one emulator per source, and its section in the config. */

import { dirname, join } from 'node:path';
import { makeFolder, writeWholeFile } from '../platform/files.ts';
import { DEMO_WINDOW } from './calendar.ts';
import { startCoreweave } from './emulators/coreweave.ts';
import { CRUSOE_ORGANIZATION, startCrusoe } from './emulators/crusoe.ts';
import { DIGITALOCEAN_TEAM, startDigitalocean } from './emulators/digitalocean.ts';
import { startHyperstack } from './emulators/hyperstack.ts';
import { startLambda } from './emulators/lambda.ts';
import { startModelsDev } from './emulators/modelsDev.ts';
import { renderNebiusExport } from './emulators/nebiusExport.ts';
import { startOpenai } from './emulators/openai.ts';
import { startOpenrouter } from './emulators/openrouter.ts';
import { startPrometheus } from './emulators/prometheus.ts';
import { startRunpod } from './emulators/runpod.ts';
import { type Emulator, type EmulatorTime, startEmulator } from './emulators/emulator.ts';
import { startTogether } from './emulators/together.ts';
import { startVast } from './emulators/vast.ts';
import type { Fleet } from './fleet.ts';
import { renderArchiveInvoice, renderLambdaInvoice } from './invoices.ts';
import {
  COREWEAVE_KEY,
  CRUSOE_KEY_ID,
  CRUSOE_SECRET_KEY,
  DIGITALOCEAN_KEY,
  HYPERSTACK_KEY,
  LAMBDA_KEY,
  OPENAI_KEY,
  OPENROUTER_KEY,
  RUNPOD_KEY,
  TOGETHER_KEY,
  VAST_KEY,
} from './keys.ts';

/** The environment variables of the demo's config, with keys that only the emulators accept. */
export const DEMO_ENVIRONMENT: Readonly<Record<string, string>> = {
  RUNPOD_API_KEY: RUNPOD_KEY,
  OPENROUTER_API_KEY: OPENROUTER_KEY,
  OPENAI_ADMIN_KEY: OPENAI_KEY,
  COREWEAVE_API_KEY: COREWEAVE_KEY,
  CRUSOE_ACCESS_KEY_ID: CRUSOE_KEY_ID,
  CRUSOE_SECRET_KEY,
  DIGITALOCEAN_TOKEN: DIGITALOCEAN_KEY,
  HYPERSTACK_API_KEY: HYPERSTACK_KEY,
  LAMBDA_API_KEY: LAMBDA_KEY,
  TOGETHER_API_KEY: TOGETHER_KEY,
  VAST_API_KEY: VAST_KEY,
};

/** `http://127.0.0.1:PORT` of an emulator, or the absolute path of a folder, by source. */
export type DemoAddresses = Readonly<Record<string, string>>;

interface DemoSource {
  readonly start: (fleet: Fleet, time: EmulatorTime) => Promise<Emulator>;
  /** The lines of the source's config section. */
  readonly lines: (url: string) => readonly string[];
}

/** The source of catalog prices, which complement the prices from providers. */
export const PRICE_CATALOG = 'price-catalog';

const SOURCES: Readonly<Record<string, DemoSource>> = {
  'runpod-main': {
    start: startRunpod,
    lines: (url) => ['kind: runpod', 'apiKey: ${RUNPOD_API_KEY}', `baseUrl: ${url}`],
  },
  vast: {
    start: startVast,
    lines: (url) => ['kind: vast', 'apiKey: ${VAST_API_KEY}', `baseUrl: ${url}`],
  },
  lambda: {
    start: startLambda,
    lines: (url) => [
      '# Lambda has no billing API: charges are rebuilt from its log, list and prices.',
      'kind: lambda',
      'apiKey: ${LAMBDA_API_KEY}',
      `baseUrl: ${url}`,
    ],
  },
  crusoe: {
    start: startCrusoe,
    lines: (url) => [
      'kind: crusoe',
      'accessKeyId: ${CRUSOE_ACCESS_KEY_ID}',
      'secretKey: ${CRUSOE_SECRET_KEY}',
      `organization: ${CRUSOE_ORGANIZATION}`,
      `baseUrl: ${url}`,
    ],
  },
  coreweave: {
    start: startCoreweave,
    lines: (url) => [
      'kind: coreweave',
      'apiKey: ${COREWEAVE_API_KEY}',
      `baseUrl: ${url}`,
      'rates:',
      '  reserved/gd-8xh100ib-i128: { usd: 2.70, per: GPU-Hour } # by contract',
    ],
  },
  together: {
    start: startTogether,
    lines: (url) => ['kind: together', 'apiKey: ${TOGETHER_API_KEY}', `baseUrl: ${url}`],
  },
  digitalocean: {
    start: startDigitalocean,
    lines: (url) => [
      'kind: digitalocean',
      'apiKey: ${DIGITALOCEAN_TOKEN}',
      `team: ${DIGITALOCEAN_TEAM}`,
      `baseUrl: ${url}`,
    ],
  },
  hyperstack: {
    start: startHyperstack,
    lines: (url) => ['kind: hyperstack', 'apiKey: ${HYPERSTACK_API_KEY}', `baseUrl: ${url}`],
  },
  prom: {
    start: startPrometheus,
    lines: (url) => ['kind: prometheus', `url: ${url}`],
  },
  router: {
    start: startOpenrouter,
    lines: (url) => [
      'kind: openrouter',
      'managementKey: ${OPENROUTER_API_KEY} # prices, and what was spent there',
      `baseUrl: ${url}/api/v1`,
    ],
  },
  openai: {
    start: startOpenai,
    lines: (url) => ['kind: openai', 'adminKey: ${OPENAI_ADMIN_KEY}', `baseUrl: ${url}`],
  },
  [PRICE_CATALOG]: {
    start: startModelsDev,
    lines: (url) => ['kind: catalog', 'catalog: models.dev', `baseUrl: ${url}`],
  },
};

/** Nebius has no emulator: its export is read from a folder. */
const NEBIUS = (folder: string) => ['kind: nebius', `folder: ${JSON.stringify(folder)}`];

/** The section `sources` of the config. */
export function renderSourcesSection(addresses: DemoAddresses): string {
  const section = (id: string, lines: readonly string[]) =>
    [`  ${id}:`, ...lines.map((line) => `    ${line}`)].join('\n');
  const emulated = Object.entries(SOURCES).map(([id, { lines }]) =>
    section(id, lines(addresses[id] ?? '')),
  );
  return ['sources:', ...emulated, section('nebius', NEBIUS(addresses['nebius'] ?? '')), ''].join(
    '\n',
  );
}

export interface DemoEmulators {
  readonly addresses: DemoAddresses;
  readonly emulators: Readonly<Record<string, Emulator>>;
  readonly chat: ChatEmulator;
  close(): Promise<void>;
}

/** The folder of the Nebius export, inside the demo's folder. */
export const EXPORT_FOLDER = 'nebius-export';

/** The folder of invoices that arrived by mail, inside the demo's folder. */
export const INVOICE_FOLDER = 'invoices';
export const DEMO_INVOICES = { archive: 'rechenzentrum-2026-Q3.csv', lambda: 'lambda-2026-Q3.csv' };

/** The file with the webhook URL of the on-call chat, inside the demo's folder. */
export const ON_CALL_FILE = 'on-call-webhook';

/** Starts every emulator, and writes exports, invoices and the webhook URL into a folder. */
export async function startDemoEmulators(
  fleet: Fleet,
  time: EmulatorTime,
  folder: string,
): Promise<DemoEmulators> {
  const started = await Promise.all(
    Object.entries(SOURCES).map(async ([id, { start }]) => [id, await start(fleet, time)] as const),
  );
  const chat = await startChat();
  const exported = join(folder, EXPORT_FOLDER);
  const invoices = join(folder, INVOICE_FOLDER);
  const files: (readonly [string, string | Uint8Array])[] = [
    ...renderNebiusExport(fleet, DEMO_WINDOW).map(
      ({ name, body }) => [join(exported, name), body] as const,
    ),
    [join(folder, ON_CALL_FILE), `${chat.url}/on-call`],
    [join(invoices, DEMO_INVOICES.archive), renderArchiveInvoice()],
    [join(invoices, DEMO_INVOICES.lambda), renderLambdaInvoice(fleet)],
  ];
  for (const [path, body] of files) {
    await makeFolder(dirname(path));
    await writeWholeFile(path, body);
  }
  const urls = started.map(([id, { url }]) => [id, url] as const);
  return {
    addresses: Object.fromEntries([...urls, ['nebius', exported]]),
    emulators: Object.fromEntries(started),
    chat,
    async close() {
      for (const emulator of [chat, ...started.map(([, each]) => each)]) await emulator.close();
    },
  };
}

export interface ChatEmulator extends Emulator {
  /** The posted messages, oldest first. */
  readonly messages: readonly string[];
}

/** Serves `POST /on-call`, like the incoming webhook of a chat. */
async function startChat(): Promise<ChatEmulator> {
  const heard: string[] = [];
  const emulator = await startEmulator(({ method, path, body }) => {
    if (method !== 'POST' || path !== '/on-call')
      return { status: 404, type: 'text/plain', body: '' };
    heard.push(body);
    return { status: 200, type: 'text/plain', body: 'ok' };
  });
  return { ...emulator, messages: heard };
}
