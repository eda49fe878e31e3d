/** Every reason and every missing input: its fields, its sentence, and its format in each place. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { missingSentence } from '../../src/report/copy/missing.ts';
import { reasonSentence } from '../../src/report/copy/reasons.ts';
import { shownSentence } from '../../src/report/displayText.ts';
import { STORED_FORMAT, toReader } from '../../src/report/locale.ts';
import { factSentence, pairFacts } from '../../src/report/sections/completeAudit.ts';
import type { Reason } from '../../src/verdict/reason.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { REASONS } from '../support/reasonSamples.ts';
import { LEADER } from '../support/readers.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
) as { $defs: Record<string, { anyOf?: readonly Variant[] }> };

interface Variant {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, { readonly const?: string }>>;
}

interface Sample {
  readonly fact: Reason;
  readonly stored: string;
  readonly hasLiteral?: true;
}

const samples: readonly Sample[] = Object.values(REASONS);

function codesOf(name: string): string[] {
  return (SCHEMA.$defs[name]?.anyOf ?? []).flatMap(({ $ref, properties }) =>
    $ref === undefined
      ? [properties?.['code']?.const ?? '']
      : codesOf($ref.replace('#/$defs/', '')),
  );
}

test('the schema has exactly the codes of all reasons', () => {
  const all = [...Object.keys(REASONS), ...codesOf('warning')];
  expect(codesOf('reason').toSorted()).toEqual(all.toSorted());
});

describe.each(samples.map((sample) => [sample.fact.code, sample] as const))(
  '%s',
  (_, { fact, stored, hasLiteral }: Sample) => {
    const places = hasLiteral ? [undefined] : [undefined, 'de-DE', 'en-IN'];

    it('has the fields of the schema, as JSON keeps them', () => {
      const kept: unknown = JSON.parse(JSON.stringify(fact));
      expect(kept).toEqual(fact);
      expect(findSchemaFaults(kept, { $ref: '#/$defs/reason' }, SCHEMA)).toEqual([]);
    });

    it('is stored as one sentence, the same in every place', () => {
      expect(reasonSentence(fact, STORED_FORMAT)).toBe(stored);
    });

    it.each(places)('reads in %s as its stored sentence would', (locale) => {
      const reader = toReader('leader', locale);
      const rendered = pairFacts([fact], [stored]).map((each) =>
        factSentence(each, reasonSentence, reader),
      );
      expect(rendered).toEqual([shownSentence(stored, reader)]);
    });
  },
);

test('a foreign name is no figure, whatever it looks like', () => {
  const fact = {
    code: 'waiver-expired',
    deployment: 'chat',
    reason: 'until 2026-12-31 at $5,000',
    owner: 'legal\n\u202e',
    expiredOn: '2026-07-01',
  } as const;
  const stored = reasonSentence(fact, STORED_FORMAT);
  const reader = toReader('leader', 'de-DE');
  const rendered = pairFacts([fact], [stored]).map((each) =>
    factSentence(each, reasonSentence, reader),
  );
  expect(rendered[0]).toBe(
    'The waiver for chat (until 2026-12-31 at $5,000, legal ) expired on 1. Jul 2026 and no ' +
      'longer counts. Renew it or remove it.',
  );
});

test('a code of a newer version is printed as its stored sentence, as for an older audit', () => {
  const newer = { code: 'of-another-day' } as unknown as Reason;
  const stored = ['it saves 12.5% by 2026-12-31'];
  const sentencesOf = (facts: readonly Reason[] | undefined) =>
    pairFacts(facts, stored).map((each) => factSentence(each, reasonSentence, LEADER));
  expect(sentencesOf([newer])).toEqual(['It saves 12.5% by Dec 31, 2026.']);
  expect(sentencesOf(undefined)).toEqual(sentencesOf([newer]));
});

test('missing inputs read the same among the reasons', () => {
  const { coverage } = REASONS;
  expect(missingSentence(coverage.fact, STORED_FORMAT)).toBe(coverage.stored);
});
