/** The lists of prices, rates, jobs and deliveries fit the terminal, and are complete in a pipe. */

import { describe, expect, it } from 'vitest';
import { renderJobs } from '../../src/cli/commands/jobs.ts';
import { renderPrices } from '../../src/cli/commands/prices.ts';
import { renderRates } from '../../src/cli/commands/rates.ts';
import { listColumns } from '../../src/cli/screen.ts';
import { displayWidth } from '../../src/domain/textWidth.ts';
import { renderDeliveries, renderSendPreview } from '../../src/cli/sendText.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { JobState, QueuedJob } from '../../src/calendar/queuedJob.ts';
import type { PricesDocument } from '../../src/jobs/knownPrices.ts';
import type { RatesDocument } from '../../src/jobs/marketRates.ts';
import type { SendPreview } from '../../src/jobs/sendPreview.ts';

const WIDTHS = [60, 80, 120, 200];
const WHOLE = Number.POSITIVE_INFINITY;
const SINCE = '2026-06-01T00:00:00Z';
const SINCE_MS = Date.parse(SINCE);

function aPrice(host: string, more: object = {}) {
  return {
    source: 'company-router',
    model: 'meta-llama/llama-3.3-70b-instruct-turbo',
    host,
    quantization: 'fp8-dynamic',
    tier: 'standard',
    since: SINCE,
    inputUsd: '0.093750',
    cachedUsd: '0.050000',
    cacheWriteUsd: null,
    outputUsd: '12.400000',
    requestUsd: null,
    conditions: 12,
    free: false,
    secondHand: true,
    ...more,
  } as PricesDocument['quarantined'][number];
}

