/** The sentences of warnings and missing inputs. Facts and the published schema agree. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HostLack, Lack } from '../../src/economics/lack.ts';
import type { Warning } from '../../src/economics/warning.ts';
import { capacityBasisOf } from '../../src/report/copy/capacity.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { readDeployment } from '../../src/report/sections/deploymentReading.ts';
import { warningLines } from '../../src/report/sections/reliability.ts';
import { toReader } from '../../src/report/locale.ts';
import { aDeployment } from '../support/auditFixture.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { HOST_LACKS, LACKS, WARNINGS } from '../support/warningSamples.ts';
import { price } from '../economics/stackFixture.ts';
import { computeVerdict } from '../verdict/verdictFixture.ts';
import { LEADER } from '../support/readers.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
) as { readonly $defs: Readonly<Record<string, unknown>> };

const factsIn = (facts: object) =>
  Object.entries(facts).map(([code, figures]) => ({ code, ...(figures as object) }));

describe('each fact', () => {
  it.each([
    ['warning', WARNINGS],
    ['hostLack', HOST_LACKS],
    ['lack', LACKS],
  ])('that is a %s has a code of the published schema, with its figures', (name, facts) => {
    for (const fact of factsIn(facts)) {
      expect(findSchemaFaults(fact, SCHEMA.$defs[name], SCHEMA)).toEqual([]);
    }
    const { anyOf } = SCHEMA.$defs[name] as { readonly anyOf: readonly unknown[] };
    expect(anyOf).toHaveLength(factsIn(facts).length);
  });

  it('has its own sentence, with every figure in it', () => {
    const sentences = [
      ...(factsIn(WARNINGS) as Warning[]).map(AUDIT_SENTENCES.warning),
      ...(factsIn(HOST_LACKS) as HostLack[]).map(AUDIT_SENTENCES.hostLack),
      ...(factsIn(LACKS) as Lack[]).map(AUDIT_SENTENCES.lack),
    ];
    expect(new Set(sentences).size).toBe(sentences.length);
    for (const sentence of sentences) expect(sentence).not.toMatch(/undefined|\[object|NaN|null/);
    expect(sentences).toContain(
      'Nothing was billed for 2,000,000 of 3,000,000 tokens (66.7%). They are left out on both ' +
        'sides. The first such period is 2026-08-01 to 2026-09-30. Import or pull the charges of ' +
        'acme and other for that period.',
    );
    expect(sentences).toContain(
      'no provider is eligible: host-a (free tiers do not count) and 2 others',
    );
  });
});

describe('the message', () => {
  const { audit } = computeVerdict({
    stack: { prices: [price({ host: 'a', input: '1', output: '1' })] },
  });

  it('has a fact for each sentence of an audit, in the same order', () => {
    for (const { warnings, warningDetails } of audit.deployments) {
      expect(warningDetails?.map(AUDIT_SENTENCES.warning)).toEqual(warnings);
    }
    const reasons = audit.deployments.flatMap(({ options }) => options.map(({ detail }) => detail));
    const lacking = reasons.filter(({ reason }) => reason !== undefined);
    expect(lacking.length).toBeGreaterThan(0);
    for (const { reason, reasonDetail } of lacking) {
      expect(reasonDetail && AUDIT_SENTENCES.lack(reasonDetail)).toBe(reason);
    }
  });

  it("prints the figures of a warning in its reader's format, and no name as a figure", () => {
    const fact: Warning = { code: 'prices-not-looked-at', ...WARNINGS['prices-not-looked-at'] };
    const named = { ...fact, model: 'v2026-07-01 1,000' };
    const warningDetails = [named, { code: 'usage-not-billed', ...WARNINGS['usage-not-billed'] }];
    const deployment = aDeployment({
      id: 'chat',
      verdict: 'keep',
      warnings: ['as stored', 'as stored'],
      warningDetails: warningDetails as Warning[],
    });
    const [looked, unbilled] = warningLines(
      readDeployment(deployment),
      toReader('leader', 'de-DE'),
    );
    expect(looked).toBe(
      'chat: No prices of v2026-07-01 1,000 were read from market after 3. Jul 2026.',
    );
    expect(unbilled).toContain('2.000.000 of 3.000.000 tokens (66,7 %)');
  });

  it('of an older audit has its sentences, and its text on a capacity is recognized', () => {
    const deployment = aDeployment({ id: 'chat', verdict: 'keep', warnings: ['it is a guess'] });
    expect(warningLines(readDeployment(deployment), LEADER)).toEqual(['chat: It is a guess.']);
    const raised = { capacityBasis: 'observed (a lower bound), raised to what was seen' };
    expect(capacityBasisOf(raised)).toEqual({ code: 'observed', raised: true });
    expect(capacityBasisOf({ capacityBasis: null })).toBeNull();
    expect(capacityBasisOf({ capacityBasis: 'said otherwise' })).toBeNull();
  });
});
