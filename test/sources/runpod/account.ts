/** A small RunPod account for tests, served with one answer replaced. */

import { json, type Reply } from '../../support/httpServer.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 2) };

export const POD_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  podId: 'pod1',
  totalAmount: 0.5,
  gpuAmount: 0.44,
  cpuAmount: 0,
  diskAmount: 0.06,
};

export const WORKER_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  serverlessId: 'ep1',
  totalAmount: 8.9,
  gpuAmount: 7.5,
  cpuAmount: 0,
  diskAmount: 0.4,
  feeAmount: 1.0,
};

const VOLUME_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  networkVolumeId: 'vol1',
  totalAmount: 0.01,
  standardAmount: 0.01,
  highPerformanceAmount: 0,
};

const CLUSTER_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  clusterId: 'cl1',
  totalAmount: 99.0,
  gpuAmount: 95.0,
  diskAmount: 3.0,
  networkingAmount: 1.0,
};

const PUBLIC_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  totalAmount: 3.21,
};

/** The bucket above as the bill of the whole account has it. */
const ACCOUNT_RECORD = {
  startTime: '2026-06-01T00:00:00Z',
  endTime: '2026-06-01T01:00:00Z',
  totalAmount: 111.62,
  podGpuAmount: 0.44,
  podCpuAmount: 0,
  podDiskAmount: 0.06,
  serverlessGpuAmount: 7.5,
  serverlessCpuAmount: 0,
  serverlessDiskAmount: 0.4,
  serverlessFeeAmount: 1.0,
  storageStandardAmount: 0.01,
  storageHighPerformanceAmount: 0,
  endpointAmount: 3.21,
  clusterGpuAmount: 95.0,
  clusterDiskAmount: 3.0,
  clusterNetworkingAmount: 1.0,
};

export const POD = {
  id: 'pod1',
  name: 'chat-70b-1',
  status: 'RUNNING',
  cloud: 'SECURE',
  cost: 0.44,
  gpu: { id: 'NVIDIA H100 80GB HBM3', count: 2 },
  env: { HF_TOKEN: 'hf_planted_env' },
  args: '--api-key planted_args',
  ssh: { proxy: { command: 'ssh planted_ssh@ssh.runpod.io' } },
  ports: ['22/tcp'],
  runtime: { uptime: 3600, ports: [{ ip: '195.26.233.3', public: 34446 }] },
};

export const ENDPOINT = {
  id: 'ep1',
  name: 'bursty',
  gpu: { pools: ['ADA_24'], count: 1 },
  env: { OPENAI_API_KEY: 'planted_endpoint_env' },
};

export const WORKER = {
  id: 'w1',
  status: 'RUNNING',
  isStale: false,
  gpuCount: 1,
  gpuTypeId: 'NVIDIA GeForce RTX 4090',
  uptimeSeconds: 3600,
  startedAt: '2026-07-15T11:00:00Z',
  image: 'planted/image',
};

export const CLUSTER = {
  id: 'cl1',
  name: 'trainer',
  type: 'TRAINING',
  compute: { gpuTypeId: 'NVIDIA H100 80GB HBM3', gpuCountPerPod: 8, podCount: 2 },
  network: { cidr: '10.65.0.0/16' },
  primary: { podId: 'node0', status: 'RUNNING', sshEndpoint: '195.26.233.3:22001' },
};

export const GPUS = [
  {
    id: 'NVIDIA GeForce RTX 4090',
    pool: 'ADA_24',
    secure: true,
    community: true,
    price: { secure: 0.44, community: 0.31, serverless: 1.1 },
  },
  {
    id: 'NVIDIA H100 80GB HBM3',
    pool: null,
    secure: true,
    community: false,
    price: { secure: 2.39, community: 0 },
  },
];

type BillRecord = Readonly<Record<string, unknown>>;

/** A billing answer around the records, its metadata as RunPod writes it. */
export function billReply(records: readonly BillRecord[], changes: object = {}) {
  const total = records.reduce((sum, record) => sum + Number(record['totalAmount']), 0);
  return {
    records,
    metadata: {
      query: {
        startTime: '2026-06-01T00:00:00Z',
        endTime: '2026-06-02T00:00:00Z',
        bucketSize: 'hour',
      },
      recordCount: records.length,
      totals: { totalAmount: Number(total.toFixed(9)) },
      ...changes,
    },
  };
}

const ANSWERS: Readonly<Record<string, Reply>> = {
  '/v2/catalog/gpus': json({ gpus: GPUS }),
  '/v2/pods': json({ pods: [POD] }),
  '/v2/serverless': json({ endpoints: [ENDPOINT] }),
  '/v2/serverless/ep1/workers': json({ workers: [WORKER], summary: {} }),
  '/v2/network-volumes': json({
    networkVolumes: [{ id: 'vol1', name: 'weights', size: 100, type: 'STANDARD' }],
  }),
  '/v2/clusters': json({ clusters: [CLUSTER] }),
  '/v2/billing': json(billReply([ACCOUNT_RECORD])),
  '/v2/billing/clusters': json(billReply([CLUSTER_RECORD])),
  '/v2/billing/endpoints': json(billReply([PUBLIC_RECORD])),
  '/v2/billing/pods': json(billReply([POD_RECORD])),
  '/v2/billing/serverless': json(billReply([WORKER_RECORD])),
  '/v2/billing/network-volumes': json(billReply([VOLUME_RECORD])),
};

/** The account, with some paths answered differently. */
export function runpodAccount(changes: Readonly<Record<string, Reply>> = {}): Reply {
  const answers = { ...ANSWERS, ...changes };
  return (response, request) => {
    const reply = answers[request.path] ?? json({ title: 'Not Found', detail: 'no route' }, 404);
    reply(response, request);
  };
}

/** The bill of pods replaced, and the account's bill with it. */
export function podsBillReplies(answer: object, podUsd: number): Readonly<Record<string, Reply>> {
  const others = ACCOUNT_RECORD.totalAmount - 0.5;
  const record = {
    ...ACCOUNT_RECORD,
    totalAmount: Number((others + podUsd).toFixed(9)),
    podGpuAmount: podUsd,
    podDiskAmount: 0,
  };
  return { '/v2/billing/pods': json(answer), '/v2/billing': json(billReply([record])) };
}
