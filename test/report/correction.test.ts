/** What a later edition must state: that it corrects, what differs, that it is late. */

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import type { ReportInput } from '../../src/report/input.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, aDetail, anAudit } from '../support/auditFixture.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { messageTo, renderCached, fileText } from '../support/renderedReport.ts';

const [before, now] = [30_000, 26_000].map((saving) =>
  anAudit({
    asOf: saving === 30_000 ? '2026-10-05T07:00:00Z' : '2026-10-19T09:00:00Z',
    runId: `run-${saving}`,
    deployments: [aDeployment({ savings: { delete: saving, hybrid: 1 } })],
  }),
) as [Audit, Audit];

const correction = (more: Partial<ReportInput> = {}, audit = now) =>
  renderCached({ audit, detail: aDetail(audit), ...more });
const second = { edition: 2, corrects: { number: 1, audit: before } } as const;
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('a second edition', () => {
  it('says in its subject that it is a correction; the first one does not', async () => {
    expect((await correction(second)).subject).toBe(
      'Rent check Q3 2026, correction (edition 2): delete chat-70b; save $26,000 a quarter ' +
        '(96% likely)',
    );
    const first = await correction({ edition: 1 });
    expect(first.subject).toMatch(/^Rent check Q3 2026: /);
    expect(first.text).not.toMatch(/correct/i);
    expect(first.files.map(({ name }) => name)).not.toContain('changes.csv');
  });

  it('says at the top what it corrects, and what that edition said', async () => {
    const { text } = await correction(second);
    expect(text.indexOf('Edition 2 corrects edition 1')).toBeLessThan(text.indexOf('WHY'));
    expect(flat(text)).toContain(
      'Edition 2 corrects edition 1, with data as of Oct 19, 2026 09:00 UTC instead of Oct ' +
        '5, 2026 07:00 UTC. Edition 1 said: delete chat-70b; save $30,000 a quarter (96% ' +
        'likely).',
    );
  });

  it('shows line by line what moved, the answer’s figures first', async () => {
    const { text, html } = await correction(second);
    const lines = text.slice(text.indexOf('What changed'), text.indexOf('\nWHY'));
    expect(lines).toMatch(/^Saving +\$30,000 +\$26,000$/m);
    expect(lines.indexOf('Saving')).toBeLessThan(lines.indexOf('chat-70b: '));
    expect(html).toContain('What changed');
  });

  it('lists no figure that moved by less than is material', async () => {
    // $4,000 less saved: below $5,000 it is in the file alone.
    const { text, files } = await correction({ ...second, minMoveUsd: decimal('5000') });
    expect(text).not.toContain('What moved');
    expect(flat(text)).toContain(
      'No decision changed, and no figure changed materially. Every changed figure is in ' +
        'changes.csv.',
    );
    expect(fileText(files, 'changes.csv')).toContain('stack.saving');
    const { text: at } = await correction({ ...second, minMoveUsd: decimal('4000') });
    expect(at).toMatch(/^Saving +\$30,000 +\$26,000$/m);
  });

  it('corrects for an owner the last edition that had news for that owner', async () => {
    const deployments = [aDeployment({ savings: { delete: 20_000, hybrid: 1 } })];
    const older = { number: 1, audit: { ...anAudit({ deployments }), runId: 'run-20000' } };
    const options = { edition: 3, corrects: { number: 2, audit: before }, owners: ['chat-70b'] };
    const correctsOwners = new Map([['chat-70b', older]]);
    const report = await correction({ ...options, correctsOwners });
    const own = messageTo(report, 'owner', 'chat-70b');
    expect(flat(own.text)).toContain('Edition 3 corrects edition 1');
    expect(own.text).toMatch(/^chat-70b: saving +\$20,000 +\$26,000$/m);
    expect(own.corrects).toEqual({ edition: 1, isMaterial: true });
    // The table describes the second edition, so this owner does not get it.
    expect(own.attachments).not.toContain('changes.csv');
    expect(messageTo(report, 'leader').corrects).toEqual({ edition: 2, isMaterial: true });
  });

  it('keeps the rest of the lines in a file, with unrounded values', async () => {
    const { files, letters } = await correction(second);
    const rows = parse(fileText(files, 'changes.csv'), { bom: true, columns: true }) as object[];
    expect(rows).toContainEqual({
      figure_id: 'stack.saving',
      was: '$30,000',
      is: '$26,000',
      value_was: '30000.000000',
      value_is: '26000.000000',
      unit: 'USD',
      run_id_was: 'run-30000',
      run_id_is: 'run-26000',
    });
    expect(letters[0]?.attachments).toContain('changes.csv');
    expect(
      messageTo({ letters } as Parameters<typeof messageTo>[0], 'finance').attachments,
    ).toContain('changes.csv');
  });

  it('shows an owner the earlier figures of the deployment, and what differs', async () => {
    const report = await correction({ ...second, owners: ['chat-70b'] });
    const { text, html, attachments } = messageTo(report, 'owner', 'chat-70b');
    expect(flat(text)).toContain('Edition 2 corrects edition 1, with data');
    expect(flat(text)).toContain('Edition 1 said: delete chat-70b; save $30,000 a quarter');
    const lines = text.slice(text.indexOf('What changed'), text.indexOf('\nWHY'));
    expect(lines).toMatch(/^chat-70b: saving +\$30,000 +\$26,000$/m);
    expect(lines).not.toMatch(/^Saving/m);
    expect(html).toContain('What changed');
    expect(attachments).toContain('changes.csv');
  });

  it('says so to an owner if the deployment is new, or nothing differs', async () => {
    const other = anAudit({ deployments: [aDeployment({ id: 'other' })] });
    const letterOf = async (more: Partial<ReportInput>) =>
      messageTo(
        await correction({ edition: 2, owners: ['chat-70b'], ...more }),
        'owner',
        'chat-70b',
      );
    const newcomer = await letterOf({ corrects: { number: 1, audit: other } });
    expect(flat(newcomer.text)).toContain(
      'Edition 2 corrects edition 1, which did not cover chat-70b.',
    );
    const same = await letterOf({ corrects: { number: 1, audit: now } });
    expect(flat(same.text)).toContain('The verdict is the same.');
    expect(same.text).toContain('No figure changed.');
  });

  it('is no longer than others if forty deployments differ', async () => {
    const audit = crowdedAudit();
    const deployments = audit.deployments.map((each) => ({ ...each, spendUsd: '77.000000' }));
    const corrects = { number: 3, audit: { ...audit, deployments } };
    const { html, text } = await correction({ edition: 4, corrects }, audit);
    expect(Buffer.byteLength(html)).toBeLessThan(90_000);
    expect(flat(text)).toMatch(/And \d+ more rows, all in changes\.csv\./);
  });

  it('says so if no figure differs', async () => {
    const same = { number: 1, audit: { ...now, asOf: before.asOf } };
    const { text } = await correction({ edition: 2, corrects: same });
    expect(text).toContain('No figure changed.');
    expect(flat(text)).toContain('The verdict is the same.');
  });
});

