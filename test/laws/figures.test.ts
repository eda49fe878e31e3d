/** Law of figures: whatever a report prints has an id, and leads to its source. */

import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFindings } from '../../src/report/findings.ts';
import { shownName } from '../../src/report/displayText.ts';
import { toReader } from '../../src/report/locale.ts';
import { buildReportParts } from '../../src/report/report.ts';
import { renderText } from '../../src/report/text.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, aDetail, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { numbersIn } from '../support/visibleText.ts';
import { size } from '../support/size.ts';
import { findingsForLeader } from '../support/readers.ts';

/** What counts as a figure, not as a count, day or part of a name: it has a unit. */
const figuresIn = (text: string) =>
  numbersIn(text)
    .map((found) => found.replace(/^[-<>]+/, ''))
    .filter((found) => /[$%×KMBT]/.test(found));

/** Rules of thumb and the width of intervals are not figures of an audit. */
const FIXED = new Set(['90%', '40%', '10M']);

function unnamed(audit: Audit): string[] {
  const { copy, finance, owners, figures } = buildReportParts({
    audit,
    detail: aDetail(audit),
    owners: audit.deployments.map(({ id }) => id),
  });
  const named = new Set(figures.flatMap(({ text }) => figuresIn(text)));
  const letters = [copy, finance, ...owners.map((owner) => owner.copy)];
  const names = audit.deployments.flatMap(({ id, model }) => [shownName(model), shownName(id)]);
  const printed = letters.flatMap((letter) =>
    figuresIn(names.reduce((text, name) => text.replaceAll(name, ''), renderText(letter, []))),
  );
  return [...new Set(printed)].filter((found) => !named.has(found) && !FIXED.has(found));
}

const anyDeployment = fc.record({
  verdict: fc.constantFrom('delete' as const, 'hybrid' as const, 'keep' as const),
  spend: fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100),
  tokens: fc.integer({ min: 0, max: 10 ** 13 }),
  saving: fc.option(fc.integer({ min: -500_000, max: 900_000 }).map((cents) => cents / 100)),
});

describe('every figure that a report prints', () => {
  it.each([
    ['mixed', mixedAudit()],
    ['kept', keptAudit()],
    ['unproven', unprovenAudit()],
    ['hostile', hostileAudit()],
    ['crowded', crowdedAudit()],
  ])('has an id: %s', (_, audit) => {
    expect(unnamed(audit)).toEqual([]);
  });

  it('has an id, for any audit', () => {
    fc.assert(
      fc.property(fc.array(anyDeployment, { minLength: 1, maxLength: 12 }), (drawn) => {
        const deployments = drawn.map(({ saving, ...options }, at) =>
          aDeployment({ ...options, id: `d${at}`, savings: { delete: saving, hybrid: saving } }),
        );
        expect(unnamed(anAudit({ deployments }))).toEqual([]);
      }),
      { numRuns: size({ short: 12, full: 200 }) },
    );
  });

  it('has a unique id, the same in every report', () => {
    for (const audit of [mixedAudit(), crowdedAudit(), hostileAudit()]) {
      const ids = findingsForLeader(audit).figures.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(readFindings(audit, toReader('leader', 'de-DE')).figures.map(({ id }) => id)).toEqual(
        ids,
      );
    }
  });

  it('leads to a field of report.json that holds its value', () => {
    const audit = mixedAudit();
    const result = findingsForLeader(audit).figures.filter(
      ({ value, unit }) => value !== '' && unit !== 'sentence',
    );
    expect(result.length).toBeGreaterThan(200);
    for (const { path, value } of result) {
      const found = path
        .split(/\.|\[(\d+)\]/)
        .filter((part) => part !== undefined && part !== '')
        .reduce<unknown>((at, part) => Reflect.get(Object(at), part), audit);
      expect(`${path} ${String(found)}`).toBe(`${path} ${value}`);
    }
  });

  it('leads to views that exist', () => {
    const views = new Set(readdirSync('migrations/views').map((file) => file.replace('.sql', '')));
    const named = new Set(findingsForLeader(mixedAudit()).figures.map(({ view }) => view));
    expect([...named].filter((view) => view !== '' && !views.has(view))).toEqual([]);
  });

  it('does not confuse the id of the stack with a deployment of that name', () => {
    const audit = anAudit({ deployments: [aDeployment({ id: 'stack' })] });
    const ids = findingsForLeader(audit).figures.map(({ id }) => id);
    expect(ids).toContain('stack.spend');
    expect(ids).toContain('deployment:stack.spend');
  });
});
