/** Knows which change of a reported quarter is worth another letter. */

import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { materialChanges } from '../../src/jobs/material.ts';
import type { Audit } from '../../src/verdict/audit.ts';

interface Told {
  readonly verdict?: string;
  readonly spend?: string;
  readonly saving?: string | null;
  readonly deployments?: readonly { readonly id: string; readonly verdict: string }[];
}

/** Only what is compared. */
function audit({ verdict = 'keep', spend = '10000.000000', saving = '0.000000', ...more }: Told) {
  return {
    stack: { verdict, savingUsd: { base: saving, low: null, high: null } },
    totals: { spendUsd: spend },
    deployments: more.deployments ?? [{ id: 'chat', verdict: 'keep' }],
  } as unknown as Audit;
}

function changes(before: Told, after: Told, minUsd = '1000'): string[] {
  return materialChanges(audit(before), audit(after), decimal(minUsd));
}

describe('a quarter whose facts changed', () => {
  it('is not worth a letter where verdicts stand and amounts hardly moved', () => {
    expect(changes({}, { spend: '10999.999999' })).toEqual([]);
    expect(changes({ saving: '500.000000' }, { saving: '-499.000000' })).toEqual([]);
  });

  it('is worth one at the amount from which a change would be advised', () => {
    expect(changes({}, { spend: '11000.000000' })).toEqual(['spend: $10000.00 became $11000.00']);
    expect(changes({ saving: '2000.000000' }, { saving: '900.000000' })).toEqual([
      'saving: $2000.00 became $900.00',
    ]);
  });

  it('is worth one at any amount where a verdict turned', () => {
    expect(changes({}, { verdict: 'delete' })).toEqual(['the stack: "keep" became "delete"']);
    const deployments = [{ id: 'chat', verdict: 'delete' }];
    expect(changes({}, { deployments })).toEqual(['chat: "keep" became "delete"']);
  });

  it('is worth one where a deployment came in, or a figure became known', () => {
    const both = [
      { id: 'chat', verdict: 'keep' },
      { id: 'embed', verdict: 'keep' },
    ];
    expect(changes({}, { deployments: both })).toEqual(['embed: "not audited" became "keep"']);
    expect(changes({ saving: null }, { saving: '5.000000' })).toEqual([
      'saving: unknown became 5.000000',
    ]);
    expect(changes({ saving: null }, { saving: null })).toEqual([]);
  });

  it('is not worth one where nothing moved, though every amount counts', () => {
    expect(changes({}, {}, '0')).toEqual([]);
    expect(changes({}, { spend: '10000.010000' }, '0')).toHaveLength(1);
  });
});
