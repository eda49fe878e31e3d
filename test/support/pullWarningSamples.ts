/** One warning of each code, with its figures. */

import type { PullRemark, PullWarning } from '../../src/domain/pullWarning.ts';

/** A missing code is a type error. */
type Samples<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: Omit<Extract<Fact, { readonly code: Code }>, 'code'>;
};

const CHAT = { deployment: 'chat' };
const OFFER = { host: 'host-a', model: 'a/b' };
const AT = '2026-07-01T00:00:00Z';
const MONTH = { currency: 'EUR', month: '2026-07' };

export const PULL_WARNINGS: Samples<PullWarning> = {
  'unknown-bill-items': { bill: 'Vast.ai', items: 'tax, tips' },
  'unknown-products': { usd: '12.5', resources: 'runpod-agents' },
  'unexplained-amount': { bill: 'Vast.ai', day: '2026-07-03', records: 2, usd: '0.25' },
  'invoice-items-differ': { invoice: 'inv-1', usd: '0.031' },
  'invoice-items-elsewhere': { invoice: 'inv-1', items: 3, month: '2026-07' },
  'more-than-a-day-billed': { day: '2026-07-03', contracts: 'instance-4' },
  'no-total-stated': {},
  'total-differs': {
    bill: 'hyperstack',
    period: '2026-07-03',
    statedUsd: '12.5',
    foundUsd: '12.000000001',
  },
  'account-total-differs': { foundUsd: '12' },
  'account-bill-differs': { product: 'pods', accountUsd: '12.5', productUsd: '12' },
  'other-period-returned': {
    bill: 'pods',
    returned: '2026-07-01 to 2026-07-02',
    requested: '2026-07-01 to 2026-08-01',
  },
  'cluster-pods-repeated': { usd: '40' },
  'billed-above-rate': { resource: 'trainer', buckets: 2 },
  'billed-below-rate': { resource: 'trainer', buckets: 1 },
  'hours-from-list-price': { endpoint: 'chat' },
  'worker-hours-uncertain': {
    endpoint: 'chat',
    leastHours: '1.50',
    mostHours: '2.25',
    by: 'samples',
  },
  'replicas-not-reported': { endpoint: 'chat', least: 1, most: 4, mostUsdPerHour: '12.5' },
  'storage-not-priced': { fileSystems: 2, gib: '512.0' },
  'unknown-log-actions': { actions: 'blessed' },
  'costs-not-reported': { start: '2026-07-01', end: '2026-07-15' },
  'reservation-without-cost': { rows: 3 },
  'usage-without-cost': { lines: 2, quantity: '4.00', line: '2026-07-03/p/us/vm/gpu-hours' },
  'list-price-charged': {
    sku: 'gd-8xh100ib-i128',
    unit: 'Instance-Hour',
    listedOn: '2026-09-20',
    isReserved: true,
  },
  'focus-costs-not-read': {},
  'completeness-not-read': {},
  'priority-tier-not-billed': {},
  'model-not-listed': { model: 'a/b' },
  'no-provider-listed': { model: 'a/b' },
  'model-renamed': { model: 'a/b', returned: 'a/c' },
  'offer-repeated': OFFER,
  'unknown-price-conditions': { ...OFFER, conditions: 'a length of the prompt' },
  'price-in-doubt': { ...OFFER, price: 'inputPerMtok', usd: '4200' },
  'more-prices-in-doubt': { prices: 12 },
  'two-gpu-prices': { gpu: 'H100-80G-PCIe' },
  'catalog-rows-skipped': { provider: 'cloud', rows: 4, names: ['A10 4 GB'], nameCount: 3 },
  'server-warning': { ...CHAT, text: 'results may be truncated' },
  'one-metric-per-query': {},
  'queries-shortened': { hours: 6 },
  'samples-rejected': { ...CHAT, samples: 300 },
  'latency-unknown': { ...CHAT, message: 'the server returned 503' },
  'no-gpu-matches': { ...CHAT, match: '{"pod":"chat-*"}' },
  'no-replica-found': { by: 'dns' },
  'request-counters-restarted': CHAT,
  'failed-requests-counted': { ...CHAT, requests: 2 },
  'scraped-more-than-once': { ...CHAT, processes: ['10.2.0.1:8000 (a, b)'], processCount: 1 },
  'processes-look-alike': { ...CHAT, pairs: [['10.2.0.1', '10.2.0.2']], pairCount: 1 },
  'address-shared': { ...CHAT, addresses: [{ name: '10.2.0.1', processes: 3 }], addressCount: 2 },
  'samples-implausible': {
    ...CHAT,
    samples: 2,
    firstAt: AT,
    metric: 'vllm:prompt_tokens_total',
    process: '10.2.0.1:8000',
    from: 1_000,
    to: 4,
  },
  'server-restarted': {
    ...CHAT,
    restarts: 1,
    firstAt: AT,
    promptTokens: 600,
    outputTokens: 60,
    isInferred: true,
  },
  'tokens-before-first-scrape': { ...CHAT, servers: 1, firstAt: AT, tokens: 1_234_567 },
  'cache-hits-early': { ...CHAT, hits: 500 },
  'prefill-split': CHAT,
  'prefill-split-unclear': CHAT,
  'counters-experimental': { ...CHAT, engine: 'TensorRT-LLM' },
  'models-unmatched': { models: [{ name: 'gpt-9', requests: 4 }], modelCount: 3 },
  'response-not-used': { unreadable: 'rows' },
  'fallbacks-unmatched': { group: 'chat-group', fallbacks: 2 },
  'answered-from-cache': { cache: "LiteLLM's cache", requests: 1 },
  'several-providers-match': { ...CHAT, providers: ['openai', 'vllm'] },
  'requests-without-id': { requests: 7 },
  'records-rejected': { records: 4_000, stored: 100 },
  'columns-unknown': { columns: ['color', 'mood'] },
  'rows-repeated': { rows: 1 },
  'intervals-skipped': { intervals: 2 },
  'parts-repeated': { rows: 2 },
  'more-pages': {},
  'month-not-over': { month: '2026-07', days: 12 },
  'rows-taken': {
    rows: 2_317,
    takenRows: 12,
    amounts: [
      { currency: 'USD', taken: '1.5', billed: '20' },
      { currency: 'EUR', taken: '0', billed: '3.25' },
    ],
  },
  'hours-not-assigned': { services: ['billing'], hasMore: true },
  'nothing-withdrawn': { keyPrefix: 'pods/', knownCharges: 3 },
  'response-incomplete': {},
  'rates-differ': {
    ...MONTH,
    usdPerUnit: '1.080000',
    source: 'config:currencies',
    otherUsdPerUnit: '1.090000',
    otherSource: 'import',
  },
  'charges-converted-again': { ...MONTH, charges: 2, wasUsd: '108', nowUsd: '109' },
  'invoice-lines-without-rate': { ...MONTH, lines: 2 },
  'invoice-lines-missing': {
    invoice: '"inv-1"',
    lines: 2,
    first: 'pod-1 storage, 2026-07-01 to 2026-08-01',
    place: 'line 2 of july.csv, fetch 4',
    undo: [4],
  },
  'pull-resumed': { at: AT },
  'clock-gap': { side: 'behind', seconds: 100_000, now: AT, newestRecord: '2026-07-02T00:00:00Z' },
  'ran-before-first-seen': { resources: 2, day: '2026-07-03' },
  'uptime-not-observed': {
    resources: 2,
    ofReplicas: true,
    chargedUsd: '100.000000',
    lowUsd: '90.000000',
    highUsd: '110.000000',
  },
  'uptime-without-price': { resources: ['a'], resourceCount: 1, hours: 12 },
  'uptime-before-price': { resources: 1, day: '2026-07-03' },
  text: { text: 'the response has no total' },
};

export const PULL_REMARKS: Samples<PullRemark> = {
  'replicas-scraped': { replicas: 3 },
  'section-read': {
    section: '2026-07',
    note: { code: 'rows-taken', ...PULL_WARNINGS['rows-taken'] },
  },
};

/** Each sample with its code. */
export function pullWarnings(): PullWarning[] {
  return Object.entries(PULL_WARNINGS).map(([code, figures]) => {
    return { code, ...figures } as PullWarning;
  });
}
