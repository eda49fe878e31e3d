/** One finding of each code, and one of each kind of ledger fault, difference and model fact. */

import type { Finding } from '../../src/domain/finding.ts';
import type { LedgerRowFault } from '../../src/domain/ledgerFaults.ts';
import type { UptimeNote } from '../../src/domain/billWarning.ts';
import type { PlannedLack } from '../../src/economics/lack.ts';

/** The figures of each code. A missing code is a type error. */
type Samples<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: Figures<Fact, Code>;
};

type Figures<Fact, Code> = Fact extends { readonly code: infer Codes }
  ? Code extends Codes
    ? Omit<Fact, 'code' | 'area' | 'state' | 'subject' | 'deployment'> & Area<Fact>
    : never
  : never;

/** A code with several areas uses one of them. */
type Area<Fact> = Fact extends { readonly area: infer A } ? { readonly area: A } : unknown;

const MAPPING = { area: 'mapping' } as const;
const SOURCE = { area: 'source' } as const;
const BILL = { area: 'bill' } as const;
const CHANNEL = { area: 'channel' } as const;
const DEAD_MAN = { area: 'dead man' } as const;
const USAGE = '{ source: "prom", engine: "vllm" }';
const HOSTED = 'hosted: { equivalents: [{ via: router, model: a/b }] }';
const EVIDENCE = [{ by: 'hugging-face-id', value: 'a/b' }] as const;
const DAY = '2026-07-03';