const PRICES: PricesDocument = {
  schema: 'rentcheck/prices/1',
  at: SINCE,
  models: [
    {
      source: 'company-router',
      model: 'meta-llama/llama-3.3-70b-instruct-turbo',
      prices: [aPrice('deepinfra'), aPrice('a-provider-with-a-very-long-name/region-1')],
      spread: { input: { leastUsd: '0.09', mostUsd: '0.135' }, output: null },
      gaps: [
        { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
        { from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' },
      ],
    },
  ],
  quarantined: [aPrice('a-provider-with-a-very-long-name')],
  disagreements: [
    { side: 'output', own: aPrice('a-provider-with-a-long-name'), catalog: aPrice('other') },
  ],
};

const region = (name: string, usd: string) => ({ region: name, usdPerGpuHour: usd });

const RATES: RatesDocument = {
  schema: 'rentcheck/rates/1',
  at: SINCE,
  gpus: [
    {
      gpu: 'H200 141 GB SXM',
      isComparable: false,
      classes: [
        {
          pricingClass: 'on-demand',
          rates: [
            {
              provider: 'a-cloud-with-a-very-long-name',
              tier: null,
              usdPerGpuHour: '3.990000',
              since: SINCE,
              source: 'clouds',
              gpuType: 'H200',
              secondHand: true,
              counts: false,
              regions: [region('us-east-2', '3.99'), region('sa-east-1', '6.10')],
            },
          ],
          leastUsd: '3.99',
          medianUsd: '4.50',
          mostUsd: '6.10',
          byRegion: {
            least: { provider: 'a-cloud-with-a-very-long-name', ...region('us-east-2', '3.99') },
            most: { provider: 'a-cloud-with-a-very-long-name', ...region('sa-east-1', '6.10') },
          },
        },
      ],
      own: { usdPerGpuHour: '1.500000', gpuHours: '12345.000000' },
    },
  ],
};

const REASON =
  'the source prom did not answer within 30 seconds at http://prometheus.example:9090, ' +
  'so nothing was stored [unavailable]';

const JOB: QueuedJob = {
  id: 'pull/runpod-main/2026-11-23T0905Z',
  name: 'pull',
  payload: {},
  state: 'failed',
  addedAtMs: SINCE_MS,
  tries: 5,
  reason: REASON,
};

const JOBS = {
  counts: {
    running: 1_234,
    waiting: 0,
    awaiting: 0,
    delayed: 0,
    failed: 1,
    done: 99_999,
  } as Record<JobState, number>,
  jobs: [JOB],
};

const DELIVERY = {
  id: '2026-Q3.1-17',
  edition: '2026-Q3.1',
  recipient: 'the-head-of-infrastructure-finance@subsidiary.example.com',
  channel: 'mail-of-headquarters',
  role: 'owner',
  deployment: 'team-12-summarization-and-search',
  state: 'sent',
  changedAtMs: SINCE_MS,
  sentAtMs: SINCE_MS,
  reply: '250 2.0.0 Ok: queued as 4XyZ1234567890 at the relay of the company',
} as unknown as Delivery;

const PREVIEW = {
  edition: '2026-Q3.1',
  isFrozen: false,
  letters: [
    {
      recipient: DELIVERY.recipient,
      channel: DELIVERY.channel,
      role: 'owner',
      deployment: 'team-12-summarization-and-search',
      subject: 'Rent check Q3 2026: Delete team-12-summarization-and-search, saves $12,345',
    },
  ],
} as unknown as SendPreview;
const FILES = { folder: 'out/mail', names: ['01-owner-team-12-summarization-and-search.eml'] };

const LISTS: readonly (readonly [string, (columns: number) => string])[] = [
  ['prices', (columns) => renderPrices(PRICES, {}, columns)],
  ['quarantined prices', (columns) => renderPrices(PRICES, { quarantined: true }, columns)],
  ['disagreements', (columns) => renderPrices(PRICES, { disagreements: true }, columns)],
  ['rates', (columns) => renderRates(RATES, columns)],
  ['jobs', (columns) => renderJobs(JOBS, columns)],
  ['deliveries', (columns) => renderDeliveries([DELIVERY], columns)],
  ['messages of a dry run', (columns) => renderSendPreview(PREVIEW, FILES, columns)],
];

/** The words of a list, without the titles of columns that may stand below their row instead. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => !/^(?:reason|details|subject|file)$/.test(word));
}

describe.each(LISTS)('the list of %s', (_, render) => {
  it.each(WIDTHS)('fits %i columns, and says how to see what is shortened', (columns) => {
    const text = render(columns);
    expect(text.split('\n').filter((line) => displayWidth(line) > columns)).toEqual([]);
    const missing = wordsOf(render(WHOLE)).filter((word) => !wordsOf(text).includes(word));
    const isShortened = text.replaceAll('\n', ' ').includes('Shortened to fit the terminal.');
    expect(isShortened).toBe(missing.length > 0);
  });

  it('is complete in a pipe and with --all', () => {
    const text = render(WHOLE);
    expect(text).not.toMatch(/…|Shortened/);
    expect(text.endsWith('\n')).toBe(true);
  });
});

it('names of jobs and deliveries and every figure stay complete at 60 columns', () => {
  const [jobs, deliveries] = [renderJobs(JOBS, 60), renderDeliveries([DELIVERY], 60)];
  expect(jobs).toContain(JOB.id);
  expect(jobs.replaceAll(/\n +/g, ' ')).toContain(REASON);
  expect(deliveries).toContain(DELIVERY.id);
  expect(deliveries.replaceAll(/\n +/g, ' ')).toContain(DELIVERY.reply);
  expect(renderPrices(PRICES, {}, 60)).toMatch(/ 0\.09375 .* 12\.40/);
  expect(renderPrices(PRICES, { disagreements: true }, 60)).toMatch(/ output +12\.40 +12\.40/);
  expect(renderRates(RATES, 60)).toMatch(/ on-demand +3\.99/);
});

it('a finished job with shortfalls is incomplete, and shows the first of them', () => {
  const job: QueuedJob = { ...JOB, state: 'done', shortfalls: ['prom did not answer', 'other'] };
  expect(renderJobs({ ...JOBS, jobs: [job] }, WHOLE)).toMatch(
    /^incomplete +pull +.* prom did not answer$/m,
  );
});

it('the list has the width of a terminal, and no limit in a pipe or with --all', () => {
  const screen = { columns: 100, rows: 40 };
  expect(listColumns({ screen, terminalOut: true })).toBe(100);
  expect(listColumns({ terminalOut: true })).toBe(80);
  expect(listColumns({ screen, terminalOut: false })).toBe(WHOLE);
  expect(listColumns({ screen, terminalOut: true }, { all: true })).toBe(WHOLE);
});
