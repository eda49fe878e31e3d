/** One fact of each code of what a verdict or a bill is missing, with its stored sentence. */

import type { Warning } from '../../src/economics/warning.ts';
import type { Missing, Reason } from '../../src/verdict/reason.ts';

/** Warnings can be reasons too. They belong to the economics. */
type Own = Exclude<Reason, Warning>;

export type MissingSamples = {
  readonly [Code in Own['code']]: {
    readonly fact: Extract<Own, { readonly code: Code }>;
    readonly stored: string;
    /** Text to be typed as it is, which a stored sentence loses in other places. */
    readonly hasLiteral?: true;
  };
};

const GAP = {
  code: 'charges-missing',
  source: 'cloud',
  unit: 'day',
  from: '2026-07-03',
  count: 12,
  ongoing: true,
} as const;
const deployment = 'chat';

type GapCode = 'charges-missing' | 'resource-unbilled';

export const MISSING: Pick<MissingSamples, Missing['code'] | GapCode> = {
  'no-deployments': {
    fact: { code: 'no-deployments' },
    stored: 'No deployment is named. List what you serve under `deployments` in rentcheck.yaml.',
  },
  'no-bills': {
    fact: { code: 'no-bills' },
    stored: 'Nothing was billed in this period. Pull or import its bills.',
  },
  unattributed: {
    fact: { code: 'unattributed', share: '0.100001', usd: '0.750000', mostShare: '0.100000' },
    stored:
      'Spend of $0.75 (10.1%) is not attributed to any deployment, above the limit of 10%. ' +
      'Name its resources under `resources` of the deployments they serve.',
  },
  'stack-coverage': {
    fact: { code: 'stack-coverage', share: '0.899999', neededShare: '0.900000' },
    stored: 'Usage covers 89.9% of the paid replica time of the stack, below the required 90%.',
  },
  'undecided-spend': {
    fact: { code: 'undecided-spend', share: '0.104500', mostShare: '0.100000' },
    stored:
      'Deployments without enough evidence have 10.5% of the attributed spend, above the ' +
      'limit of 10%.',
  },
  'no-bills-of': {
    fact: { code: 'no-bills-of', deployment },
    stored: 'Nothing was billed for chat in this period. Check its `resources`, or pull the bills.',
  },
  'no-paid-time': {
    fact: { code: 'no-paid-time', deployment },
    stored:
      'The bill for chat lists no paid hours, so its usage coverage is unknown. Pull or ' +
      'import compute charges with their hours.',
  },
  coverage: {
    fact: {
      code: 'coverage',
      deployment,
      share: '0.888888',
      neededShare: '0.900000',
      days: 21,
      firstDay: '2026-08-10',
    },
    stored:
      'Usage covers 88.8% of the paid replica time of chat, below the required 90%. It has ' +
      'gaps on 21 days, first on 2026-08-10. Pull or import the missing usage.',
  },
  'no-price': {
    fact: { code: 'no-price', deployment, why: { code: 'no-host-known' } },
    stored:
      'No hosted price is known for chat, because no provider of the model is known. Check ' +
      '`hosted` in rentcheck.yaml, or import the prices that were in force.',
  },
  'tokens-not-billed': {
    fact: {
      code: 'tokens-not-billed',
      tokens: 2_000_000,
      billedTokens: 1_000_000,
      share: '0.666667',
      mostShare: '0.100000',
      start: '2026-08-01T00:00:00Z',
      end: '2026-10-01T00:00:00Z',
      sources: ['acme'],
      months: [{ source: 'acme', month: '2026-08' }],
    },
    stored:
      'Nothing was billed for 2,000,000 of 3,000,000 tokens (66.7%) of the stack, above ' +
      'the limit of 10%. The first such period is 2026-08-01 to 2026-09-30. Source acme ' +
      'billed nothing for August 2026. Import or pull those charges.',
  },
  'replica-hours-apart': {
    fact: {
      code: 'replica-hours-apart',
      deployment,
      seenHours: '3.600000',
      paidHours: '8000.000000',
      gpus: '1.000000',
      billedGpus: '2.222222',
    },
    stored:
      'Usage shows 3.6 replica-hours, but the bill lists 8,000 for the same time. The config ' +
      'sets `gpu.count` to 1, but the bill covers 2.22 GPUs per replica. Check `gpu.count` and ' +
      '`resources` of chat. The two figures differ by more than a factor of two, so no verdict ' +
      'is possible.',
  },
  'missing-charges': {
    fact: {
      code: 'missing-charges',
      likelyUsd: '60.000000',
      share: '0.108500',
      mostShare: '0.100000',
      gap: { ...GAP, likelyUsd: '45.000000' },
    },
    stored:
      'Charges of about $60.00 (10.9%) are missing, above the limit of 10%. Source cloud ' +
      'billed nothing since 2026-07-03 (12 days), although it usually does. Pull or import ' +
      'those charges. If there was nothing to bill, import a charge of 0.00 for that time.',
    hasLiteral: true,
  },
  'charges-missing': {
    fact: { ...GAP, likelyUsd: '45.000000' },
    stored:
      'Source cloud billed nothing since 2026-07-03 (12 days), although it usually does. ' +
      'At the usual amount for a day, that is about $45.00. Pull or import those charges. ' +
      'If there was nothing to bill, import a charge of 0.00 for that time.',
    hasLiteral: true,
  },
  'resource-unbilled': {
    fact: {
      code: 'resource-unbilled',
      source: 'cloud',
      resource: 'pod-1',
      name: 'trainer',
      from: '2026-07-03',
      days: 3,
    },
    stored:
      'Resource pod-1 (trainer) of cloud ran on 2026-07-03 and 2 more days without a ' +
      'charge. Pull the charges of cloud again, or ask the provider why it bills nothing.',
  },
  'bill-unreconciled': {
    fact: {
      code: 'bill-unreconciled',
      source: 'cloud',
      month: '2026-07',
      against: 'invoice',
      match: 'different',
      invoices: ['INV-7'],
      lines: 1,
      linesOff: 0,
      billedUsd: '12200.36',
      billedIn: [{ currency: 'EUR', amount: '108.5' }],
      heldUsd: '43.500000001',
    },
    stored:
      'Source cloud, 2026-07: invoice INV-7 bills $12,200.36 (108.50 EUR), but the ledger ' +
      'has $43.500000001 for the same period. Pull or import what is missing, or correct ' +
      'the invoice.',
  },
  'invoice-without-rate': {
    fact: {
      code: 'invoice-without-rate',
      source: 'cloud',
      month: '2026-07',
      invoices: ['INV-7', 'INV-8'],
      currency: 'EUR',
      amount: '1108.5',
      rateMonth: '2026-07',
    },
    stored:
      'Source cloud, 2026-07: invoice INV-7 and 1 other bill 1108.50 EUR. This cannot be ' +
      'compared, because there is no exchange rate for EUR in 2026-07. Import it with rentcheck ' +
      "import exchange-rates FILE, or set currencies: { EUR: { '2026-07': … } } in " +
      'rentcheck.yaml.',
  },
  'charges-without-rate': {
    fact: {
      code: 'charges-without-rate',
      source: 'cloud',
      month: '2026-07',
      charges: 2317,
      currency: 'EUR',
      amount: '5',
    },
    stored:
      'Source cloud, 2026-07: 2,317 charges of 5.00 EUR are not counted, because there is no ' +
      'exchange rate for EUR in 2026-07. Import it with rentcheck import exchange-rates FILE, or ' +
      "set currencies: { EUR: { '2026-07': … } } in rentcheck.yaml. Then pull or import " +
      'the bill again.',
  },
};
