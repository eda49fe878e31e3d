/** Who gets which message, what it contains, and the reading order for a leader. */

import { describe, expect, it } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import { aDeployment, aDetail, anAudit } from '../support/auditFixture.ts';
import { mixedAudit } from '../support/audits.ts';
import { messageTo, renderCached } from '../support/renderedReport.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const mixed = mixedAudit();
const input = { audit: mixed, detail: aDetail(mixed), owners: ['chat-70b', 'gone'] };

describe('the messages of a report', () => {
  it('are one to leaders, one to finance, and one for each known deployment', async () => {
    const { letters } = await renderCached(input);
    expect(letters.map(({ role, deployment }) => [role, deployment])).toEqual([
      ['leader', undefined],
      ['finance', undefined],
      ['owner', 'chat-70b'],
    ]);
  });

  it('have files from the report, and show all their pictures', async () => {
    const { letters, files } = await renderCached(input);
    const names = files.map(({ name }) => name);
    for (const { pictures, attachments, html } of letters) {
      for (const file of [...attachments, ...pictures.map((picture) => picture.file)]) {
        expect(names).toContain(file);
      }
      const shown = [...html.matchAll(/src="cid:([^"]+)"/g)].map(([, cid]) => cid);
      expect(new Set(shown)).toEqual(new Set(pictures.map(({ cid }) => cid)));
    }
  });

  it('give leaders the page with data and tables, finance the tables alone', async () => {
    const report = await renderCached(input);
    const tables = ['deployments.csv', 'options.csv', 'figures.csv'];
    expect(messageTo(report, 'leader').attachments).toEqual(['report.json', ...tables]);
    const finance = messageTo(report, 'finance');
    expect(finance).toMatchObject({ attachments: tables, pictures: [], subject: report.subject });
    expect(finance.text).toContain('WHAT TO CHECK BEFORE BOOKING');
    expect(finance.text).not.toContain('WHY');
  });

  it('give leaders and finance the hosted spend, and how much is attributed', async () => {
    const purchase = (source: string, model: string, usd: string) => ({ source, model, usd });
    const [own, loose] = [{ deployment: 'chat-70b' }, { deployment: null }];
    const hostedSpend = {
      captureRate: '0.690000',
      unattributedUsd: '310.000000',
      models: [
        {
          ...purchase('router', 'llama', '690.000000'),
          ...own,
          tokens: 2_000_000,
          isSecondHand: false,
        },
        {
          ...purchase('litellm', 'llama', '650.000000'),
          ...own,
          tokens: 1_900_000,
          isSecondHand: true,
        },
        { ...purchase('openai', 'gpt', '310.000000'), ...loose, tokens: null, isSecondHand: false },
      ],
    };
    const totals = { ...mixed.totals, hostedSpendUsd: '1000.000000', hostedSpend };
    const report = await renderCached({ ...input, audit: { ...mixed, totals } });
    const texts = [
      '$1,000 was paid for hosted APIs. It is not part of the GPU spend.',
      'llama from router (for chat-70b): $690.',
      'gpt from openai (not attributed): $310.',
      'Token counts are known for 69% of it.',
    ];
    for (const role of ['leader', 'finance'] as const) {
      const words = messageTo(report, role).text.replaceAll(/\s+/g, ' ');
      expect(texts.filter((sentence) => !words.includes(sentence))).toEqual([]);
    }
    const rows =
      /All \([\s\S]*?Hosted APIs in use already \(tokens known for 69%\): not in the total/;
    expect(messageTo(report, 'leader').text).toMatch(rows);
    expect(messageTo(report, 'leader').text).toMatch(/\n +\$1,000 +2M /);
  });

  it('have an owner’s deployment in the subject, with its own picture', async () => {
    const letter = messageTo(await renderCached(input), 'owner', 'chat-70b');
    expect(letter.subject).toBe(
      'Rent check Q3 2026: delete chat-70b; save $30,214 a quarter (over 99% likely)',
    );
    expect(letter.pictures.map(({ file }) => file)).toEqual(['charts/chat-70b/week-hours.png']);
    expect(letter.attachments).toEqual(['options.csv', 'report.json']);
  });

  it.each(['../../etc/passwd', '..', '/tmp/x', 'C:\\x', '.ssh'])(
    'let no deployment called %s put its picture elsewhere',
    async (id) => {
      const audit = anAudit({ deployments: [aDeployment({ id }), aDeployment({ id: 'other' })] });
      const { files } = await renderCached({ audit, detail: aDetail(audit), owners: [id] });
      const pictures = files.filter(({ name }) => name.endsWith('/week-hours.png'));
      expect(pictures).toHaveLength(1);
      for (const { name } of pictures) {
        expect(name).toMatch(/^charts\/[\w-][\w.-]*\/week-hours\.png$/);
      }
    },
  );

  it('have a short form for a chat: the answer, three figures, three steps', async () => {
    const { brief, subject, headline } = await renderCached(input);
    expect(brief).toMatchObject({ title: subject, headline });
    expect(brief.figures.map(({ value }) => value)).toEqual([
      '$0.101 vs $0.0892',
      '33%',
      '$41,214',
    ]);
    expect(brief.steps).toHaveLength(3);
    expect(brief.steps[0]).toMatch(/^Delete chat-70b .*: \$30,214 \(owner: .*, due: .*\)$/);
  });
});

describe('a leader reads', () => {
  const previous = { ...anAudit(), quarter: '2026-Q2' };

  it('the sections in this order', () => {
    const { sections } = buildReportText(findingsForLeader(mixed), LEADER, { previous });
    expect(sections.map(({ title }) => title)).toEqual([
      'Why',
      'Actions in detail',
      'Commitments',
      'What would change the verdict',
      'The next quarter',
      'Deployments',
      'Changes since Q2 2026, forecast and actual saving',
      'How certain the figures are',
      'Waivers to renew',
      'Method, sources and figure IDs',
    ]);
  });

  it('the reasons in three sentences', () => {
    expect(findingsForLeader(mixed).why).toHaveLength(3);
  });

  it('facts about the edition itself at the foot of the page', async () => {
    const { letters } = await renderCached({ ...input, notes: ['there is no PDF: no browser'] });
    expect(letters[0]?.text).toContain('There is no PDF: no browser.');
    expect(letters[0]?.html).toContain('There is no PDF: no browser.');
  });
});
