/** Lambda Cloud's subject for the source contract, and its world for the fault matrix. */

import { lambdaKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import {
  ACCOUNT,
  KEY,
  lambdaDocument,
  type PlantedAccount,
  SEPTEMBER_2_MS,
  TYPES,
} from './emulator.ts';
import { AUDITED_AT_MS } from '../../../src/demo/calendar.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  type FaultWorld,
  NO_TARGETS,
  NO_TIMES,
  startWorldEmulator,
  WORLD_START_MS,
  WORLD_WINDOW,
} from '../../faults/world.ts';

const NOON_MS = SEPTEMBER_2_MS + 12 * 3_600_000;

/** The contract brings its own key. */
const healthy: Reply = (response, request) => {
  const { busy: _busy, ...document } = lambdaDocument(ACCOUNT, () => NOON_MS);
  const authorization = request.headers.authorization === undefined ? undefined : `Bearer ${KEY}`;
  emulateApi(document, 'calm')(response, {
    ...request,
    headers: { ...request.headers, authorization },
  });
};

export const lambda: SourceSubject = {
  kind: lambdaKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: {
    window: { startMs: SEPTEMBER_2_MS, endMs: NOON_MS },
    usage: [],
    models: [],
  },
  healthy,
  // Charges are rebuilt from what is seen.
  toldIn: { charges: 'resources', inventory: 'resources', rates: 'rates' },
};

const WORLD_ACCOUNT: PlantedAccount = {
  types: { ...TYPES, gpu_8x_a100: { gpus: 8, gpu: 'A100 (40 GB SXM4)', cents: [[0, 1032]] } },
  instances: [
    { id: 'i1', name: 'trainer', type: 'gpu_8x_h100_sxm5', launchedMs: WORLD_START_MS + HOUR_MS },
    { id: 'i3', name: 'server', type: 'gpu_1x_a10', launchedMs: WORLD_START_MS + 2 * HOUR_MS },
    {
      id: 'i22',
      type: 'gpu_1x_a10',
      launchedMs: WORLD_START_MS + HOUR_MS,
      terminatedMs: WORLD_START_MS + 3 * HOUR_MS,
    },
  ],
  fileSystems: [{ id: 'f1', bytes: 1e9 }, { id: 'f2' }],
};

const NO_AMOUNT = { none: 'it has no amounts' };
const ONE_PAGE = { none: 'it is one list, not paged' };
const UNLISTED = {
  'an empty list':
    'an item that is not listed looks like one that is gone; the next list shows it again',
  'half of the records':
    'an item that is not listed looks like one that is gone; the next list shows it again',
};

const UNSOLD = 'a type that is not listed is no longer sold; running instances show their price';

const PAGES: readonly FaultPage[] = [
  {
    name: 'the catalog of instance types',
    path: /^\/api\/v1\/instance-types/,
    list: 'data',
    amount: 'data.*.instance_type.price_cents_per_hour',
    required: 'data.*.instance_type.name',
    id: 'data.*.instance_type.name',
    choice: { none: 'it has no field with a closed set of values' },
    times: NO_TIMES,
    nextPage: ONE_PAGE,
    harmless: { 'every record twice': 'its types are the keys of an object' },
    blind: {
      'an empty list': UNSOLD,
      'half of the records': UNSOLD,
      'null instead of a number':
        'a type without a price is not sold; running instances show theirs',
    },
  },
  {
    name: 'the audit log',
    path: /^\/api\/v1\/audit-events/,
    list: 'data',
    amount: NO_AMOUNT,
    required: 'data.*.event_time',
    id: { none: 'an event names its instance twice; one name is enough' },
    choice: { none: 'a new action shows that the instance existed, and a warning names it' },
    times: ['data.*.event_time'],
    nextPage: { page_token: 'abc' },
    blind: {
      'an empty list': 'the samples limit how wrong a missing event can be',
      'half of the records': 'the samples limit how wrong a missing event can be',
      'a clock that is an hour ahead': 'only the log has the minute; the samples limit the error',
      'a year other than requested':
        'an early start looks like a long run; the samples limit the error',
    },
  },
  {
    name: 'the list of file systems',
    path: /^\/api\/v1\/file-systems/,
    list: 'data',
    amount: NO_AMOUNT,
    required: 'data.*.id',
    id: 'data.*.id',
    choice: { none: 'it has no field with a closed set of values' },
    times: NO_TIMES,
    nextPage: ONE_PAGE,
    blind: UNLISTED,
  },
  {
    name: 'the list of instances',
    path: /^\/api\/v1\/instances/,
    list: 'data',
    amount: 'data.*.instance_type.price_cents_per_hour',
    required: 'data.*.id',
    id: 'data.*.id',
    choice: { none: 'a new status is one more: what is listed is billed unless known as idle' },
    times: NO_TIMES,
    nextPage: ONE_PAGE,
    blind: {
      ...UNLISTED,
      'null instead of a number':
        'a price of null is a missing price; the rate of the type is used',
    },
  },
];

export const lambdaWorld: FaultWorld = {
  kind: 'lambda',
  start: () => startWorldEmulator(lambdaDocument(WORLD_ACCOUNT, () => AUDITED_AT_MS + HOUR_MS)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${LAMBDA_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  openMaps: /^\.data$/,
  pages: PAGES,
};
