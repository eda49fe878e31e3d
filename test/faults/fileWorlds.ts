/** For each kind of import, a valid file and the names of its columns. */

import type { IMPORT_KINDS } from '../../src/jobs/importKinds.ts';
import { BARE, type FaultPage } from './faultList.ts';

export type FileRows = readonly unknown[];

/** One kind of import. A new kind needs only an entry here. */
export interface FileWorld {
  readonly kind: (typeof IMPORT_KINDS)[number];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** How many facts a row gives, where it is more than one. */
  readonly factsOfRow?: number;
  readonly page: FaultPage;
}

/** The rows as CSV, with the columns of the valid rows and of the changed ones. */
export function csvOf(rows: FileRows, whole: FileWorld['rows']): string {
  const objects = rows.filter((row): row is Record<string, unknown> => typeof row === 'object');
  const columns = [...new Set([...whole, ...objects].flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => {
    if (typeof row !== 'object' || row === null) return String(row);
    const cells = columns.map((column) => (row as Record<string, unknown>)[column]);
    return cells.map(cellText).join(',');
  });
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(BARE, '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const HOURS = [0, 1, 2, 3, 4, 5];
const at = (hour: number) => `2026-09-01T0${hour}:00:00Z`;

const SHORTER = 'a file with fewer rows is a shorter file; another file shows what is missing';
const EMPTY = 'a file without rows adds nothing, and its counts show that';
const LATER = 'a past time is valid; the other facts of that time show it';
const NO_PAGES = { none: 'a file is one page' };

const DIGITS = 'a cell has no type, and digits can be a name; the bill shows whose it is';

const HARMLESS = {
  'bytes that are not text': 'a compressed file is read like a plain one',
  'the other spelling of a number': 'a cell has no type',
};

type Columns = Pick<
  FaultPage,
  'amount' | 'required' | 'id' | 'choice' | 'times' | 'blind' | 'harmless'
>;

function page({ blind: own, harmless, ...columns }: Columns): FaultPage {
  const all = {
    name: 'the file',
    path: /./,
    list: 'rows',
    nextPage: NO_PAGES,
    harmless: { ...HARMLESS, ...harmless },
  };
  const blind = {
    'an empty list': EMPTY,
    'half of the records': SHORTER,
    'a clock that is an hour ahead': LATER,
    'a year other than requested': LATER,
    'an id that is a number': DIGITS,
    ...own,
  };
  return { ...all, ...columns, blind };
}

const CHARGES: FileWorld = {
  kind: 'charges',
  rows: HOURS.map((hour) => ({
    id: `line-${hour}`,
    resource_id: 'pod-1',
    resource_name: 'chat-1',
    category: 'compute',
    pricing_class: 'on-demand',
    start: at(hour),
    end: at(hour + 1),
    billed_cost: '2.5',
    currency: 'USD',
    quantity: '1',
    unit: 'Hours',
    gpu_type: 'H100',
    gpu_count: '1',
  })),
  page: page({
    amount: 'rows.*.billed_cost',
    required: 'rows.*.resource_id',
    id: 'rows.*.resource_id',
    choice: 'rows.*.category',
    times: ['rows.*.start', 'rows.*.end'],
    blind: {
      'a negative amount': "a negative amount is a credit; the provider's own total shows it",
    },
  }),
};

const FOCUS: FileWorld = {
  kind: 'focus',
  rows: HOURS.map((hour) => ({
    BilledCost: '98.32',
    BillingAccountId: '1234',
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ChargePeriodEnd: at(hour + 1),
    ChargePeriodStart: at(hour),
    ConsumedQuantity: '1',
    ConsumedUnit: 'Hours',
    EffectiveCost: '60.5',
    PricingCategory: 'Standard',
    ResourceId: 'i-0abc',
    ResourceName: 'chat-70b-1',
    ServiceCategory: 'Compute',
    ServiceName: 'Amazon Elastic Compute Cloud',
  })),
  page: page({
    amount: 'rows.*.BilledCost',
    required: 'rows.*.BillingCurrency',
    id: 'rows.*.ResourceId',
    choice: 'rows.*.ChargeCategory',
    times: ['rows.*.ChargePeriodStart', 'rows.*.ChargePeriodEnd'],
    blind: {
      'a negative amount': "a negative amount is a credit; the provider's invoice shows it",
      'every record twice':
        "rows have no IDs, and two identical rows are two charges; the provider's invoice shows it",
    },
  }),
};

const USAGE: FileWorld = {
  kind: 'usage',
  rows: HOURS.map((hour) => ({
    deployment: 'chat',
    start: at(hour),
    end: at(hour + 1),
    prompt_tokens: '1000',
    cached_tokens: '100',
    output_tokens: '50',
    requests: '3',
    busy_seconds: '60',
    replica_seconds: '3600',
  })),
  page: page({
    amount: 'rows.*.prompt_tokens',
    required: 'rows.*.output_tokens',
    id: 'rows.*.deployment',
    choice: { none: 'it has no column with a closed set of values' },
    times: ['rows.*.start', 'rows.*.end'],
  }),
};

const REQUESTS: FileWorld = {
  kind: 'requests',
  rows: HOURS.map((hour) => ({
    time: at(hour),
    request_id: `request-${hour}`,
    model: 'llama-70b',
    status: '200',
    prompt_tokens: '1000',
    cached_tokens: '100',
    completion_tokens: '50',
  })),
  // Usage of its interval, and how many requests were answered.
  factsOfRow: 2,
  page: page({
    amount: 'rows.*.prompt_tokens',
    required: 'rows.*.time',
    id: 'rows.*.request_id',
    choice: 'rows.*.status',
    times: ['rows.*.time'],
    harmless: {
      'an unknown choice': 'a request with tokens was answered, whatever its status says',
    },
  }),
};

const PRICES: FileWorld = {
  kind: 'prices',
  rows: HOURS.map((hour) => ({
    host: `host-${hour}`,
    model: 'llama-3.3-70b',
    quantization: 'fp8',
    valid_from: at(hour),
    input_usd_per_mtok: '0.5',
    cached_usd_per_mtok: '0.1',
    output_usd_per_mtok: '1.5',
    request_usd: '',
  })),
  page: page({
    amount: 'rows.*.input_usd_per_mtok',
    required: 'rows.*.model',
    id: 'rows.*.host',
    choice: { none: 'a new quantization is one more, not a fault' },
    times: ['rows.*.valid_from'],
    blind: {
      'null instead of a number': "an empty price means not sold; the provider's own list shows it",
    },
  }),
};

const RATES: FileWorld = {
  kind: 'rates',
  rows: HOURS.map((hour) => ({
    provider: 'cloud',
    gpu_type: `H${hour}00`,
    pricing_class: 'on-demand',
    valid_from: at(hour),
    usd_per_gpu_hour: '2.5',
  })),
  page: page({
    amount: 'rows.*.usd_per_gpu_hour',
    required: 'rows.*.provider',
    id: 'rows.*.gpu_type',
    choice: 'rows.*.pricing_class',
    times: ['rows.*.valid_from'],
  }),
};

const INVOICE: FileWorld = {
  kind: 'invoice',
  rows: HOURS.map((hour) => ({
    line_id: `line-${hour}`,
    invoice_id: 'INV-7',
    issued: '2026-09-02',
    start: at(hour),
    end: at(hour + 1),
    amount: '2.5',
    currency: 'USD',
    resource_id: 'pod-1',
    category: 'compute',
  })),
  page: page({
    amount: 'rows.*.amount',
    required: 'rows.*.invoice_id',
    id: 'rows.*.resource_id',
    choice: 'rows.*.category',
    times: ['rows.*.start', 'rows.*.end'],
    blind: {
      'a negative amount': 'a negative amount is a credit note; the charges show it',
    },
  }),
};

const EXCHANGE_RATES: FileWorld = {
  kind: 'exchange-rates',
  rows: [1, 2, 3].map((month) => ({
    currency: 'EUR',
    month: `2026-0${month}`,
    usd_per_unit: '1.0842',
  })),
  page: {
    ...page({
      amount: 'rows.*.usd_per_unit',
      required: 'rows.*.usd_per_unit',
      id: 'rows.*.currency',
      choice: 'rows.*.currency',
      times: ['rows.*.month'],
    }),
    // A month is a name, and a currency code has no digits: the other faults cover them.
    blind: { 'an empty list': EMPTY, 'half of the records': SHORTER },
  },
};

const OPS: FileWorld = {
  kind: 'ops',
  rows: HOURS.map((hour) => ({
    date: `2026-09-0${hour + 1}`,
    deployment: 'chat',
    hours: '1.5',
    note: 'upgrade',
  })),
  page: page({
    amount: 'rows.*.hours',
    required: 'rows.*.date',
    id: 'rows.*.deployment',
    choice: { none: 'it has no column with a closed set of values' },
    times: { none: 'its days have no hours' },
    blind: {
      'every record twice':
        'two identical rows are work done twice, unless they have different IDs',
    },
  }),
};

export const FILE_WORLDS: readonly FileWorld[] = [
  CHARGES,
  FOCUS,
  USAGE,
  REQUESTS,
  PRICES,
  RATES,
  OPS,
  INVOICE,
  EXCHANGE_RATES,
];
