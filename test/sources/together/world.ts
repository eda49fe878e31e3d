/** Together in the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  inventoryPage,
  NO_CHOICE,
  NO_TIMES,
  NO_TARGETS,
  startWorldEmulator,
  UNLISTED,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { KEY, type PlantedOrganization, togetherDocument } from './emulator.ts';
import { MODELS, PLANTED } from './subject.ts';

const DAY = Date.UTC(2026, 8, 1);
const WHOLE = { none: 'it comes in one response' };
const COUNTLESS =
  'the response has neither a count nor a total: a missing day looks like one that is not ' +
  'metered yet, and a known day is not withdrawn without confirmation';

/** The number of complete days of September that come on one page. */
const ORGANIZED: PlantedOrganization = {
  ...PLANTED,
  todayMs: DAY + 3 * DAY_MS,
  lines: [0, 1, 2].map((days) => ({
    dayMs: DAY + days * DAY_MS,
    product: 'Serverless Inference - Input Tokens',
    quantity: 1_000_000 + days,
    microUsd: 880_000 + days,
    dimensions: { model: 'meta/llama' },
    attributes: { api_key_id: 'key-1' },
  })),
};

export const togetherWorld: FaultWorld = {
  kind: 'together',
  start: () => startWorldEmulator(togetherDocument(ORGANIZED)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${TOGETHER_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW, models: MODELS },
  openMaps: /\.(?:pricing_dimensions|attributes)$/,
  pages: [
    {
      name: 'the bill of a month',
      path: /^\/billing\/usage\?/,
      list: 'data',
      amount: 'data.*.line_items.0.cost',
      required: 'data.*.line_items.0.product_name',
      id: 'data.*.line_items.0.product_name',
      choice: 'currency',
      times: ['data.*.start_time', 'data.*.end_time'],
      nextPage: { next_cursor: 'abc' },
      blind: { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS },
    },
    {
      ...inventoryPage(
        { name: 'what can be called', path: '/endpoints\\?type=serverless', list: 'data' },
        WHOLE,
      ),
      required: 'data.*.model',
      id: 'data.*.model',
      blind: {
        'half of the records':
          'a model that cannot be called is not sold by token; a warning names what is not listed',
      },
    },
    {
      name: 'the models',
      path: /^\/models/,
      list: '',
      amount: '*.pricing.output',
      required: '*.id',
      id: '*.id',
      choice: NO_CHOICE,
      times: NO_TIMES,
      nextPage: WHOLE,
      blind: {
        'half of the records':
          'a model that is not listed is no longer sold; a warning names it, and a list that ' +
          'lacks most known models needs confirmation',
      },
    },
    {
      ...inventoryPage({ name: 'the hardware', path: '/hardware', list: 'data' }, WHOLE),
      amount: 'data.*.pricing.cents_per_minute',
      required: 'data.*.specs',
      blind: {
        'half of the records': UNLISTED['half of the records'],
      },
    },
    inventoryPage(
      {
        name: 'the list of endpoints',
        path: '/endpoints\\?type=dedicated&mine=true',
        list: 'data',
      },
      WHOLE,
    ),
    {
      ...inventoryPage(
        { name: 'the clusters', path: '/compute/clusters', list: 'clusters' },
        WHOLE,
      ),
      amount: 'clusters.*.num_gpus',
      required: 'clusters.*.cluster_id',
      id: 'clusters.*.cluster_id',
      blind: {
        ...UNLISTED,
        'null instead of a number':
          'a cluster without a number of GPUs has an unknown number: it is not guessed',
      },
    },
  ],
};
