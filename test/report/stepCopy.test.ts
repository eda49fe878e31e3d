/** Every step, note on advice and input: its fields, its text, and its format in each place. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { adviceText } from '../../src/report/copy/advice.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { toReader } from '../../src/report/locale.ts';
import { stepSentence } from '../../src/report/copy/steps.ts';
import { shownSentence } from '../../src/report/displayText.ts';
import { factSentence } from '../../src/report/sections/completeAudit.ts';
import type { AdviceNote } from '../../src/verdict/backtest/adviceNote.ts';
import { EFFECT_CODES } from '../../src/verdict/sensitivity/inputEffect.ts';
import type { StepDetail } from '../../src/verdict/steps/step.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { NOTES, STEPS } from '../support/stepSamples.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
) as { $defs: Record<string, { anyOf: readonly { properties: { code: { const: string } } }[] }> };

const codesOf = (name: string) =>
  (SCHEMA.$defs[name]?.anyOf ?? []).map(({ properties }) => properties.code.const).toSorted();

test('the schema has exactly the codes of steps, notes and effects', () => {
  expect(codesOf('stepDetail')).toEqual(Object.keys(STEPS).toSorted());
  expect(codesOf('adviceNote')).toEqual(Object.keys(NOTES).toSorted());
  expect(codesOf('effectDetail')).toEqual([...EFFECT_CODES].toSorted());
});

/** As an audit stores them. */
const factsOf = (samples: Readonly<Record<string, readonly [object, string]>>) =>
  Object.entries(samples).map(
    ([code, [fields, stored]]) => [code, { code, ...fields }, stored] as const,
  );

const PLACES = [{}, { locale: 'de-DE' }, { locale: 'en-IN' }];

describe('a step', () => {
  it.each(factsOf(STEPS))('to %s fits the schema and reads as it is stored', (_, fact, stored) => {
    const detail = fact as StepDetail;
    expect(findSchemaFaults(detail, { $ref: '#/$defs/stepDetail' }, SCHEMA)).toEqual([]);
    expect(AUDIT_SENTENCES.step(detail)).toBe(stored);
    for (const { locale } of PLACES) {
      const reader = toReader('leader', locale);
      const rendered = factSentence({ fact: detail, stored: '' }, stepSentence, reader);
      expect(rendered).toBe(shownSentence(stored, reader));
    }
  });
});

describe('a note on advice', () => {
  it.each(factsOf(NOTES))('as %s fits the schema and reads as it is stored', (_, fact, stored) => {
    const notes = [fact as AdviceNote];
    expect(findSchemaFaults(fact, { $ref: '#/$defs/adviceNote' }, SCHEMA)).toEqual([]);
    expect(AUDIT_SENTENCES.advice(notes)).toBe(stored);
    for (const { locale } of PLACES) {
      const reader = toReader('leader', locale);
      const rendered = factSentence({ fact: notes, stored: '' }, adviceText, reader);
      expect(rendered).toBe(shownSentence(stored, reader));
    }
  });
});
