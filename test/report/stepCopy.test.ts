/** Every step, note on advice and input: its fields, its words, the place it is read in. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { adviceText } from '../../src/report/copy/advice.ts';
import { SENTENCES } from '../../src/report/copy/sentences.ts';
import { stepSentence } from '../../src/report/copy/steps.ts';
import { shownSentence } from '../../src/report/label.ts';
import { inManner } from '../../src/report/speaking.ts';
import { factSentence } from '../../src/report/words/facts.ts';
import type { AdviceNote } from '../../src/verdict/lookBack/note.ts';
import { EFFECT_CODES } from '../../src/verdict/sensitivity/effect.ts';
import type { StepDetail } from '../../src/verdict/steps/step.ts';
import { faultsOf } from '../support/jsonSchema.ts';

/** Of each code the other fields, and the sentence that is stored of them. */
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

const STEPS: Samples<StepDetail> = {
  delete: [
    { ...CHAT, alone: 'keep' },
    'Drop chat and send its tokens to a host, but only together with the rest of the plan: alone ' +
      'its verdict is "keep".',
  ],
  hybrid: [
    { ...CHAT, ...HOST, replicas: 1 },
    'Cap chat at 1 replica and overflow to host-a through market.',
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
    'Switch chat off in the 1,548 paid hours of this window without load (in every week Mon–Tue ' +
      '00:00–07:00, Sat–Sun all day, Europe/Berlin), and run at most 3 replicas in the rest.',
  ],
  move: [
    { ...CHAT, provider: 'far', usdPerGpuHour: '1.100000', ownUsdPerGpuHour: '1234.500000' },
    "Re-create chat's pods at far for $1.10 instead of $1,234 a GPU-hour.",
  ],
  'bring-back': [
    { ...CHAT, extraReplicaHours: '1200.400000' },
    'Bring back to chat what is bought for it from hosted APIs, with 1,200 replica-hours more in ' +
      'a window like this.',
  ],
  serverless: [
    { ...CHAT, starts: 1200, workerHours: '87.600000' },
    'Serve chat serverless: 1,200 starts, 88 worker-hours in a window like this one.',
  ],
  'stop-operations': [
    {},
    "Stop operating machines: nothing stays on your own, and the people's time that having any " +
      'takes falls away.',
  ],
  'start-hosting': [
    {},
    "Start buying from hosts: the people's time that having any takes, for keys, limits and bills.",
  ],
  renegotiate: [
    {
      source: 'runpod',
      until: '2026-12-31',
      strandedUsd: '4500.000000',
      committedUsd: '6000.000000',
      endsInNextWindow: true,
    },
    "Renegotiate or let run out runpod's commitment before 2026-12-31: $4,500 of the plan's cost " +
      'until then is owed for nothing, of $6,000 that are committed in all.',
  ],
  'decide-contract': [
    {
      source: 'coreweave',
      until: '2026-12-31',
      plan: [{ deployment: 'chat', option: 'delete' }],
      savingUsd: '4100.000000',
    },
    'Decide whether the coreweave contract ends on 2026-12-31: after it, deleting chat saves ' +
      '$4,100 in a period like this one.',
  ],
  'renew-waiver': [
    { ...CHAT, owner: 'legal', reason: 'residency', expires: '2026-07-01', expired: true },
    'Ask legal whether chat must still stay (residency): its waiver expired on 2026-07-01.',
  ],
  review: [
    { verdict: 'keep (required)', quarter: '2026-Q4' },
    'Keep everything as it is, and review the decision with the 2026-Q4 report.',
  ],
  'get-evidence': [{ missing: COVERAGE }, SENTENCES.missing(COVERAGE)],
  attribute: [{ missing: COVERAGE }, SENTENCES.missing(COVERAGE)],
};

