/** A source with bills in a local bucket, pulled into a new ledger. */

import { onTestFinished } from 'vitest';
import type { JobContext } from '../../../src/jobs/job.ts';
import { pullFacts } from '../../../src/jobs/pull.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { canonicalDigest } from '../../../src/platform/digest.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { sourceKinds } from '../../../src/sources/registry.ts';
import { readFacts } from '../../faults/runCell.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { type Reply, startServer } from '../../support/httpServer.ts';
import { type Objects, s3Emulator, type S3World } from './emulator.ts';
import type { AwsRun, PlantedRow } from './exports.ts';

export const AWS_KEYS = { id: 'AKIDEXAMPLE', secret: 'wJalr/XUtn+FEMI=', token: 'Fwo/GZ+Xtoken==' };

export const secret = (value: string) => createSecret('${SECRET}', () => value);

export interface StageOptions {
  /** `focus` by default. */
  readonly kind?: string;
  /** Options for a server at this origin. */
  readonly options: (origin: string) => object;
  readonly reply?: Reply;
  readonly nowMs?: number;
}

/** 2026-08-20: July and August have bills. */
const NOW = Date.UTC(2026, 7, 20);
const SUMMER = { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 8, 1) };

/** Pulls as a job does; each pull of a stage goes into the same ledger. */
export async function startBillSource({
  kind = 'focus',
  options,
  reply,
  nowMs = NOW,
}: StageOptions) {
  const server = await startServer((response, request) =>
    (reply ?? (() => response.destroy()))(response, request),
  );
  onTestFinished(() => server.close());
  const clock = settableClock(nowMs);
  const { ledger } = await scratchLedger(clock);
  const http = createHttpClient({ clock, retries: 1, sleep: () => Promise.resolve() });
  const found = sourceKinds.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  const sourceOf = (more: object) => {
    const read = found.options.parse({ ...options(server.origin), ...more });
    return found.create('cloud', read, { http, clock });
  };
  return {
    clock,
    ledger,
    origin: server.origin,
    sourceOf,
    /** Keys that were requested since the last call, without lists. */
    asked(): string[] {
      const paths = server.requests.map(({ path }) => decodeURIComponent(path));
      (server.requests as unknown[]).length = 0;
      return paths.filter((path) => /\.\w+$/.test(path));
    },
    pull(more: object = {}, options: { confirmWithdrawal?: boolean } = {}) {
      const context = {
        config: {
          currencies: [],
          deployments: [],
          sources: [],
          http: { pullStallMs: 60_000, pullMostMs: 600_000 },
        },
        ledger,
        clock,
        sources: new Map([['cloud', sourceOf(more)]]),
        progress: () => undefined,
        digest: canonicalDigest,
      } as unknown as JobContext;
      clock.set(clock.nowMs() + 60_000);
      return pullFacts(context, { source: 'cloud', window: SUMMER, ...options });
    },
    /** Dollars in force by resource, as text: `{ 'i-1': '1.5' }`. */
    async spend(): Promise<Record<string, string>> {
      const sums = new Map<string, number>();
      for (const fact of (await readFacts(ledger)).values()) {
        const { resource_id: id, billed_nano_usd: nano } = fact as Record<string, string>;
        sums.set(id ?? '', (sums.get(id ?? '') ?? 0) + Number(nano));
      }
      const result = [...sums].map(([id, nano]) => [id, String(nano / 1e9)] as const);
      return Object.fromEntries(result.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

export const JULY_5 = Date.UTC(2026, 6, 5);

type Rest = readonly [hour?: string, more?: Readonly<Record<string, string>>];

export function awsRow(
  resource: string,
  usd: string,
  ...[hour = '2026-07-01T00', more]: Rest
): PlantedRow {
  return { resource, usd, hour, ...(more === undefined ? {} : { more }) };
}

export const bucketOptions = (origin: string) => ({
  bucket: 'bills',
  endpoint: origin,
  region: 'eu-central-1',
  prefix: 'exports',
  accessKeyId: AWS_KEYS.id,
  secretAccessKey: secret(AWS_KEYS.secret),
  sessionToken: secret(AWS_KEYS.token),
});

export async function startAwsBucket(objects: Objects, world: Partial<S3World> = {}) {
  const reply = s3Emulator({
    bucket: 'bills',
    objects,
    keys: AWS_KEYS,
    region: 'eu-central-1',
    ...world,
  });
  return startBillSource({ options: bucketOptions, reply });
}

export function awsRun(files: AwsRun['files'], more: Partial<AwsRun> = {}): AwsRun {
  return { month: '2026-07', atMs: JULY_5, files, ...more };
}
