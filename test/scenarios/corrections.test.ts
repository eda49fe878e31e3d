/** Scenario: a correction goes only to readers whose decision or figure changed materially. */

import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { correctJob } from '../../src/jobs/correct.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { makeAudit } from '../../src/jobs/makeAudit.ts';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { findOnlyCause } from '../../src/verdict/materialChanges.ts';
import { startMailServer, type ReceivedMail } from '../support/mailServer.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const QUARTER = '2026-Q3';
const CLOSED_MS = Date.UTC(2026, 9, 5);

/** The worked example twice, `chat` and `chat-70b`; a dollar is material. */
function filesFor(port: number) {
  const [config = '', rest = ''] = WORKED_FILES['rentcheck.yaml'].split('deployments:\n');
  const [example = '', labor = ''] = rest.split('labor:\n');
  const named = (id: string, pod: string) =>
    example.replace('  example:', `  ${id}:`).replace('pod-1', pod);
  const both = (text: string, marks: readonly (readonly [string, string])[]) => {
    const [head = '', ...rows] = text.trimEnd().split('\n');
    const second = rows.map((row) => marks.reduce((line, [a, b]) => line.replace(a, b), row));
    return `${[head, ...rows, ...second].join('\n')}\n`;
  };
  return {
    'rentcheck.yaml': `${config}policy: { minSavingUsd: 1 }
deployments:
${named('chat', 'pod-1')}${named('chat-70b', 'pod-2')}labor:
${labor}report:
  from: audit@example.com
  to: [cfo@example.com]
  recipients:
    - { role: owner, address: chat@example.com, deployments: [chat] }
    - { role: owner, address: big@example.com, deployments: [chat-70b] }
    - { role: finance, address: books@example.com }
smtp: { url: "smtp://127.0.0.1:${port}" }
`,
    'charges.csv': both(WORKED_FILES['charges.csv'], [
      ['line-1', 'line-2'],
      ['pod-1', 'pod-2'],
    ]),
    'usage.csv': both(WORKED_FILES['usage.csv'].replaceAll('example,', 'chat,'), [
      ['chat,', 'chat-70b,'],
    ]),
    'prices.csv': WORKED_FILES['prices.csv'],
  };
}

/** All four readers have the first edition. */
async function reported() {
  const server = await startMailServer();
  const files = filesFor(server.port);
  const office = await startScenario(files, CLOSED_MS);
  const { context, clock, ledger } = office;
  await office.audit(QUARTER);
  const edition = await office.freeze(QUARTER);
  await deliverJob.run(context, { edition });
  expect(whose(server.received)).toEqual(['big', 'books', 'cfo', 'chat']);
  await ledger.work.markDone({ line: 'quarter', subject: QUARTER, dueAtMs: CLOSED_MS }, CLOSED_MS);
  let charges = files['charges.csv'];
  return {
    ...office,
    files,
    /** Changes the amount of one charge a day later; returns who has been mailed since. */
    restated: async (line: string, was: string, is: string) => {
      clock.set(clock.nowMs() + DAY_MS);
      charges = charges.replace(new RegExp(`^(${line},.*),${was},`, 'm'), `$1,${is},`);
      await office.replace('charges', charges);
      return mailedBy(() => correctJob.run(context, { quarter: QUARTER }));
    },
    mailed: () => server.received,
  };

  async function mailedBy(act: () => Promise<unknown>) {
    const before = server.received.length;
    const answer = await act();
    return {
      answer,
      mailed: server.received.slice(before),
      to: whose(server.received.slice(before)),
    };
  }
}

function whose(taken: readonly ReceivedMail[]): string[] {
  return taken.map(({ recipient }) => recipient.replace(/@.*/, '')).toSorted();
}

function flat({ message }: ReceivedMail): string {
  return String(message)
    .replace(/=\r?\n/g, '')
    .replace(/\s+/g, ' ');
}

test('readers without a changed figure are not mailed; the others get what changed', async () => {
  const { restated } = await reported();
  const { mailed, to } = await restated('line-1', '6.00', '8.00');
  expect(to).toEqual(['books', 'cfo', 'chat']);
  const letter = flat(
    mailed.find(({ recipient }) => recipient.startsWith('chat@')) as ReceivedMail,
  );
  expect(letter).toContain('Edition 2 corrects edition 1');
  expect(letter).toContain('chat: spend $6.00 $8.00');
  expect(letter).not.toContain('chat-70b: spend');
});

