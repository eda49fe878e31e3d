/** Checks the demo's emulators against the official documents of the clouds that publish one. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startLambda } from '../../src/demo/emulators/lambda.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { startTogether } from '../../src/demo/emulators/together.ts';
import { startVast } from '../../src/demo/emulators/vast.ts';
import { LAMBDA_KEY, TOGETHER_KEY, VAST_KEY } from '../../src/demo/keys.ts';
import { demoClock, FLEET } from '../support/demoFleet.ts';
import { findSchemaFaults, schemaAt } from '../support/jsonSchema.ts';

interface Cloud {
  readonly start: typeof startVast;
  readonly key: string;
}

const VAST: Cloud = { start: startVast, key: VAST_KEY };
const LAMBDA: Cloud = { start: startLambda, key: LAMBDA_KEY };
const TOGETHER: Cloud = { start: startTogether, key: TOGETHER_KEY };

const DAY = encodeURIComponent('{"day":{"gte":1783036800,"lte":1783123199}}');
const ENDPOINT = FLEET.pods.find(({ provider }) => provider === 'together')?.id ?? '';

interface Documented {
  readonly file: string;
  readonly path: string;
  readonly cloud: Cloud;
  readonly query?: string;
  /** Makes it a POST. */
  readonly body?: string;
}

const vast = (name: string, path: string) => ({ file: `vast/${name}.yaml`, path, cloud: VAST });
const lambda = (name: string) => ({
  file: 'lambda/lambda-cloud-openapi.json',
  path: `/api/v1/${name}`,
  cloud: LAMBDA,
});
const together = (path: string) => ({ file: 'together/openapi.yaml', path, cloud: TOGETHER });

const DOCUMENTED: readonly Documented[] = [
  { ...vast('show_charges', '/api/v0/charges/'), query: `?select_filters=${DAY}` },
  vast('show_instances', '/api/v1/instances/'),
  vast('show_endpoints', '/api/v0/endptjobs/'),
  { ...vast('search_offers', '/api/v0/bundles/'), body: '{"limit":10}' },
  lambda('instances'),
  lambda('instance-types'),
  lambda('file-systems'),
  lambda('audit-events'),
  together('/hardware'),
  { ...together('/endpoints'), query: '?type=dedicated&mine=true' },
  together('/endpoints/{endpointId}'),
  together('/compute/clusters'),
];

const emulators = new Map<Cloud, Emulator>();
beforeAll(async () => {
  for (const cloud of [VAST, LAMBDA, TOGETHER]) {
    emulators.set(cloud, await cloud.start(FLEET, demoClock()));
  }
});
afterAll(async () => {
  for (const emulator of emulators.values()) await emulator.close();
});

/** The document's objections to the answer. */
async function faultsIn(
  { file, path, cloud, query = '', body }: Documented,
  { key, status }: { readonly key: string; readonly status: number },
): Promise<string[]> {
  const asked = `${path.replace('{endpointId}', ENDPOINT)}${query}`;
  const answer = await fetch(`${emulators.get(cloud)?.url ?? ''}${asked}`, {
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  expect(answer.status).toBe(status);
  const document: unknown = parse(readFileSync(`../shared/reference/providers/${file}`, 'utf8'));
  const method = body === undefined ? 'get' : 'post';
  const result = ['responses', String(status), 'content', 'application/json', 'schema'];
  const schema = schemaAt(document, ['paths', path, method, ...result]);
  return findSchemaFaults(await answer.json(), schema, document);
}

it.each(DOCUMENTED)('$file allows what is returned at $path', async (one) => {
  expect(await faultsIn(one, { key: one.cloud.key, status: 200 })).toEqual([]);
});

it.each([
  { ...vast('show_charges', '/api/v0/charges/'), status: 404 },
  { ...lambda('instances'), status: 401 },
])('$file allows how a wrong key is refused at $path', async ({ status, ...one }) => {
  expect(await faultsIn(one, { key: 'not-it', status })).toEqual([]);
});
