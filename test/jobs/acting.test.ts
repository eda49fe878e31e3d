/** Who acts on an audit and by when, as configured. No dollar figure depends on it. */

import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { dayText, period } from '../../src/domain/period.ts';
import { quarterPeriod } from '../../src/calendar/quarter.ts';
import { findActionOwners, actionSettings } from '../../src/jobs/actionOwners.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { type AuditThreadRequest, createThreadedWork } from '../../src/main/threadTasks.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { startScenario } from '../scenarios/scenarioApp.ts';

const NOW = Date.UTC(2026, 9, 5, 22);

const CHAT = `
    model: open/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: pods, match: { id: pod-1 } }]
`;

interface Named {
  readonly top?: string;
  readonly chat?: string;
  readonly commitment?: string;
}

function configOf({ top = '', chat = '', commitment = '' }: Named): string {
  return `
ledger: ./rentcheck.db
${top}
sources: { pods: { kind: import }, other: { kind: import } }
billOfRecord: [{ source: pods, insteadOf: other }]
deployments:
  chat:${CHAT}${chat}
commitments: [{ source: pods, usdPerMonth: 100, until: 2026-12-31${commitment} }]
`;
}

const OWNED: Named = {
  top: 'owner: platform\npolicy: { actWithinDays: 14 }',
  chat: '    owner: chat team\n',
  commitment: ', owner: procurement',
};

const SENT = `report:
  from: a@example.com
  to: [b@example.com]
  timeZone: Asia/Tokyo
  sendOn: { businessDayOfQuarter: 5, at: "07:00", holidays: [2027-01-01] }
`;

async function configured(named: Named) {
  const { context } = await startScenario({ 'rentcheck.yaml': configOf(named) }, NOW);
  return context;
}

async function audited(named: Named): Promise<Audit> {
  const context = await configured(named);
  const fetch = { sourceId: 'pods', kind: 'bill', url: 'x', startedAtMs: NOW, endedAtMs: NOW };
  const { startMs, endMs } = quarterPeriod({ year: 2026, number: 3 }, 1);
  const charge: Charge = {
    key: 'all',
    sourceId: 'pods',
    resourceId: 'pod-1',
    category: 'compute',
    pricingClass: 'on-demand',
    basis: 'billed',
    period: period(startMs, endMs),
    billed: nanoUsd(9_000_000_000_000n),
  };
  await context.ledger.facts.append({ fetch, charges: [{ position: 0, fact: charge }] }, NOW);
  const answer = await auditJob.run(context, { quarter: '2026-Q3' });
  if (answer.kind !== 'done') throw new Error('the audit is made');
  return answer.result.audit;
}

test('the config names who acts, and within how many days', async () => {
  const { config } = await configured(OWNED);
  const acting = findActionOwners(config, NOW);
  expect(dayText(acting.todayMs)).toBe('2026-10-05');
  expect(dayText(acting.actByMs)).toBe('2026-10-19');
  expect(acting.owner).toBe('platform');
  expect([...acting.owners]).toEqual([['chat', 'chat team']]);
  expect([...acting.commitmentOwners]).toEqual([[0, 'procurement']]);
});

test('the decision is reviewed with the report of the quarter that has begun', async () => {
  const review = async (top: string) => {
    const { config } = await configured({ top });
    const { quarter, dayMs } = findActionOwners(config, NOW).review;
    return [quarter, dayText(dayMs)];
  };
  expect(await review('')).toEqual(['2026-Q4', '2026-12-31']);
  // New Year is a Friday and a holiday, so the fifth business day in Tokyo is the next Friday.
  expect(await review(SENT)).toEqual(['2026-Q4', '2027-01-08']);
  expect(await review('fiscal: { startMonth: 2 }')).toEqual(['2026-Q3', '2026-10-31']);
});

test('names and days make another run with the same facts, figures and probabilities', async () => {
  const [bare, owned] = [await audited({}), await audited(OWNED)];
  expect(owned.runId).not.toBe(bare.runId);
  expect(owned.inputsDigest).not.toBe(bare.inputsDigest);
  expect(owned.digests?.facts).toBe(bare.digests?.facts);
  expect(owned.digests?.settings).not.toBe(bare.digests?.settings);
  const { steps: before, ...stack } = bare.stack;
  const { steps: after, ...same } = owned.stack;
  expect(same).toEqual(stack);
  expect(owned.deployments).toEqual(bare.deployments);
  expect(before.map(({ owner, by }) => [owner, by])).toContainEqual([null, '2026-11-04']);
  expect(after.map(({ owner, by }) => [owner, by])).toContainEqual(['chat team', '2026-10-19']);
});

test('unset options leave no trace in the digests', async () => {
  const { config } = await configured({});
  expect(actionSettings(config)).toEqual({});
  const { config: days } = await configured({ top: 'policy: { actWithinDays: 30 }' });
  expect(actionSettings(days)).toEqual({});
});

test('a thread audits with the settings of the whole config', async () => {
  const { config } = await configured({ ...OWNED, top: `owner: platform\n${SENT}` });
  let deed: AuditThreadRequest | undefined;
  const threads = {
    async run(request: { readonly payload: unknown }) {
      deed = request.payload as AuditThreadRequest;
      return Promise.resolve({});
    },
  };
  const make = createThreadedWork(config, threads as Parameters<typeof createThreadedWork>[1]).make;
  await make({} as Parameters<typeof make>[0], () => undefined);
  if (deed === undefined) throw new Error('a thread was asked');
  expect(actionSettings(deed.config)).toEqual(actionSettings(config));
  expect(deed.config.billOfRecord).toEqual(config.billOfRecord);
  expect(Object.keys(deed.config.report ?? {})).toEqual(['timeZone', 'sendOn']);
});
