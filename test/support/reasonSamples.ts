/** One fact of each code, with the sentence that is stored of it. */

import type { Warning } from '../../src/economics/warning.ts';
import type { Reason } from '../../src/verdict/reason.ts';

/** Warnings stand among the reasons, too; they are the economics' own. */
type Own = Exclude<Reason, Warning>;

type Samples = {
  readonly [Code in Own['code']]: {
    readonly fact: Extract<Own, { readonly code: Code }>;
    readonly stored: string;
    /** Digits to be typed as they are, which a stored sentence lost in other places. */
    readonly hasLiteral?: true;
  };
};

const PLAN = {
  changed: 2,
  deployments: 1234,
  planUsd: '41200.400000',
  keepUsd: '60000.000000',
  savingUsd: '18799.600000',
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

export const REASONS: Samples = {
  'too-small': {
    fact: { code: 'too-small', savingUsd: '6.374175', neededUsd: '1000.000000' },
    stored: 'The saving of $6.37 is below the $1,000 that a change must bring.',
  },
  'not-certain': {
    fact: {
      code: 'not-certain',
      deployment,
      probability: '0.899999',
      neededProbability: '0.900000',
    },
    stored: 'It is cheaper with odds of 89.9%, and 90% is needed.',
  },
  'weeks-persist': {
    fact: { code: 'weeks-persist', moreUsd: '1234.000000' },
    stored:
      'Each week is close to the week before, so one window cannot tell how likely it is to be ' +
      'cheaper: had every week been like the worst one, it would cost $1,234 more.',
  },
  reversal: {
    fact: {
      code: 'reversal',
      to: 'delete',
      from: 'keep',
      savingShare: '-0.123001',
      neededShare: '0.300000',
    },
    stored:
      '"delete" would reverse the standing answer "keep" for 12.4% more, and 30% is needed: it ' +
      'is advised if it holds for another quarter.',
  },
  'with-the-plan': {
    fact: {
      code: 'with-the-plan',
      deployment,
      alone: 'keep',
      planSavingUsd: '4416.000000',
      probability: '0.999900',
    },
    stored:
      'It is changed with the plan for the whole stack, which saves $4,416 (99.9% likely); ' +
      'alone, its verdict is "keep".',
  },
  'held-back': {
    fact: {
      code: 'held-back',
      deployment,
      option: 'delete',
      savingUsd: '6.374175',
      because: 'too-small',
      planSavingUsd: '2.250000',
    },
    stored:
      'Alone, deleting it and buying its tokens from a host would save $6.37. It is kept, ' +
      'because the best plan for the whole stack saves $2.25, too little to act on.',
  },
  'without-labor': {
    fact: { code: 'without-labor', deployment, verdict: 'hybrid' },
    stored: 'Without labor the verdict is "hybrid".',
  },
  'change-cost': {
    fact: {
      code: 'change-cost',
      deployment,
      option: 'delete',
      keep: { usd: '9.000000', infraUsd: '6.000000', laborUsd: '3.000000' },
      change: {
        usd: '4.625825',
        hostedUsd: '2.625825',
        strandedUsd: '1.500000',
        migrationUsd: '0.500000',
      },
      savingUsd: '4.374175',
      host: 'host-a',
    },
    stored:
      'Keeping costs $9.00 ($6.00 of rent + $3.00 of labor); deleting it and buying its tokens ' +
      'from a host costs $4.63 ($2.63 at host-a + $1.50 stranded + $0.50 for the change itself): ' +
      'a saving of $4.37.',
  },
  'keep-cost': {
    fact: {
      code: 'keep-cost',
      deployment,
      keep: { usd: '9.000000', infraUsd: '9.000000' },
      option: 'serverless',
      optionUsd: '38.900000',
      moreUsd: '29.900000',
    },
    stored: 'Keeping costs $9.00; serving it serverless would cost $38.90, $29.90 more.',
  },
  'one-host': {
    fact: { code: 'one-host', deployment, option: 'delete', host: 'Host A' },
    stored: 'It rests on one host: Host A alone sells the model on your terms.',
  },
  'passed-over': {
    fact: { code: 'passed-over', deployment, option: 'delete', savingUsd: '3.560000' },
    stored: '"delete" would save more, $3.56, but not surely enough to be advised.',
  },
  'free-host': {
    fact: { code: 'free-host', deployment, host: 'gratis' },
    stored: 'gratis asks nothing: it counts only because the config allows free tiers.',
  },
  'one-day': {
    fact: { code: 'one-day', deployment },
    stored: 'It was paid for on one day alone: how days differ is unknown, and in no odds.',
  },
  'must-stay': {
    fact: {
      code: 'must-stay',
      deployment,
      reason: 'data residency',
      owner: 'legal',
      until: '2026-12-31',
    },
    stored: 'It must stay until 2026-12-31: data residency (legal).',
  },
  'worth-unknown': {
    fact: { code: 'worth-unknown', deployment, statedUsdPerQuarter: '5.000000' },
    stored:
      'What the reason must be worth is unknown, because the rent of its machines is; $5.00 a ' +
      'quarter is stated.',
  },
  'worth-nothing': {
    fact: { code: 'worth-nothing', deployment },
    stored: 'The reason costs nothing: no option that is known is cheaper.',
  },
  'worth-needed': {
    fact: { code: 'worth-needed', deployment, option: 'move', savingUsd: '6008.000000' },
    stored:
      'The reason must be worth at least $6,008, which renting the same GPUs elsewhere would ' +
      'save; no worth is stated.',
  },
  'waiver-expired': {
    fact: {
      code: 'waiver-expired',
      deployment,
      reason: 'data residency',
      owner: 'legal',
      expiredOn: '2026-07-01',
    },
    stored:
      'The reason to stay (data residency, legal) expired on 2026-07-01 and no longer counts: ' +
      'renew it or drop it.',
  },
  'hangs-on': {
    fact: { code: 'hangs-on', assumption: 'labor-and-cache', end: 'worst', moreUsd: '1.500000' },
    stored:
      'The answer hangs on labor and cache hits, at their worst ends together: there the change ' +
      'costs $1.50 more than keeping.',
  },
  'best-plan': {
    fact: { code: 'best-plan', ...PLAN },
    stored:
      'The best plan changes 2 of 1,234 deployments: $41,200 instead of $60,000, a saving of ' +
      '$18,800.',
  },
  'advised-plan': {
    fact: { code: 'advised-plan', ...PLAN, bestSavingUsd: '20000.000000' },
    stored:
      'The plan of what is advised changes 2 of 1,234 deployments: $41,200 instead of $60,000, a ' +
      'saving of $18,800; another would save $20,000, but not surely enough.',
  },
  'keep-all': {
    fact: { code: 'keep-all', keepUsd: '0.004000' },
    stored: 'Keeping everything is the cheapest plan, at $0.004.',
  },
  'required-cost': {
    fact: { code: 'required-cost', costUsd: '7832.000000' },
    stored: 'Keeping what must stay costs $7,832 over the best plan without that wish.',
  },
  'required-free': {
    fact: { code: 'required-free' },
    stored: 'What must stay costs nothing: the best plan keeps it too.',
  },
  'migration-unstated': {
    fact: { code: 'migration-unstated' },
    stored:
      'What a change itself takes is not stated and counts as nothing: set `migration` in ' +
      'rentcheck.yaml.',
  },
  'labor-measured': {
    fact: { code: 'labor-measured', selfHostedUsd: '12000.000000', onceUsd: '4000.000000' },
    stored:
      "People's time for self-hosting is measured: $12,000 by the ops log, $4,000 of it for the " +
      'stack as a whole; their time for hosting is assumed.',
  },
  'labor-assumed': {
    fact: {
      code: 'labor-assumed',
      once: { lowUsd: '6000.000000', baseUsd: '12000.000000', highUsd: '24000.000000' },
      own: { lowUsd: '0.000000', baseUsd: '0.000000', highUsd: '0.000000' },
    },
    stored:
      "People's time is assumed, not measured: $6,000 to $24,000 (base $12,000) for self-hosting " +
      "anything at all, and $0 for the deployments' own parts together.",
  },
  'no-deployments': {
    fact: { code: 'no-deployments' },
    stored: 'No deployment is named: add what is served to `deployments` in rentcheck.yaml.',
  },
  'no-bills': {
    fact: { code: 'no-bills' },
    stored: 'Nothing was billed in this time: pull or import the bills of it.',
  },
  unattributed: {
    fact: { code: 'unattributed', share: '0.100001', usd: '0.750000', mostShare: '0.100000' },
    stored:
      '10.1% of the spend ($0.75) belongs to no deployment, and at most 10% may: name its ' +
      'resources under `resources` of the deployments they serve.',
  },
  'stack-coverage': {
    fact: { code: 'stack-coverage', share: '0.899999', neededShare: '0.900000' },
    stored: "Usage covers 89.9% of the stack's paid replica time, and 90% is needed.",
  },
  'undecided-spend': {
    fact: { code: 'undecided-spend', share: '0.104500', mostShare: '0.100000' },
    stored:
      'Deployments without enough evidence hold 10.5% of the attributed spend, and at most 10% ' +
      'may be undecided.',
  },
  'no-bills-of': {
    fact: { code: 'no-bills-of', deployment },
    stored: 'Nothing was billed for chat in this time: check its `resources`, or pull the bills.',
  },
  'no-paid-time': {
    fact: { code: 'no-paid-time', deployment },
    stored:
      'What was paid for chat buys no time by its bill, so how much of it is covered by usage is ' +
      'unknown: pull or import compute charges with their hours.',
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
      'Usage of chat covers 88.8% of the paid replica time, and 90% is needed: pull or import ' +
      'the usage that is missing; 21 days with gaps, the first is 2026-08-10.',
  },
  'no-price': {
    fact: { code: 'no-price', deployment, why: { code: 'no-host-known' } },
    stored:
      'No hosted price for chat: no host of the model is known. Check `hosted` in ' +
      'rentcheck.yaml, or import the prices that were in force.',
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
      'Nothing was billed for 2,000,000 of 3,000,000 tokens (66.7%) of the stack, and at most ' +
      '10% may be unbilled; the first such time is 2026-08-01 to 2026-09-30: acme billed ' +
      'nothing for August 2026: import or pull those charges.',
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
      'Usage saw 3.6 replica-hours, and the bill pays for 8,000 of the same time: `gpu.count` is ' +
      '1, and the bill pays for 2.22 GPUs a replica. Check `gpu.count` and `resources` of chat: ' +
      'more than twice apart, they allow no verdict.',
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
      'About $60.00 of charges are missing (10.9%), and at most 10% may be: cloud billed ' +
      'nothing since 2026-07-03 (12 days), though it usually does. To do: pull or import those ' +
      'charges; if there was nothing to bill, import a charge of 0.00 for that time.',
    hasLiteral: true,
  },
  'charges-missing': {
    fact: { ...GAP, likelyUsd: '45.000000' },
    stored:
      'cloud billed nothing since 2026-07-03 (12 days), though it usually does (about $45.00 at ' +
      'its usual day): pull or import those charges; if there was nothing to bill, import a ' +
      'charge of 0.00 for that time',
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
      'pod-1 (trainer) of cloud ran on 2026-07-03 and 2 more days, and no charge says so: pull ' +
      'the charges of cloud again, or ask the provider why it bills nothing',
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
      'cloud, 2026-07, different: invoice INV-7 asks for $12,200.36 (108.50 EUR), the ledger ' +
      'holds $43.500000001 for the same time: pull or import what is missing, or correct the ' +
      'invoice.',
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
      'cloud, 2026-07, not compared: invoice INV-7 and 1 other ask for 1108.50 EUR, and no ' +
      'exchange rate for EUR in 2026-07: import it with rentcheck import exchange-rates ' +
      "FILE, or set currencies: { EUR: { '2026-07': … } } in rentcheck.yaml.",
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
      'cloud, 2026-07: 2,317 charges of 5.00 EUR not counted, for no exchange rate for EUR ' +
      'in 2026-07: import it with rentcheck import exchange-rates FILE, or set currencies: ' +
      "{ EUR: { '2026-07': … } } in rentcheck.yaml, then pull or import the bill again.",
  },
};
