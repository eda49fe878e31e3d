/** Tests which changes to a reported quarter justify a correction, and whom they concern. */

import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { renderMove } from '../../src/jobs/correct.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { findOnlyCause, findMaterialChanges } from '../../src/verdict/materialChanges.ts';

interface AuditParts {
  readonly verdict?: string;
  readonly spend?: string;
  readonly saving?: string | null;
  readonly price?: string | null;
  readonly deployments?: readonly object[];
}

/** Only what is compared. */
function audit({
  verdict = 'keep',
  spend = '10000.000000',
  saving = '0.000000',
  ...more
}: AuditParts) {
  return {
    stack: { verdict, savingUsd: { base: saving, low: null, high: null } },
    totals: {
      spendUsd: spend,
      tokens: 10_000_000_000,
      effectiveUsdPerMtok: more.price === undefined ? '0.400000' : more.price,
    },
    deployments: more.deployments ?? [chat()],
  } as unknown as Audit;
}

function chat(more: object = {}) {
  const saving = { savingUsd: { base: '0.000000', low: null, high: null } };
  const price = { tokens: 1_000_000_000, effectiveUsdPerMtok: '0.400000' };
  return { id: 'chat', verdict: 'keep', spendUsd: '4000.000000', ...price, ...saving, ...more };
}

function changes(before: AuditParts, after: AuditParts, minUsd = '1000'): string[] {
  return findMaterialChanges(audit(before), audit(after), decimal(minUsd)).map(renderMove);
}

describe('a quarter whose facts changed', () => {
  it('is not worth a message where verdicts are unchanged and amounts hardly moved', () => {
    expect(changes({}, { spend: '10999.999999' })).toEqual([]);
    expect(changes({ saving: '500.000000' }, { saving: '-499.000000' })).toEqual([]);
  });

  it('is worth one at the amount from which a change would be advised', () => {
    expect(changes({}, { spend: '11000.000000' })).toEqual(['spend from $10000.00 to $11000.00']);
    expect(changes({ saving: '2000.000000' }, { saving: '900.000000' })).toEqual([
      'saving from $2000.00 to $900.00',
    ]);
  });

  it('is not worth one for less than a hundredth of an earlier amount', () => {
    const before = { spend: '500000.000000' };
    expect(changes(before, { spend: '504999.999999' })).toEqual([]);
    expect(changes(before, { spend: '505000.000000' })).toHaveLength(1);
  });

  it('is worth one for a price that adds up to as much over the tokens', () => {
    // 10,000 million tokens: five cents are $500, ten are $1,000.
    expect(changes({}, { price: '0.450000' })).toEqual([]);
    expect(changes({}, { price: '0.500000' })).toEqual([
      'price from $0.4000 per Mtok to $0.5000 per Mtok',
    ]);
  });

  it('is worth one at any amount where a verdict turned', () => {
    expect(changes({}, { verdict: 'delete' })).toEqual([
      'whole stack: verdict from "keep" to "delete"',
    ]);
    expect(changes({}, { deployments: [chat({ verdict: 'delete' })] })).toEqual([
      'chat: verdict from "keep" to "delete"',
    ]);
  });

  it('is not worth one where nothing is advised before and after, whatever the verdict', () => {
    const open = ['too small to act on', 'not certain enough', 'too close to call'];
    for (const was of open) {
      for (const is of open) expect(changes({ verdict: was }, { verdict: is })).toEqual([]);
      expect(changes({ verdict: was }, { verdict: 'not enough evidence' })).toHaveLength(1);
    }
  });

  it('is worth one where a deployment came or went, or a figure became known', () => {
    const both = [chat(), chat({ id: 'embed' })];
    expect(changes({}, { deployments: both })).toEqual([
      'embed: verdict from "not audited" to "keep"',
    ]);
    expect(changes({ deployments: both }, {})).toEqual([
      'embed: verdict from "keep" to "not audited"',
    ]);
    expect(changes({ saving: null }, { saving: '5.000000' })).toEqual([
      'saving from unknown to $5.00',
    ]);
    expect(changes({ saving: null }, { saving: null })).toEqual([]);
  });

  it('names the deployment with the changed figure', () => {
    const deployments = [chat({ spendUsd: '5000.000000' })];
    expect(changes({}, { deployments })).toEqual(['chat: spend from $4000.00 to $5000.00']);
  });

  it('states no saving that an older audit did not state', () => {
    const { savingUsd: _, ...older } = chat();
    const deployments = [chat({ savingUsd: { base: '9000.000000', low: null, high: null } })];
    expect(changes({ deployments: [older] }, { deployments })).toEqual([]);
  });

  it('is not worth one where nothing moved, though every amount counts', () => {
    expect(changes({}, {}, '0')).toEqual([]);
    expect(changes({}, { spend: '10099.990000' }, '0')).toEqual([]);
    expect(changes({}, { spend: '10100.000000' }, '0')).toHaveLength(1);
  });
});

describe('the cause of a correction', () => {
  const made = (facts: string, settings: string, codeVersion = '1') =>
    ({ digests: { facts, settings }, codeVersion }) as Audit;

  it('is named where only one thing differs', () => {
    const before = made('f', 's');
    expect(findOnlyCause(before, made('f', 't'))).toBe('settings');
    expect(findOnlyCause(before, made('f', 's', '2'))).toBe('code');
    expect(findOnlyCause(before, made('g', 's'))).toBeUndefined();
    expect(findOnlyCause(before, made('g', 't'))).toBeUndefined();
    expect(findOnlyCause(before, made('f', 't', '2'))).toBeUndefined();
    expect(findOnlyCause(before, made('f', 's'))).toBeUndefined();
  });

  it('is not guessed from an audit of an older version', () => {
    expect(findOnlyCause({ codeVersion: '1' } as Audit, made('f', 's'))).toBeUndefined();
    expect(
      findOnlyCause(made('f', 's'), { digests: null, codeVersion: '1' } as Audit),
    ).toBeUndefined();
  });
});