export const FINDINGS: Samples<Exclude<Finding, { readonly code: 'failure' }>> = {
  'config-in-order': { area: 'config', path: 'rentcheck.yaml' },
  'deployment-without-owner': { area: 'config', deployments: ['chat'] },
  'commitment-without-owner': { area: 'config', commitments: [{ source: 'coreweave' }] },
  'commitment-without-notice': { area: 'config', commitments: [{ source: 'coreweave' }] },
  'ledger-absent': { area: 'ledger', path: 'rentcheck.db' },
  'ledger-whole': { area: 'ledger', path: 'rentcheck.db', bytes: 1_234_567 },
  'ledger-older': { area: 'ledger', path: 'rentcheck.db' },
  'ledger-fault': {
    area: 'ledger',
    table: 'charge_day',
    key: 'row 3',
    wrong: { code: 'fact-added' },
    fetch: { ref: 4, kind: 'charges', source: 'cloud', startedAt: '2026-07-01T00:00:00Z' },
    hasMore: true,
  },
  'clock-gap': {
    area: 'ledger',
    side: 'behind',
    seconds: 100_000,
    now: '2026-07-01T00:00:00Z',
    newestRecord: '2026-07-02T00:00:00Z',
  },
  'import-cut-off': { area: 'ledger', file: 'charges.csv', fetchRef: 4, rows: 2317 },
  'redis-not-configured': { area: 'queue' },
  'redis-answers': { area: 'queue' },
  'redis-may-evict': { area: 'queue', policy: 'allkeys-lru' },
  'source-not-asked': { ...SOURCE, kind: 'prometheus' },
  'source-failed': { ...SOURCE, failure: 'auth', message: 'It answered 401.' },
  'source-answered': {
    ...SOURCE,
    answers: 4,
    goodAnswers: 4,
    remarks: [{ code: 'replicas-scraped', replicas: 3 }],
  },
  'source-doubt': { ...SOURCE, warning: { code: 'no-replica-found', by: 'dns' } },
  'rows-unreadable': { ...SOURCE, kind: 'charges', rows: 2, firstReason: 'no amount' },
  'memory-too-short': { ...SOURCE, from: 'oldest sample', days: 15, quarterDays: 92 },
  'price-in-quarantine': {
    ...SOURCE,
    host: 'host-a',
    model: 'a/b',
    inputUsd: '0.1',
    outputUsd: null,
  },
  'catalog-price-differs': {
    ...SOURCE,
    side: 'input',
    host: 'host-a',
    model: 'a/b',
    catalogUsd: '0.1',
    ownSource: 'router',
    ownUsd: '0.2',
    since: DAY,
  },
  'more-prices': { ...SOURCE, of: 'quarantined', prices: 12 },
  'engine-is-another': {
    ...MAPPING,
    configured: 'sglang',
    engine: 'vLLM',
    usage: USAGE,
    trap: 'its counters start again with each process',
  },
  'engine-not-counted-too': { ...MAPPING, engine: 'SGLang' },
  'metric-families-mixed': { ...MAPPING, spellings: ['vllm:', 'vllm_'] },
  'prefill-split': { ...MAPPING, role: '{ label: "role" }' },
  'engine-not-counted': {
    ...MAPPING,
    engine: 'vLLM',
    model: 'a/b',
    places: 1,
    usage: USAGE,
    trap: 'its counters start again with each process',
  },
  'more-engines-not-counted': { ...MAPPING, models: 3 },
  'capacity-not-measured': { ...MAPPING, deployments: ['a', 'b', 'c', 'd'] },
  'equivalent-listed': {
    ...MAPPING,
    listed: [{ source: 'router', model: 'a/b', evidence: EVIDENCE }],
    hosted: HOSTED,
  },
  'equivalent-near': {
    ...MAPPING,
    source: 'router',
    model: 'a/b',
    evidence: EVIDENCE,
    differences: [{ of: 'size', theirs: '8B' }],
    hosted: HOSTED,
  },
  'equivalent-is-another': {
    ...MAPPING,
    ownModel: 'a/c',
    source: 'router',
    model: 'a/b',
    differences: [],
  },
  'equivalent-not-named': { ...MAPPING },
  'equivalent-priced': { ...MAPPING, model: 'a/b', hosts: 1, onlyCatalogs: true },
  'quantization-not-served': {
    ...MAPPING,
    model: 'a/b',
    quantizations: ['fp4'],
    served: ['fp8', 'bf16'],
  },
  'host-retired': { ...MAPPING, host: 'host-a', day: DAY, selling: 2 },
  'resources-match': { ...MAPPING, source: 'cloud', match: { name: 'chat-*' }, resources: 2 },
  'no-resource-matches': {
    ...MAPPING,
    source: 'cloud',
    match: { name: 'chat-*' },
    known: 7,
    names: ['a', 'b', 'c', 'd', 'e'],
  },
  'nothing-stored': { ...MAPPING, of: 'price', source: 'router', model: 'a/b', days: 92 },
  'resources-not-seen': { ...MAPPING, source: 'cloud', usd: '12.5', resources: 3, days: 92 },
  'spend-not-attributed': {
    ...MAPPING,
    source: 'cloud',
    resource: 'pod-1',
    usd: '12.5',
    days: 92,
    match: '{ source: "cloud", match: { id: "pod-1" } }',
  },
  'more-spend-not-attributed': { ...MAPPING, usd: '12.5', resources: 3 },
  'usage-stored': { ...MAPPING },
  'usage-not-counted': { ...MAPPING },
  'answered-again': { ...MAPPING, requests: 2317, again: 12, days: 92 },
  'meters-not-compared': { ...MAPPING, gateway: 'litellm', days: 92 },
  'meters-compared': {
    ...MAPPING,
    gateway: 'litellm',
    hours: 48,
    gatewayTokens: 2317,
    usageTokens: 2400,
    reason: 'not-told',
  },
  'bills-match': { ...BILL, months: 3 },
  'bills-not-final': {
    ...BILL,
    quarter: '2026-Q3',
    sources: [{ source: 'cloud', from: DAY }],
  },
  'double-billing': {
    ...BILL,
    sources: ['a', 'b'],
    category: 'hosted',
    things: ['w', 'x', 'y', 'z'],
    days: 4,
    usd: '51.5',
  },
  'gateway-cost': {
    ...BILL,
    source: 'litellm',
    model: 'a/b',
    days: 3,
    gatewayUsd: '9',
    billedBy: ['router'],
    billedUsd: '10',
    difference: '-0.1',
    isOff: true,
  },
  'charges-missing': {
    ...BILL,
    source: 'cloud',
    category: 'storage',
    unit: 'month',
    from: '2026-07',
    count: 2,
    ongoing: false,
  },
  'resource-unbilled': { ...BILL, source: 'cloud', resource: 'pod-1', from: DAY, days: 3 },
  'bill-unreconciled': {
    ...BILL,
    source: 'cloud',
    month: '2026-07',
    against: 'invoice',
    match: 'matched',
    invoices: ['INV-7'],
    lines: 2,
    linesOff: 1,
    firstOff: {
      resource: 'pod-1',
      category: 'compute',
      match: 'bill only',
      billedUsd: '4',
      billedIn: [],
      heldUsd: '0',
    },
    billedUsd: '4',
    billedIn: [],
    heldUsd: '4',
  },
  'invoice-without-rate': {
    ...BILL,
    source: 'cloud',
    month: '2026-07',
    invoices: ['INV-7'],
    currency: 'EUR',
    amount: '5',
    rateMonth: '2026-07',
  },
  'charges-without-rate': {
    ...BILL,
    source: 'cloud',
    month: '2026-07',
    charges: 1,
    currency: 'EUR',
    amount: '5',
  },
  'no-report-configured': { ...CHANNEL },
  'stdout-there': { ...CHANNEL },
  'folder-writable': { ...CHANNEL, path: 'out' },
  'slack-webhook-there': { ...CHANNEL },
  'teams-answers': { ...CHANNEL, host: 'example.com' },
  'mail-server-answers': { ...CHANNEL, host: 'mail.example.com', encrypted: true },
  'signature-published': { ...CHANNEL, name: 'k1._domainkey.example.com' },
  'browser-there': { area: 'pdf', path: 'chromium' },
  'webhook-address-valid': { ...DEAD_MAN },
  'overdue-heard-by': { ...DEAD_MAN, recipient: 'ops@example.com' },
  'overdue-heard-by-nobody': { ...DEAD_MAN },
  'no-report-due': { ...DEAD_MAN },
  'report-sent': { ...DEAD_MAN, quarter: '2026-Q3' },
  'report-due': {
    ...DEAD_MAN,
    quarter: '2026-Q3',
    dueAt: '2026-10-07T05:00:00Z',
    readers: 2,
    have: 1,
    missing: [{ recipient: 'cfo@example.com' }],
  },
};

