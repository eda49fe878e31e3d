/** Lambda Cloud in good health, and what its answers call their parts, for the fault matrix. */

import { AUDITED_AT_MS } from '../../../src/demo/calendar.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { secretFrom } from '../../../src/platform/secret.ts';
import type { Page } from '../../faults/faultList.ts';
import { NO_TIMES, NOTHING, START_MS, startCalm, WINDOW, type World } from '../../faults/world.ts';
import { TYPES } from './account.ts';
import { KEY, lambdaDocument, type PlantedAccount } from './emulator.ts';

const ACCOUNT: PlantedAccount = {
  types: TYPES,
  instances: [
    { id: 'i1', name: 'trainer', type: 'gpu_8x_h100_sxm5', launchedMs: START_MS + HOUR_MS },
    { id: 'i3', name: 'server', type: 'gpu_1x_a10', launchedMs: START_MS + 2 * HOUR_MS },
    {
      id: 'i22',
      type: 'gpu_1x_a10',
      launchedMs: START_MS + HOUR_MS,
      terminatedMs: START_MS + 3 * HOUR_MS,
    },
  ],
  fileSystems: [{ id: 'f1', bytes: 1e9 }, { id: 'f2' }],
};

const NO_AMOUNT = { none: 'nothing in it is an amount' };
const ONE_PAGE = { none: 'it is one list, not paged' };
const UNLISTED = {
  'an empty list': 'what is not listed looks like what is gone; the next list shows it again',
  'half of the records': 'what is not listed looks like what is gone; the next list shows it again',
};

const PAGES: readonly Page[] = [
  {
    name: 'the catalog of instance types',
    path: /^\/api\/v1\/instance-types/,
    list: 'data.gpu_1x_a10.regions_with_capacity_available',
    amount: 'data.*.instance_type.price_cents_per_hour',
    required: 'data.*.instance_type.name',
    id: 'data.*.instance_type.name',
    choice: { none: 'it has no field with a closed set of values' },
    times: NO_TIMES,
    nextPage: ONE_PAGE,
    blind: {
      'null for a number': 'a type without a price is not sold; running instances show theirs',
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
      'an empty list': 'an event that is not told is bounded by the samples',
      'half of the records': 'an event that is not told is bounded by the samples',
      'a clock that is an hour ahead': 'the log alone tells the minute; the samples bound it',
      'another year than asked': 'an early start looks like a long run; the samples bound it',
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
      'null for a number': 'a price that is null is not told; the rate of the type stands in',
    },
  },
];

export const lambda: World = {
  kind: 'lambda',
  start: () => startCalm(lambdaDocument(ACCOUNT, () => AUDITED_AT_MS + HOUR_MS)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: secretFrom('${LAMBDA_API_KEY}', () => KEY),
  }),
  request: { ...NOTHING, window: WINDOW },
  openMaps: /^\.data$/,
  pages: PAGES,
};
