/** Laws of the bill as finance books it: every table sums to one total, to the micro-dollar. */

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { decimal, type Exact, sum } from '../../src/domain/exact.ts';
import { usdText } from '../../src/domain/money.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditBill } from '../../src/verdict/auditEvidence.ts';
import { decide } from '../../src/verdict/decide.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { ACTING } from '../support/acting.ts';
import { makeBilledFleet } from '../support/billedFleet.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { listCharges } from '../support/listCharges.ts';
import { IDENTITY, POLICY } from '../verdict/verdictFixture.ts';

const RUNS = { numRuns: 15, endOnFailure: true };
const TIMEOUT_MS = 120_000;
const identity = { ...IDENTITY, inputsDigest: 'd1'.repeat(32) };

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
);

type Input = Parameters<typeof weighStack>[0];

function auditOf(input: Input): Audit {
  const economics = weighStack(input);
  const verdict = decide(economics, {
    policy: { ...POLICY, draws: 20 },
    chance: seededRandom('bill'),
  });
  return printAudit({
    economics,
    verdict,
    identity,
    acting: ACTING,
    sentences: AUDIT_SENTENCES,
  }).audit;
}

const total = (amounts: readonly string[]): string => usdText(sum(amounts.map(decimal)));
const both = (...amounts: readonly string[]): Exact => sum(amounts.map(decimal));

function billOf({ bill }: Audit): AuditBill {
  expect(bill).toBeDefined();
  return bill ?? { lines: [], beside: [], months: [], invoices: [] };
}

test(
  'lines sum to the spend and hosted APIs, each deployment to its own, the rest unattributed',
  () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const audit = auditOf(makeBilledFleet(draw));
        const { totals, deployments } = audit;
        const { lines } = billOf(audit);
        expect(total(lines.map(({ usd }) => usd))).toBe(
          usdText(both(totals.spendUsd, totals.hostedSpendUsd)),
        );
        expect(total(lines.map(({ billedUsd }) => billedUsd))).toBe(
          usdText(both(totals.billedUsd, totals.hostedSpendUsd)),
        );
        const rent = lines.filter(({ category }) => category !== 'hosted');
        for (const { id, spendUsd } of deployments) {
          const own = rent.filter(({ deployment }) => deployment === id);
          expect(total(own.map(({ usd }) => usd))).toBe(spendUsd);
        }
        const loose = rent.filter(({ deployment }) => deployment === null);
        expect(total(loose.map(({ usd }) => usd))).toBe(totals.unattributedUsd);
        expect(findSchemaFaults(JSON.parse(JSON.stringify(audit)), schema, schema)).toEqual([]);
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  'taxes and invoices lose nothing, and months hold every charge of a bill but credits',
  () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const { credits: _, ...world } = makeBilledFleet(draw, 6);
        const input = { ...world, commitments: [] };
        const economics = weighStack(input);
        const { statement, bill } = economics;
        const nano = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);
        const beside = (of: string) =>
          nano(statement.beside.filter(({ category }) => category === of).map((e) => e.nanoUsd));
        expect([beside('tax'), beside('labor')]).toEqual([bill.tax, bill.labor]);
        const credited = statement.lines.filter(({ category }) => category === 'credit');
        expect(nano(statement.months.map(({ billed }) => billed))).toBe(
          bill.billed + bill.hosted - nano(credited.map((e) => e.nanoUsd + e.notInTime)),
        );
        // Every charge on one invoice, from list prices: both sum to all that is on the bills.
        const listed = listCharges(input).map((each): Charge => {
          return { ...each, basis: 'list', invoice: { id: 'all' } };
        });
        const result = weighStack({ ...input, charges: listed }).statement;
        const all = bill.billed + bill.hosted + bill.tax + bill.labor;
        expect(nano(result.invoices.map(({ billed }) => billed))).toBe(all);
        expect(result.months.map(({ estimated }) => estimated)).toEqual(
          statement.months.map(({ billed }) => billed),
        );
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);