export const LEDGER_WRONGS: Samples<LedgerRowFault> = {
  'fact-changed': {},
  'fact-added': {},
  'facts-changed': {},
  'facts-missing': { rows: 1 },
  'facts-too-many': { rows: 2 },
  'charge-too-long': {},
  'charge-day-differs': { heldUsd: '1', chargeUsd: '2' },
  'charge-day-without-charge': { heldUsd: '1' },
  'charge-day-not-billed': { heldUsd: '1' },
  'spend-day-differs': { held: { usd: '1', charges: 1 }, given: { usd: '2', charges: 2 } },
  'usage-day-without-usage': {},
  'usage-day-too-large': {},
  'usage-day-missing': {},
  'usage-day-differs': { column: 'tokens', held: '1', given: null },
};

export const UPTIME_NOTES: Samples<UptimeNote> = {
  'ran-before-first-seen': { resources: 3, day: DAY },
  'uptime-not-observed': {
    resources: 3,
    ofReplicas: true,
    chargedUsd: '2',
    lowUsd: '1',
    highUsd: '3',
  },
  'uptime-without-price': { resources: ['a', 'b'], resourceCount: 4, hours: 12 },
  'uptime-before-price': { resources: 3, day: DAY },
};

const GPU = { gpu: 'H100' };

export const FORECAST_LACKS: Samples<PlannedLack> = {
  'hosted-price': { lack: { code: 'no-host-known' } },
  'engineering-time': {},
  'hosting-hours': {},
  capacity: GPU,
  'on-demand-rate': GPU,
  'reserved-rate': GPU,
  'serverless-rate': GPU,
};