describe('a late report', () => {
  const times = { dueMs: Date.UTC(2026, 9, 7, 5), madeMs: Date.UTC(2026, 10, 26, 13, 30) };
  const span = { fromMs: Date.UTC(2026, 9, 6, 4, 5), toMs: Date.UTC(2026, 10, 26, 13) };
  const LATE = 'This report is late: due on Oct 7, 2026 05:00 UTC, made on Nov 26, 2026 13:30 UTC.';

  it('says at the top that it is late, by how much, and why if known', async () => {
    const late = { ...times, cause: { kind: 'silent', ...span } } as const;
    const { text, html, letters } = await correction({ late, owners: ['chat-70b'] });
    const notice =
      `${LATE} No data was fetched from any source from Oct 6, 2026 04:05 UTC to Nov 26, 2026 ` +
      '13:00 UTC.';
    expect(flat(text)).toContain(notice);
    expect(html).toContain(notice);
    for (const letter of letters) expect(flat(letter.text)).toContain(notice);
  });

  it('names a source that failed, whatever its name, and guesses nothing', async () => {
    const cause = { kind: 'failing', source: '<b>pods</b>', times: 7, ...span } as const;
    const { text, html } = await correction({ late: { ...times, cause } });
    expect(flat(text)).toContain(`${LATE} 7 requests to <b>pods</b> failed from Oct 6, 2026 04:05`);
    expect(html).toContain('7 requests to &lt;b&gt;pods&lt;/b&gt; failed');
    const unknown = await correction({ late: times });
    expect(unknown.html).toContain(`${LATE}</`);
  });
});
