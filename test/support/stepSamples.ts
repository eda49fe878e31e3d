/** One step and one note on advice of each code, with its stored sentence. */

import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import type { AdviceNote } from '../../src/verdict/backtest/adviceNote.ts';
import type { StepDetail } from '../../src/verdict/steps/step.ts';

/** For each code the other fields, and the stored sentence. */
type Samples<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: readonly [Fields<Fact, Code>, string];
};

type Fields<Fact, Code> = Fact extends { readonly code: infer Codes }
  ? Code extends Codes
    ? Omit<Fact, 'code'>
    : never
  : never;

const CHAT = { deployment: 'chat' };
const HOST = { host: 'host-a', source: 'market' };
const COVERAGE = { code: 'stack-coverage', share: '0.500000', neededShare: '0.900000' } as const;

export const STEPS: Samples<StepDetail> = {
  delete: [
    { ...CHAT, alone: 'keep' },
    'Delete chat and send its tokens to a hosted API. Do this only with the rest of the plan. ' +
      'Its verdict alone is "keep".',
  ],
  hybrid: [
    { ...CHAT, ...HOST, replicas: 1 },
    'Cap chat at 1 replica and send the overflow to host-a through market.',
  ],
  'right-size': [
    {
      ...CHAT,
      hoursOff: 1548,
      mostReplicas: 3,
      weekOff: {
        timeZone: 'Europe/Berlin',
        spans: [
          { from: 0, to: 7 },
          { from: 24, to: 31 },
          { from: 120, to: 168 },
        ],
      },
    },
    'Switch chat off in its 1,548 paid hours without load, and run at most 3 replicas ' +
      'otherwise. Every week, these include Mon–Tue 00:00–07:00, Sat–Sun all day ' +
      '(Europe/Berlin).',
  ],
  move: [
    { ...CHAT, provider: 'far', usdPerGpuHour: '1.100000', ownUsdPerGpuHour: '1234.500000' },
    'Move chat to far for $1.10 instead of $1,234 a GPU-hour.',
  ],
  'bring-back': [
    { ...CHAT, extraReplicaHours: '1200.400000' },
    'Self-host the tokens that chat buys from hosted APIs. This takes 1,200 more ' +
      'replica-hours in a period like this one.',
  ],
  serverless: [
    { ...CHAT, starts: 1200, workerHours: '87.600000' },
    'Run chat on serverless GPUs: 1,200 starts and 88 worker-hours in a period like this one.',
  ],
  'stop-operations': [
    {},
    'Stop operating GPUs. No deployment stays self-hosted, so the fixed engineering time ' +
      'of self-hosting ends.',
  ],
  'start-hosting': [
    {},
    'Set up hosted API access. It takes fixed engineering time for keys, limits and billing.',
  ],
  renegotiate: [
    {
      source: 'runpod',
      until: '2026-12-31',
      strandedUsd: '4500.000000',
      committedUsd: '6000.000000',
      endsInNextWindow: true,
    },
    'Renegotiate the commitment with runpod before 2026-12-31, or let it run out. Until ' +
      'then, the plan leaves $4,500 of the committed $6,000 unused.',
  ],
  'decide-contract': [
    {
      source: 'coreweave',
      until: '2026-12-31',
      plan: [{ deployment: 'chat', option: 'delete' }],
      savingUsd: '4100.000000',
    },
    'Decide whether to let the coreweave contract end on 2026-12-31. After its end, deleting ' +
      'chat saves $4,100 in a period like this one.',
  ],
  'renew-waiver': [
    { ...CHAT, owner: 'legal', reason: 'residency', expires: '2026-07-01', expired: true },
    'Ask legal whether chat must stay self-hosted (residency). Its waiver expired on 2026-07-01.',
  ],
  review: [
    { verdict: 'keep (required)', quarter: '2026-Q4' },
    'Keep everything as it is, and review the decision with the 2026-Q4 report.',
  ],
  'get-evidence': [{ missing: COVERAGE }, AUDIT_SENTENCES.missing(COVERAGE)],
  attribute: [{ missing: COVERAGE }, AUDIT_SENTENCES.missing(COVERAGE)],
};

export const NOTES: Samples<AdviceNote> = {
  'much-unbilled': [
    { unbilledShare: '0.100001' },
    'Bills are missing for 10.1% of its tokens, so the result is unknown.',
  ],
  'not-in-config': [{}, 'It is no longer in the config, so the result is unknown.'],
  'gone-billing-unknown': [
    {},
    'It is no longer in the config. Whether it is still billed is unknown.',
  ],
  'gone-maybe-billed': [
    { unattributedUsd: '1500.000000' },
    'It is no longer in the config. Spend that is not attributed rose by $1,500, so its ' +
      'GPUs may still be billed.',
  ],
  gone: [{}, 'It is no longer in the config and no longer billed.'],
  'nothing-spent-before': [{}, 'Nothing was spent on it in the previous period.'],
  spend: [
    { usd: '91.000000', beforeUsd: '1820.000000' },
    'Its spend is $91.00, compared with $1,820 before.',
  ],
  'advised-hours-unknown': [{}, 'The advised number of hours is unknown.'],
  'no-hours-billed': [{}, 'Its bill lists no hours.'],
  'advised-hours-alike': [
    { advisedHours: '2100.000000', beforeHours: '2184.000000' },
    'The advice was 2,100 replica-hours, close to the 2,184 paid for before. Hours ' +
      'cannot show whether it was taken.',
  ],
  hours: [
    { paidHours: '1201.999999', advisedHours: '600.900000' },
    'It was billed for 1,201 replica-hours. The advice was 600.',
  ],
  'hour-cost-unknown': [{}, 'The cost of a replica-hour is unknown.'],
  'hour-cost': [
    { usdPerHour: '0.550000', beforeUsdPerHour: '0.833333', sources: ['bill', 'invoices'] },
    'A replica-hour costs $0.55 (billed by bill and invoices), compared with $0.83 before.',
  ],
  'windows-not-alike': [{}, 'The two periods differ in length, so their bills are not compared.'],
  'saving-by-bills': [
    {},
    'Its saving is the difference between the bills, without engineering time.',
  ],
  'spend-before-unknown': [{}, 'Its spend in the previous period is unknown.'],
  'no-tokens-bought': [
    {},
    'The bills list no more bought tokens than before, so its hosted cost is unknown. ' +
      'Pull or import the charges of the provider.',
  ],
  'saving-only-together': [
    {},
    'Several deployments now buy their tokens, and only their total saving is known.',
  ],
  'not-taken-cost-unknown': [{}, 'The change was not made. What it would cost now is unknown.'],
  'not-taken': [{}, 'The change was not made. The saving is what it would have saved.'],
  'traffic-changed': [
    { changeShare: '-0.345000' },
    'Its traffic fell by 34.5%, so the advice does not explain all of the change.',
  ],
};
