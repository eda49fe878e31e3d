/** One fact of each code, with its stored sentence. */

import { MISSING, type MissingSamples } from './missingSamples.ts';

const PLAN = {
  changed: 2,
  deployments: 1234,
  planUsd: '41200.400000',
  keepUsd: '60000.000000',
  savingUsd: '18799.600000',
};
const deployment = 'chat';

export const REASONS: MissingSamples = {
  'too-small': {
    fact: { code: 'too-small', savingUsd: '6.374175', neededUsd: '1000.000000' },
    stored: 'The plan would save $6.37, less than the required $1,000.',
  },
  'not-certain': {
    fact: {
      code: 'not-certain',
      deployment,
      probability: '0.899999',
      neededProbability: '0.900000',
    },
    stored: 'Changing chat is 89.9% likely to be cheaper, below the required 90%.',
  },
  'weeks-persist': {
    fact: { code: 'weeks-persist', moreUsd: '1234.000000' },
    stored:
      'Each week is close to the week before, so one period cannot show how likely the saving ' +
      'is. If every week had been like the worst one, the plan would cost $1,234 more than ' +
      'keeping.',
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
      'The verdict "delete" would reverse the previous verdict "keep" and cost 12.4% more. ' +
      'A reversal must cost at least 30% less, or hold for another quarter.',
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
      'Changing chat is part of the plan for the whole stack, which saves $4,416 (99.9% ' +
      'likely). The verdict for chat alone is "keep".',
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
      'Alone, replacing chat with a hosted API would save $6.37. It is kept, because the ' +
      'best plan for the whole stack saves $2.25, too little to act on.',
  },
  'without-labor': {
    fact: { code: 'without-labor', deployment, verdict: 'hybrid' },
    stored: 'Without engineering time and migration cost, the verdict for chat is "hybrid".',
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
      'Keeping chat costs $9.00 ($6.00 GPU spend + $3.00 engineering time). Replacing chat ' +
      'with a hosted API costs $4.63 ($2.63 at host-a + $1.50 unused commitment + $0.50 ' +
      'migration). The saving is $4.37.',
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
    stored:
      'Keeping chat costs $9.00. Running chat on serverless GPUs would cost $38.90, $29.90 ' +
      'more.',
  },
  'one-host': {
    fact: { code: 'one-host', deployment, option: 'delete', host: 'Acme Cloud' },
    stored:
      'Only Acme Cloud sells the model of chat on your terms. The verdict depends on this one ' +
      'provider.',
  },
  'passed-over': {
    fact: { code: 'passed-over', deployment, option: 'delete', savingUsd: '3.560000' },
    stored:
      'The option "delete" for chat would save more, $3.56, but is not certain enough to ' +
      'be advised.',
  },
  'free-host': {
    fact: { code: 'free-host', deployment, host: 'gratis' },
    stored:
      'The provider gratis serves chat for free. It counts only because the config allows ' +
      'free tiers.',
  },
  'one-day': {
    fact: { code: 'one-day', deployment },
    stored:
      'The bill for chat covers only one day, so the probability leaves out differences between ' +
      'days.',
  },
  'must-stay': {
    fact: {
      code: 'must-stay',
      deployment,
      reason: 'data residency',
      owner: 'legal',
      until: '2026-12-31',
    },
    stored: 'A waiver requires keeping chat until 2026-12-31: data residency (legal).',
  },
  'worth-unknown': {
    fact: { code: 'worth-unknown', deployment, statedUsdPerQuarter: '5.000000' },
    stored:
      'The cost of the waiver for chat is unknown, because its GPU spend is unknown. The stated ' +
      'worth is $5.00 a quarter.',
  },
  'worth-nothing': {
    fact: { code: 'worth-nothing', deployment },
    stored: 'The waiver for chat costs nothing, because no known option is cheaper.',
  },
  'worth-needed': {
    fact: { code: 'worth-needed', deployment, option: 'move', savingUsd: '6008.000000' },
    stored:
      'The waiver for chat costs $6,008, because renting the same GPUs for chat elsewhere would ' +
      'save that much. Its worth is not stated.',
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
      'The waiver for chat (data residency, legal) expired on 2026-07-01 and no longer counts. ' +
      'Renew it or remove it.',
  },
  'hangs-on': {
    fact: { code: 'hangs-on', assumption: 'labor-and-cache', end: 'worst', moreUsd: '1.500000' },
    stored:
      'At the least favorable estimates of engineering time and cache hits, the plan costs ' +
      '$1.50 more than keeping.',
  },
  'best-plan': {
    fact: { code: 'best-plan', ...PLAN },
    stored:
      'The best plan changes 2 of 1,234 deployments. It costs $41,200 instead of $60,000 ' +
      'and saves $18,800.',
  },
  'advised-plan': {
    fact: { code: 'advised-plan', ...PLAN, bestSavingUsd: '20000.000000' },
    stored:
      'The advised plan changes 2 of 1,234 deployments. It costs $41,200 instead of ' +
      '$60,000 and saves $18,800. Another plan would save $20,000, but is not certain ' +
      'enough.',
  },
  'keep-all': {
    fact: { code: 'keep-all', keepUsd: '0.004000' },
    stored: 'Keeping all deployments is the cheapest plan, at $0.004.',
  },
  'required-cost': {
    fact: { code: 'required-cost', costUsd: '7832.000000', deployments: ['claims', 'legal'] },
    stored:
      'Keeping claims and legal under a waiver costs $7,832 more than the best plan without ' +
      'waivers.',
  },
  'required-free': {
    fact: { code: 'required-free' },
    stored: 'Waivers cost nothing, because the best plan keeps those deployments too.',
  },
  'migration-unstated': {
    fact: { code: 'migration-unstated' },
    stored:
      'The one-off migration cost is not stated and counts as zero. Set `migration` in ' +
      'rentcheck.yaml.',
  },
  'labor-measured': {
    fact: { code: 'labor-measured', selfHostedUsd: '12000.000000', onceUsd: '4000.000000' },
    stored:
      'Engineering time for self-hosting is measured by the ops log: $12,000, with $4,000 ' +
      'of it for the stack as a whole. Engineering time for hosted APIs is assumed.',
  },
  'labor-assumed': {
    fact: {
      code: 'labor-assumed',
      once: { lowUsd: '6000.000000', baseUsd: '12000.000000', highUsd: '24000.000000' },
      own: { lowUsd: '0.000000', baseUsd: '0.000000', highUsd: '0.000000' },
    },
    stored:
      'Engineering time is assumed, not measured. Its fixed part for self-hosting costs $6,000 ' +
      'to $24,000 (base $12,000). The deployments add $0.',
  },
  ...MISSING,
};