test('an immaterial change is mailed to no reader until such changes add up', async () => {
  const { restated, ledger } = await reported();
  const first = await restated('line-2', '6.00', '6.60');
  expect(first.to).toEqual([]);
  expect(first.answer).toMatchObject({
    result: { why: 'The changes are too small to report' },
  });
  // Of chat $2.00, of chat-70b $0.60: its owner is not mailed.
  expect((await restated('line-1', '6.00', '8.00')).to).toEqual(['books', 'cfo', 'chat']);
  // Since what he was last sent, $1.10; since the second edition, $0.50.
  const third = await restated('line-2', '6.60', '7.10');
  expect(third.to).toEqual(['big']);
  const letter = flat(
    third.mailed.find(({ recipient }) => recipient.startsWith('big')) as ReceivedMail,
  );
  expect(letter).toContain('Edition 3 corrects edition 1');
  expect(letter).toContain('chat-70b: spend $6.00 $7.10');
  expect(await ledger.deliveries.editions({ quarter: QUARTER })).toHaveLength(3);
});

test('a change of settings alone is named as the cause, a change of facts is not', async () => {
  const { context, audit, ledger, replace, files, clock } = await reported();
  const { labor } = context.config;
  const loadedUsdPerHour = decimal('3');
  const config = { ...context.config, labor: { ...labor, loadedUsdPerHour } };
  const made = { ...context, config };
  const make: JobContext['audits']['make'] = (request) => makeAudit(made, request);
  const setAnew: JobContext = { ...made, audits: { ...made.audits, make } };
  const changed = await auditJob.run(setAnew, { quarter: QUARTER });
  if (changed.kind !== 'done') throw new Error(changed.reason);
  const [first] = await ledger.deliveries.editions({ quarter: QUARTER });
  const record = await ledger.audits.load({ runId: first?.runId ?? '' });
  const before = JSON.parse(record?.auditJson ?? '') as Audit;
  expect(findOnlyCause(before, changed.result.audit)).toBe('settings');
  const findings = findingsForLeader(before);
  const corrects = { number: 1, findings, moves: [], changes: [] };
  const about = (now: Audit) =>
    JSON.stringify(
      buildReportText(findingsForLeader(now), LEADER, { edition: 2, corrects }).sections[0],
    );
  expect(about(changed.result.audit)).toContain(
    'Only settings in rentcheck.yaml changed. Edition 1 said: ',
  );
  clock.set(clock.nowMs() + DAY_MS);
  await replace('charges', files['charges.csv'].replace(',6.00,', ',9.00,'));
  const restated = await audit(QUARTER);
  expect(findOnlyCause(before, restated.audit)).toBeUndefined();
  expect(about(restated.audit)).toContain('corrects edition 1');
  expect(about(restated.audit)).not.toContain('settings');
});

test('the same correction requested again mails no one twice', async () => {
  const { restated, context, mailed } = await reported();
  await restated('line-1', '6.00', '8.00');
  const before = mailed().length;
  const again = await correctJob.run(context, { quarter: QUARTER });
  expect(again).toMatchObject({ result: { why: 'Nothing changed' } });
  expect(mailed()).toHaveLength(before);
});

test('an edition without changes goes only to readers who did not get the last one', async () => {
  const { restated, context, audit, freeze, mailed } = await reported();
  await restated('line-1', '6.00', '6.20');
  await audit(QUARTER);
  const edition = await freeze(QUARTER);
  const before = mailed().length;
  const nobody = await deliverJob.run(context, { edition });
  expect(nobody).toMatchObject({
    kind: 'done',
    shortfalls: [
      `${edition} has no news for any recipient. To send it anyway, name a recipient with --to.`,
    ],
  });
  expect(mailed()).toHaveLength(before);
  expect(await correctJob.run(context, { quarter: QUARTER })).toMatchObject({
    result: { why: 'The edition has no news for any recipient' },
    shortfalls: [],
  });
  await deliverJob.run(context, { edition, to: 'new@example.com', anybody: true });
  expect(whose(mailed().slice(before))).toEqual(['new']);
  const letter = flat(mailed().at(-1) as ReceivedMail);
  expect(letter).toContain('No decision changed, and no figure changed materially.');
});
