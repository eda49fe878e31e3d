/** One rented pod, as RunPod bills it by the day, on a server that can be made to wait. */

import { bucketsOf, resolveWindow } from '../../src/demo/emulators/runpodWindow.ts';
import { instantText } from '../../src/domain/period.ts';
import {
  json,
  type Reply,
  type ReceivedRequest,
  startServer,
  type TestServer,
} from './httpServer.ts';

const POD_ID = 'pod1';
/** Dollars a day: 24 hours at 50 cents. */
const A_DAY = 12;

const EMPTY: Readonly<Record<string, unknown>> = {
  '/v2/catalog/gpus': { gpus: [] },
  '/v2/pods': { pods: [] },
  '/v2/serverless': { endpoints: [] },
  '/v2/network-volumes': { networkVolumes: [] },
  '/v2/clusters': { clusters: [] },
};

/** A day of the bill, the same for the account and for the pod. */
const AMOUNTS: Readonly<Record<string, object>> = {
  '/v2/billing': { podGpuAmount: A_DAY },
  '/v2/billing/pods': { podId: POD_ID, gpuAmount: A_DAY, cpuAmount: 0, diskAmount: 0 },
};

export interface SlowPod {
  readonly server: TestServer;
  /** Bill requests that wait for an answer. */
  waiting(): number;
  /** From now on bill requests wait until `release`. */
  hold(): void;
  release(): void;
}

export async function startSlowPod(): Promise<SlowPod> {
  let holding = false;
  const held: (() => void)[] = [];
  const server = await startServer((response, request) => {
    const answer = () => answerTo(request)(response, request);
    const isBill = request.path === '/v2/billing/pods';
    if (!holding || !isBill) answer();
    else {
      held.push(answer);
      response.on('close', () => held.splice(held.indexOf(answer), held.includes(answer) ? 1 : 0));
    }
  });
  return {
    server,
    waiting: () => held.length,
    hold: () => {
      holding = true;
    },
    release: () => {
      holding = false;
      for (const answer of held.splice(0)) answer();
    },
  };
}

function answerTo({ path, query }: ReceivedRequest): Reply {
  const inventory = EMPTY[path];
  if (inventory !== undefined) return json(inventory);
  // The pod is gone from the API, too.
  if (path.startsWith('/v2/pods/')) return json({ title: 'pod not found', status: 404 }, 404);
  const window = resolveWindow(query, 0);
  if (Array.isArray(window)) return json({ title: window.join('; ') }, 400);
  const amounts = AMOUNTS[path];
  const days = amounts === undefined ? [] : bucketsOf({ ...window, bucketSize: 'day' });
  const records = days.map(({ startMs, endMs }) => ({
    startTime: instantText(startMs),
    endTime: instantText(endMs),
    totalAmount: A_DAY,
    ...amounts,
  }));
  return json(billOf(records, window));
}

function billOf(
  records: readonly Readonly<Record<string, unknown>>[],
  window: { readonly startMs: number; readonly endMs: number },
) {
  return {
    records,
    metadata: {
      query: {
        startTime: instantText(window.startMs),
        endTime: instantText(window.endMs),
        bucketSize: 'day',
      },
      recordCount: records.length,
      totals: { totalAmount: records.length * A_DAY },
    },
  };
}

/** No schedule runs, and nothing is due. */
export const NO_SCHEDULE =
  'bills: off, prices: off, inventory: off, usage: off, corrections: off, quarter: off, owed: off';

/** A deployment on the pod, pulled on request. `schedule` sets a schedule. */
export function slowPodConfig(
  { origin }: TestServer,
  prefix: string,
  schedule = NO_SCHEDULE,
): string {
  return `
ledger: ./rentcheck.db
http: { retries: 0, timeoutSeconds: 60, concurrent: 100, perMinute: 60000 }
sources:
  pods: { kind: runpod, apiKey: "\${RUNPOD_API_KEY}", baseUrl: "${origin}", bucket: day }
  more: { kind: runpod, apiKey: "\${RUNPOD_API_KEY}", baseUrl: "${origin}", bucket: day }
deployments:
  chat:
    model: example/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: pods, match: { id: ${POD_ID} } }]
schedule: { ${schedule} }
redis: { url: "\${REDIS_URL}", prefix: ${prefix} }
`;
}