const NOTES: Samples<AdviceNote> = {
  'much-unbilled': [
    { unbilledShare: '0.100001' },
    'Much of what it served was not billed, so what became of it cannot be told.',
  ],
  'not-in-config': [{}, 'It is no longer in the config, so what became of it cannot be told.'],
  'gone-billing-unknown': [
    {},
    'It is no longer in the config; whether it is still billed is not known.',
  ],
  'gone-maybe-billed': [
    { unattributedUsd: '1500.000000' },
    'It is no longer in the config, but $1,500 more than then belong to no deployment: its ' +
      'machines may still be billed.',
  ],
  gone: [{}, 'It is no longer in the config, nor billed.'],
  'nothing-spent-before': [{}, 'Nothing was spent on it then.'],
  spend: [{ usd: '91.000000', beforeUsd: '1820.000000' }, 'Its bill is $91.00, and was $1,820.'],
  'advised-hours-unknown': [{}, 'How many hours were asked for is not known.'],
  'no-hours-billed': [{}, 'No hours are on its bill.'],
  'advised-hours-alike': [
    { advisedHours: '2100.000000', beforeHours: '2184.000000' },
    'It asked for hardly fewer hours than were paid, so hours cannot tell.',
  ],
  hours: [
    { paidHours: '1201.999999', advisedHours: '600.900000' },
    'It was paid for 1,201 replica-hours, 600 were asked for.',
  ],
  'hour-cost-unknown': [{}, 'What a replica-hour costs is not known.'],
  'hour-cost': [
    { usdPerHour: '0.550000', beforeUsdPerHour: '0.833333', sources: ['bill', 'invoices'] },
    'A replica-hour costs $0.55, billed by bill, invoices; it was $0.83.',
  ],
  'windows-not-alike': [
    {},
    'The two windows are not equally long, so their bills are not compared.',
  ],
  'saving-by-bills': [{}, "Its saving is that of the bills, without people's time."],
  'spend-before-unknown': [{}, 'What was paid for it then is not known.'],
  'no-tokens-bought': [
    {},
    'No more tokens are on the bills than then, so what it buys now is not known: pull or import ' +
      "the host's charges.",
  ],
  'saving-only-together': [
    {},
    'Several deployments buy their tokens now: only their saving together is known.',
  ],
  'not-taken-cost-unknown': [{}, 'It was not taken, and what it would cost now is not known.'],
  'not-taken': [{}, 'It was not taken; its saving is what it would have been.'],
  'traffic-changed': [
    { changeShare: '-0.345000' },
    "Its traffic fell by 34.5%, so the change is not all the advice's.",
  ],
};

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
) as { $defs: Record<string, { anyOf: readonly { properties: { code: { const: string } } }[] }> };

const codesOf = (name: string) =>
  (SCHEMA.$defs[name]?.anyOf ?? []).map(({ properties }) => properties.code.const).toSorted();

test('the schema knows the very codes of steps, notes and effects', () => {
  expect(codesOf('stepDetail')).toEqual(Object.keys(STEPS).toSorted());
  expect(codesOf('adviceNote')).toEqual(Object.keys(NOTES).toSorted());
  expect(codesOf('effectDetail')).toEqual([...EFFECT_CODES].toSorted());
});

/** As an audit keeps them. */
const factsOf = (samples: Readonly<Record<string, readonly [object, string]>>) =>
  Object.entries(samples).map(
    ([code, [fields, stored]]) => [code, { code, ...fields }, stored] as const,
  );

const PLACES = [{}, { locale: 'de-DE' }, { locale: 'en-IN' }];

describe('a step', () => {
  it.each(factsOf(STEPS))('to %s fits the schema and reads as it is stored', (_, fact, stored) => {
    const detail = fact as StepDetail;
    expect(faultsOf(detail, { $ref: '#/$defs/stepDetail' }, SCHEMA)).toEqual([]);
    expect(SENTENCES.step(detail)).toBe(stored);
    for (const manner of PLACES) {
      const told = inManner(manner, () => factSentence({ fact: detail, stored: '' }, stepSentence));
      expect(told).toBe(inManner(manner, () => shownSentence(stored)));
    }
  });
});

describe('what is known of advice', () => {
  it.each(factsOf(NOTES))('as %s fits the schema and reads as it is stored', (_, fact, stored) => {
    const notes = [fact as AdviceNote];
    expect(faultsOf(fact, { $ref: '#/$defs/adviceNote' }, SCHEMA)).toEqual([]);
    expect(SENTENCES.advice(notes)).toBe(stored);
    for (const manner of PLACES) {
      const told = inManner(manner, () => factSentence({ fact: notes, stored: '' }, adviceText));
      expect(told).toBe(inManner(manner, () => shownSentence(stored)));
    }
  });
});
