/** The published schema describes the audits that reports are made from. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { anAudit } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { findSchemaFaults } from '../support/jsonSchema.ts';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../docs/audit.schema.json', import.meta.url), 'utf8'),
);

describe('the published schema', () => {
  it.each([
    ['mixed', mixedAudit()],
    ['kept', keptAudit()],
    ['unproven', unprovenAudit()],
    ['crowded', crowdedAudit()],
    ['empty', anAudit({ deployments: [] })],
  ])('describes every field of an audit that is %s', (_, audit) => {
    expect(findSchemaFaults(JSON.parse(JSON.stringify(audit)), schema, schema)).toEqual([]);
  });

  it('rejects a missing field, and a probability above one', () => {
    const { stack, ...audit } = mixedAudit();
    const { steps: _, ...rest } = stack;
    const bare = { ...audit, stack: rest } as unknown as Audit;
    expect(findSchemaFaults(bare, schema, schema)).toEqual(['$.stack.steps: missing']);
    const sure = { ...audit, stack: { ...stack, probability: '1.200000' } };
    expect(findSchemaFaults(sure, schema, schema)).toEqual([
      '$.stack.probability: fits none of anyOf',
    ]);
  });
});
