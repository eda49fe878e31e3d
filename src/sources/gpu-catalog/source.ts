/** Pulls SkyPilot's or gpuhunt's price tables, one per provider. */

import { Failure } from '../../domain/failure.ts';
import type { Fetch, Fetched } from '../../domain/provenance.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import type { HttpResponse } from '../../platform/http.ts';
import {
  catchFailure,
  errorBody,
  failedFetch,
  findErrorInBody,
  unreadableFetch,
} from '../fetchRecord.ts';
import { type PullRequest, type Puller, type SourceContext, requestsFact } from '../source.ts';
import { GPUHUNT, readGpuhunt, readSkypilot, SKYPILOT } from './catalogFormats.ts';
import { readMachines, type ReadMachine, computeGpuRates } from './normalize.ts';
import type { GpuCatalogOptions } from './options.ts';
import { encodeRows, readTable, readZipEntry, type TableShape } from './table.ts';

type Pulling = SourceContext<GpuCatalogOptions>;

const BASE_URLS = {
  skypilot: 'https://raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8',
  gpuhunt: 'https://dstack-gpu-pricing.s3.eu-west-1.amazonaws.com/v3',
} as const;

/** The largest tables have a few megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A provider that fails does not stop the others. */
export const pull: Puller<GpuCatalogOptions>['pull'] = (setting, request) =>
  tablesOf(setting, request);

async function* tablesOf(setting: Pulling, request: PullRequest): AsyncGenerator<Fetched> {
  if (!requestsFact(request, 'rates')) return;
  for (const provider of setting.options.providers) {
    if (setting.options.catalog === 'skypilot') yield await skypilot(setting, provider);
    else yield* gpuhunt(setting, provider);
  }
}

async function skypilot(setting: Pulling, provider: string): Promise<Fetched> {
  const response = await ask(setting, { kind: 'skypilot', provider, path: [provider, 'vms.csv'] });
  if (!('answer' in response)) return response;
  return readTableAnswer(setting, response, {
    provider,
    shape: SKYPILOT,
    read: readSkypilot,
    bytesOf: (bytes) => bytes,
  });
}

/** A version file beside the archive names the archive's folder. */
async function* gpuhunt(setting: Pulling, provider: string): AsyncGenerator<Fetched> {
  const path = [provider, 'version'];
  const versionResponse = await ask(setting, { kind: 'version', provider, path });
  if (!('answer' in versionResponse)) {
    yield versionResponse;
    return;
  }
  const version = new TextDecoder().decode(plainBytes(versionResponse.answer.body)).trim();
  if (!/^[\w-]{1,80}$/.test(version)) {
    const where = versionResponse.answer.url;
    yield unreadableFetch(
      versionResponse.fetch,
      new Failure('malformed', `${where} has no version`, { where, hint: 'check baseUrl' }),
    );
    return;
  }
  yield { fetch: { ...versionResponse.fetch, body: versionResponse.answer.body } };
  const archivePath = [provider, version, 'catalog.zip'];
  const response = await ask(setting, { kind: 'gpuhunt', provider, path: archivePath });
  if (!('answer' in response)) yield response;
  else {
    yield readTableAnswer(setting, response, {
      provider,
      shape: GPUHUNT,
      read: readGpuhunt,
      bytesOf: (bytes, where) =>
        readZipEntry(bytes, (name) => name.endsWith('.csv'), { where, mostBytes: MOST_BYTES }),
    });
  }
}

interface Question {
  readonly kind: string;
  readonly provider: string;
  readonly path: readonly string[];
}

interface Asked {
  readonly answer: HttpResponse;
  readonly fetch: Fetch;
  readonly askedAtMs: number;
}

async function ask(
  { id, options, tools }: Pulling,
  { kind, provider, path }: Question,
): Promise<Asked | Fetched> {
  const { catalog, baseUrl = BASE_URLS[catalog], timeoutSeconds } = options;
  const about = { sourceId: id, kind: `gpu-catalog.${kind}` };
  const askedAtMs = tools.clock.nowMs();
  const result = await tools.http.get({
    url: urlAt(baseUrl, path),
    headers: { accept: '*/*' },
    maxBytes: MOST_BYTES,
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  });
  if (!result.ok) {
    const failure = unknownProvider(result.failure, { catalog, provider });
    return failedFetch(about, { ...result, failure });
  }
  const { url, startedAtMs, endedAtMs, status, digest } = result.answer;
  const fetch = { ...about, url, startedAtMs, endedAtMs, status, digest };
  return { answer: result.answer, fetch, askedAtMs };
}

/** An object store without list permission answers 403 for a missing object. */
function unknownProvider(failure: Failure, named: { catalog: string; provider: string }): Failure {
  if (!['not-found', 'forbidden', 'auth'].includes(failure.code)) return failure;
  const message = `${named.catalog} has no catalog of ${named.provider}: ${failure.message}`;
  return new Failure(failure.code, message, {
    hint: "use the provider's name in the catalog under providers, or remove it",
  });
}

interface Reading {
  readonly provider: string;
  readonly shape: TableShape;
  readonly read: ReadMachine;
  /** Extracts the table's bytes from the response body. */
  readonly bytesOf: (bytes: Uint8Array, where: string) => Uint8Array;
}

function readTableAnswer(
  { id, options }: Pulling,
  { answer, fetch, askedAtMs }: Asked,
  { provider, shape, read, bytesOf }: Reading,
): Fetched {
  const { url } = answer;
  const table = catchFailure(() => {
    const bytes = plainBytes(answer.body);
    // The stored body of an archive is its table, which begins with `{`.
    const isKept = bytes[0] === 0x7b;
    return readTable(isKept ? bytes : bytesOf(bytes, url), shape, url);
  });
  if (table instanceof Failure) {
    const problem = errorBody(answer.body, url);
    const inside = problem === undefined ? undefined : findErrorInBody(answer.body, url);
    if (problem === undefined || inside === undefined) return unreadableFetch(fetch, table);
    return unreadableFetch({ ...fetch, body: problem }, inside);
  }
  const rows = readMachines(table.rows, read);
  const target = { provider: PROVIDERS.get(provider) ?? provider, regions: options.regions };
  const found = computeGpuRates(rows, { ...target, sourceId: id, seenAtMs: askedAtMs });
  const body = { ...fetch, body: encodeRows(rows.map(({ row }) => row)) };
  const { rates, ...trouble } = found;
  if (rates.length === 0) return unreadableFetch(body, noPrices(url));
  return {
    fetch: body,
    rates,
    rejects: [...table.rejects, ...trouble.rejects],
    warnings: [...table.warnings, ...trouble.warnings],
  };
}

/** rentcheck's provider names, where the catalog's differ. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['lambdalabs', 'lambda'],
  ['datacrunch', 'verda'],
  ['vastai', 'vast'],
  ['do', 'digitalocean'],
]);

function noPrices(where: string): Failure {
  return new Failure('malformed', `${where} has no usable GPU price`, {
    where,
    expected: 'rows of GPUs with prices',
    hint: 'check providers and regions',
  });
}
