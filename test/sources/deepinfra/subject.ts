/** DeepInfra's subject for the source contract and for the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { deepinfraKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import type { FaultWorld } from '../../faults/world.ts';
import { type Lister, listSubject, listWorld } from '../priceLists.ts';
import { deepinfraDocument, KEY, type PlantedMonth, PRICES } from './emulator.ts';

export const GPT = 'openai/gpt-oss-120b';

/** One day of usage. */
const DAY = Date.UTC(2026, 8, 2);
const JUNE_DAY = Date.UTC(2026, 5, 2);

/** $4.64 for the tokens of a model, and $26.40 for twelve hours of a GPU. */
export const SEPTEMBER: PlantedMonth = {
  period: '2026.09',
  lines: [
    { model: GPT, type: 'input_tokens', units: 2_286_051, cents: 297 },
    { model: GPT, type: 'output_tokens', units: 175_592, cents: 46 },
    { model: GPT, type: 'cached_tokens', units: 12_126_464, cents: 121 },
    { model: 'acme/tuned-8b', type: 'uptime', units: 43_200, cents: 2_640 },
  ],
};

const LISTER: Lister = {
  kind: deepinfraKind,
  document: deepinfraDocument([{ ...SEPTEMBER, period: '2026.06' }, SEPTEMBER]),
  key: KEY,
  models: PRICES.map(([id]) => id),
};

const priced = listSubject(LISTER);

export const deepinfra: SourceSubject = {
  ...priced,
  request: { ...priced.request, window: { startMs: JUNE_DAY, endMs: JUNE_DAY + DAY_MS } },
  toldIn: { prices: 'priceSnapshots', charges: 'charges' },
};

const COUNTLESS =
  'the response has no count: a missing month or line looks like one without usage, and a known ' +
  'one is not withdrawn without confirmation';

const TOTAL = 'lines have no IDs; a warning names the difference to the stated total';

const prices = listWorld(LISTER, {
  path: /^\/v1\/openai\/models/,
  amount: 'data.*.metadata.pricing.output_tokens',
  required: 'data.*.id',
  id: 'data.*.id',
});

const bill = (name: string, list: string): FaultPage => ({
  name,
  path: /^\/payment\/usage\?/,
  list,
  amount: 'months.*.items.0.cost',
  required: 'months.*.items.0.model',
  id: 'months.*.items.0.model.model_name',
  choice: { none: 'a price of a new type is one of another unit' },
  times: { none: 'its times are milliseconds; a time outside the month is a reject' },
  nextPage: { none: 'a month comes in one response' },
});

export const deepinfraWorld: FaultWorld = {
  ...prices,
  mute: { '.months.*.items.*.discount': 'no line here has one; bill.test.ts has some' },
  request: { ...prices.request, window: { startMs: DAY, endMs: DAY + DAY_MS } },
  pages: [
    ...prices.pages,
    {
      ...bill('the months of a bill', 'months'),
      harmless: { 'records in another order': 'one month is requested' },
      blind: { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS },
    },
    {
      ...bill('the bill of a month', 'months.0.items'),
      blind: { 'an empty list': TOTAL, 'half of the records': TOTAL, 'every record twice': TOTAL },
    },
  ],
};
