/** A small Vast.ai account for tests, and how it is pulled. */

import type { Fetched } from '../../../src/domain/provenance.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { vastKind } from '../../../src/sources/registry.ts';
import type { PullRequest } from '../../../src/sources/source.ts';
import { pullFromSource } from '../../contract/source.ts';
import { json, type Reply, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';

export const JUNE_1 = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 2) };
export const KEY = 'vast-0123456789abcdef0123456789abcdef';

/** The secrets that an answer may hold; none of them may be stored. */
const SECRETS = {
  jupyter_token: 'planted-jupyter',
  extra_env: [['HF_TOKEN', 'planted-env']],
  onstart: 'export TOKEN=planted-onstart',
  ssh_host: 'planted.ssh.host',
  public_ipaddr: '203.0.113.77',
  image_args: ['--key', 'planted-arg'],
};

/** Two GPUs of a marketplace machine, on demand. */
export const INSTANCE = {
  id: 312,
  label: 'chat-70b-a',
  gpu_name: 'A100 SXM4',
  num_gpus: 2,
  gpu_ram: 81_920,
  dph_total: 2.4021,
  is_bid: false,
  actual_status: 'running',
  cur_state: 'running',
  ...SECRETS,
};

/** A day of it: the items sum to $57.7506, and the amount is rounded to $57.751. */
export const ROW = {
  start: 1_780_099_200,
  end: 1_780_272_000,
  type: 'instance',
  source: 'instance-312',
  description: 'Instance 312 Charges - 3 days',
  amount: 57.751,
  metadata: { label: 'chat-70b-a', template_id: 101 },
  items: [
    { type: 'gpu', description: '24.000 hours at $2.400/hour', amount: 57.6, items: [] },
    { type: 'disk', description: '100 GB', amount: 0.1444, items: [] },
    { type: 'bwd', description: '1.2 GB', amount: 0.0042, items: [] },
    { type: 'bwu', description: '0.6 GB', amount: 0.002, items: [] },
  ],
};

export const chargesOf = (rows: readonly unknown[], more: object = {}) => ({
  success: true,
  count: rows.length,
  total: rows.length,
  next_token: null,
  results: rows,
  ...more,
});

export const instancesOf = (rows: readonly unknown[]) => ({
  success: true,
  instances_found: rows.length,
  total_instances: rows.length,
  next_token: null,
  instances: rows,
});

const ENDPOINT = {
  id: 19_392,
  endpoint_name: 'bursty',
  endpoint_state: 'active',
  api_key: 'planted-endpoint-key',
  max_workers: 20,
};

const OFFER = {
  id: 12_345_678,
  machine_id: 88_888,
  gpu_name: 'A100 SXM4',
  gpu_ram: 81_920,
  num_gpus: 4,
  dph_total: 3.6,
  rentable: true,
  verification: 'verified',
  public_ipaddr: '203.0.113.77',
};

/** The account with some of its answers replaced. */
export function vastAccount(changes: Readonly<Record<string, Reply>> = {}): Reply {
  const replies: Readonly<Record<string, Reply>> = {
    '/api/v0/charges/': json(chargesOf([ROW])),
    '/api/v1/instances/': json(instancesOf([INSTANCE])),
    '/api/v0/endptjobs/': json({ success: true, results: [ENDPOINT] }),
    '/api/v0/bundles/': json({ offers: [OFFER] }),
    ...changes,
  };
  return (response, request) => {
    const reply = replies[request.path] ?? json({ error: 'not_found', msg: 'no such path' }, 404);
    reply(response, request);
  };
}

export const chargesReply = (rows: readonly unknown[], more: object = {}) => ({
  '/api/v0/charges/': json(chargesOf(rows, more)),
});

/** All facts except the market's rates. */
const REQUEST: PullRequest = {
  window: JUNE_1,
  usage: [],
  models: [],
  facts: ['charges', 'inventory'],
};

export async function pullVast(reply: Reply, changes: Partial<PullRequest> = {}) {
  const server = await startServer(reply);
  const client = testClient();
  const options = vastKind.options.parse({
    apiKey: createSecret('${VAST_API_KEY}', () => KEY),
    baseUrl: server.origin,
  });
  const source = vastKind.create('main', options, client);
  try {
    const all = await pullFromSource(source, { ...REQUEST, ...changes });
    return { all, requests: server.requests, pauses: client.pauses };
  } finally {
    await server.close();
  }
}

/** The facts of one kind of answer. */
export const fetchesOfKind = (all: readonly Fetched[], kind: string) =>
  all.filter(({ fetch }) => fetch.kind === kind);

export const chargesIn = (all: readonly Fetched[]) =>
  all.flatMap(({ charges = [] }) => charges.map(({ fact }) => fact));

export const failuresIn = (all: readonly Fetched[]) =>
  all.flatMap(({ fetch }) => (fetch.failure === undefined ? [] : [fetch.failure]));
