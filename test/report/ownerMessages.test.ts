/** Each owner gets what concerns the deployment, whatever the others are called. */

import { describe, expect, it } from 'vitest';
import { buildReportParts } from '../../src/report/report.ts';
import { charge, deployment } from '../economics/stackFixture.ts';
import { computeVerdict } from '../verdict/verdictFixture.ts';

/** Parts of each other, of a sentence, or of a regular expression. */
const IDS = ['chat', 'chat-70b', 'chat.70b', 'a', 'is', 'usage', '.*', '(chat|a)', 'price', '70b'];

/** No deployment has a price, and each has a bill. */
function letters() {
  const { audit, detail } = computeVerdict({
    policy: { draws: 20 },
    stack: {
      prices: [],
      charges: IDS.map((resourceId) => charge({ usd: '6', from: 0, to: 4, resourceId })),
      deployments: IDS.map((id) => deployment({ id, resources: [{ sourceId: 'bill', id }] })),
    },
  });
  const { owners } = buildReportParts({ audit, detail, owners: IDS });
  return { audit, owners };
}

describe('the message to an owner', () => {
  it('names the missing inputs of that deployment, and of no other', () => {
    const { owners } = letters();
    expect(owners.map((owner) => owner.deployment)).toEqual(IDS);
    for (const { deployment: id, copy } of owners) {
      const steps = copy.actions.listed.map(({ what }) => what);
      const all = [...copy.page, ...copy.sections];
      const lines = [...steps, ...all.flatMap(({ sentences, lines }) => [...sentences, ...lines])];
      const named = lines.flatMap((text) => /hosted prices for (.*?), or/.exec(text)?.[1] ?? []);
      expect(new Set(named)).toEqual(new Set([id]));
      expect(steps).toEqual([`Import hosted prices for ${id}, or correct its model name`]);
    }
  });

  it('is built from data: each deployment has its missing inputs, each step its subjects', () => {
    const { audit } = letters();
    for (const { id, missing } of audit.deployments) {
      expect(missing).toEqual([expect.stringMatching(/^No hosted price is known for /)]);
      expect(missing[0]).toContain(` for ${id},`);
    }
    const steps = audit.stack.steps.filter(({ text }) => text.startsWith('No hosted price'));
    expect(steps.map((step) => step.deployment)).toEqual(IDS);
  });
});
