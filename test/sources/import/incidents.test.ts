/** Tests that incident exports become hours: whose, on which day, how many, and once. */

import { describe, expect, test } from 'vitest';
import type { OpsEntry } from '../../../src/domain/provenance.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { type ImportOptions, readImportText, refusedFile } from './readImportText.ts';

const HEADER =
  'id,incident_number,description,service_id,service_name,team_name,created_on,resolved_on,' +
  'seconds_to_first_ack,seconds_to_resolve,engaged_seconds,user_defined_effort_seconds,status';

interface Cells {
  readonly [column: string]: string;
}

const RESOLVED: Cells = {
  id: 'PT4KHLK',
  incident_number: '1234',
  description: 'Queue is full',
  service_id: 'PIJ90N7',
  service_name: 'llm-chat',
  created_on: '2026-07-01T23:30:00Z',
  resolved_on: '2026-07-02T01:30:00Z',
  status: 'resolved',
};

function pagerDuty(...rows: readonly Cells[]): string {
  const lines = rows.map((row) =>
    HEADER.split(',')
      .map((column) => row[column] ?? '')
      .join(','),
  );
  return [HEADER, ...lines, ''].join('\n');
}

async function entryOf(text: string, options: ImportOptions = {}): Promise<OpsEntry> {
  const { facts, rejects, warnings } = await readImportText('ops', text, options);
  expect({ rejects, warnings, entries: facts.ops.length }).toEqual({
    rejects: [],
    warnings: [],
    entries: 1,
  });
  return facts.ops[0]?.fact as OpsEntry;
}

async function reasonOf(text: string, options: ImportOptions = {}): Promise<string> {
  const { facts, rejects } = await readImportText('ops', text, options);
  expect(facts.ops).toEqual([]);
  expect(rejects).toHaveLength(1);
  return rejects[0]?.reason ?? '';
}

describe("PagerDuty's CSV", () => {
  test('is an entry on the day on which the incident began, under its id', async () => {
    const text = pagerDuty({ ...RESOLVED, engaged_seconds: '5400' });
    expect(await entryOf(text)).toEqual({
      sourceId: 'import',
      key: 'pagerduty/PT4KHLK',
      dayMs: Date.UTC(2026, 6, 1),
      workedMs: 1.5 * HOUR_MS,
      note: 'Queue is full',
    });
  });

  test.each([
    ['the effort that a person wrote', { user_defined_effort_seconds: '7200' }, 2],
    ['then the engaged time of all responders', {}, 1.5],
    ['an effort of 0 is an empty field', { user_defined_effort_seconds: '0' }, 1.5],
    ['without any engagement, 0', { engaged_seconds: '0' }, 0],
    ['else acknowledgement to end', { engaged_seconds: '', seconds_to_first_ack: '900' }, 1.75],
    [
      'by durations, where the end is one',
      {
        engaged_seconds: '',
        seconds_to_first_ack: '1800',
        seconds_to_resolve: '9000',
        resolved_on: '',
      },
      2,
    ],
  ])('counts %s', async (_name, cells: Cells, hours) => {
    const entry = await entryOf(pagerDuty({ ...RESOLVED, engaged_seconds: '5400', ...cells }));
    expect(entry.workedMs).toBe(hours * HOUR_MS);
  });

  test.each([
    ['it is not resolved yet', { status: 'acknowledged', engaged_seconds: '60' }],
    ['it is not resolved yet', { status: '', resolved_on: '', engaged_seconds: '60' }],
    ['its duration is unknown', {}],
    ['created_at is empty', { created_on: '', engaged_seconds: '60' }],
    ['created_on is "yesterday"; expected a time', { created_on: 'yesterday' }],
    ['engaged_seconds is "-1"; expected 0 or more', { engaged_seconds: '-1' }],
    ['id is empty', { id: '', incident_number: '', engaged_seconds: '60' }],
    ['resolution is negative', { seconds_to_first_ack: '999999' }],
    ['engaged_seconds is 2160 hours; expected at most 744', { engaged_seconds: '7776000' }],
    [
      'user_defined_effort_seconds is 10001 hours; expected at most 10000',
      { user_defined_effort_seconds: '36003600' },
    ],
  ])('rejects where %s', async (reason, cells: Cells) => {
    expect(await reasonOf(pagerDuty({ ...RESOLVED, ...cells }))).toContain(reason);
  });

  test.each([
    ['2026-07-01T23:30:00+02:00', Date.UTC(2026, 6, 1)],
    ['2026-07-02 01:00:00 +0200', Date.UTC(2026, 6, 1)],
    ['2026-07-01 23:30:00 UTC', Date.UTC(2026, 6, 1)],
    ['2026-07-02T00:30:00', Date.UTC(2026, 6, 2)],
  ])('takes the day in UTC from %s', async (created, dayMs) => {
    const text = pagerDuty({ ...RESOLVED, created_on: created, engaged_seconds: '60' });
    expect((await entryOf(text)).dayMs).toBe(dayMs);
  });

  test('without any column of time is refused whole', async () => {
    const failure = await refusedFile('ops', 'id,incident_number,created_on\nP1,1,2026-07-01\n');
    expect(failure.message).toContain('has no column user_defined_effort_seconds, engaged_seconds');
    expect(failure.expected).toContain('id or incident_number, created_at or created_on');
  });

  test('with column names as in a report is the same', async () => {
    const text =
      'Incident Number,ID,Service Name,Created On,Engaged Seconds,Status\n' +
      '7,P7,llm-chat,2026-07-01T00:00:00Z,3600,Resolved\n';
    expect(await entryOf(text, { deploymentOf: ([name]) => name })).toMatchObject({
      key: 'pagerduty/P7',
      deployment: 'llm-chat',
      workedMs: HOUR_MS,
    });
  });
});

describe("PagerDuty's JSON", () => {
  const incident = {
    incident_number: 1234,
    id: 'PT4KHLK',
    title: 'The server is on fire.',
    created_at: '2026-07-01T21:30:42Z',
    status: 'resolved',
    service: { id: 'PIJ90N7', type: 'service_reference', summary: 'llm-chat' },
    teams: [{ id: 'PQ9K7I8', summary: 'Engineering' }],
    last_status_change_at: '2026-07-01T22:30:42Z',
    acknowledgements: [
      { at: '2026-07-01T22:00:42Z', acknowledger: { summary: 'B' } },
      { at: '2026-07-01T21:45:42Z', acknowledger: { summary: 'A' } },
    ],
  };
  const page = { incidents: [incident], limit: 25, offset: 0, more: false };

  test('of the incident API counts from the first acknowledgement to the end', async () => {
    const seen: (readonly string[])[] = [];
    const deploymentOf = (names: readonly string[]) => {
      seen.push(names);
      return 'chat';
    };
    const entry = await entryOf(JSON.stringify(page, null, 2), { file: 'p.json', deploymentOf });
    expect(seen).toEqual([['llm-chat', 'Engineering']]);
    expect(entry).toMatchObject({
      key: 'pagerduty/PT4KHLK',
      deployment: 'chat',
      workedMs: 0.75 * HOUR_MS,
      note: 'The server is on fire.',
    });
  });

  test('of the analytics API, a list, or lines is the same incident', async () => {
    const raw = { ...incident, acknowledgements: [], engaged_seconds: 2700, service_name: 's' };
    for (const text of [
      JSON.stringify({ first: 'a', data: [raw], more: false }),
      JSON.stringify([raw]),
      JSON.stringify({ incident: raw }),
      `\uFEFF${JSON.stringify(raw)}\n`,
      `${JSON.stringify({ incidents: [raw] })}\n${JSON.stringify({ incidents: [] })}\n`,
    ]) {
      const entry = await entryOf(text, { pieceBytes: 7 });
      expect(entry).toMatchObject({ key: 'pagerduty/PT4KHLK', workedMs: 0.75 * HOUR_MS });
    }
  });

  test('names a bad incident by its position, and keeps the others', async () => {
    const list = [{ ...incident, acknowledgements: [] }, 7, incident];
    const { facts, rejects } = await readImportText('ops', JSON.stringify({ incidents: list }));
    expect(facts.ops.map(({ position }) => position)).toEqual([3]);
    expect(rejects.map(({ position }) => position)).toEqual([1, 2]);
    expect(rejects[1]).toMatchObject({ reason: expect.stringContaining('not an incident') });
  });

  test('that is truncated is refused whole; a broken line among others is a reject', async () => {
    const text = JSON.stringify(page, null, 2);
    const failure = await refusedFile('ops', text.slice(0, -20));
    expect(failure).toMatchObject({ code: 'usage', message: 'f.csv is incomplete JSON' });
    const line = JSON.stringify(incident);
    const { facts, rejects } = await readImportText('ops', `${line}\n${line.slice(0, 90)}\n`);
    expect([facts.ops.length, rejects[0]?.position]).toEqual([1, 2]);
  });
});

describe('Opsgenie', () => {
  const COLUMNS = 'Alert ID,TinyID,Message,Status,CreatedAt,Ack Time,Close Time,Teams,Tags';
  const created = Date.UTC(2026, 6, 3, 12);
  const csv = (...cells: string[]) => `${COLUMNS}\n${cells.join(',')}\n`;

  test('as CSV counts from acknowledgement to closing, both since the alert began', async () => {
    const text = csv('a-1', '17', 'Disk', 'closed', `${created}`, '600000', '4200000', 'llm', 'x');
    expect(await entryOf(text)).toEqual({
      sourceId: 'import',
      key: 'opsgenie/a-1',
      dayMs: Date.UTC(2026, 6, 3),
      workedMs: HOUR_MS,
      note: 'Disk',
    });
  });

  test('as JSON reads the report of each alert', async () => {
    const alert = {
      id: 'a-1',
      tinyId: '17',
      message: 'Disk',
      status: 'closed',
      createdAt: '2026-07-03T12:00:00.5Z',
      tags: ['gpu', 'chat, prod'],
      responders: [{ id: 'r', type: 'team', name: 'llm' }],
      report: { ackTime: 600_000, closeTime: 4_200_000, closedBy: 'a@example.com' },
    };
    const seen: (readonly string[])[] = [];
    const deploymentOf = (names: readonly string[]) => void seen.push(names);
    const text = JSON.stringify({ data: [alert], took: 0.1, requestId: 'r' });
    expect(await entryOf(text, { deploymentOf })).toMatchObject({ workedMs: HOUR_MS });
    expect(seen).toEqual([['llm', 'gpu\nchat, prod', 'gpu', 'chat', 'prod']]);
  });

  test('as the list of alerts, which has no times, is refused whole', async () => {
    const text = 'Alert ID,Alias,TinyID,Message,Status,CreatedAt,Count,Owner,Teams\n';
    const failure = await refusedFile('ops', text);
    expect(failure.message).toContain('has no column report_close_time, close_time or closed_at');
    expect(failure.hint).toContain('API');
  });

  test('by timestamps, where an export has those', async () => {
    const text =
      'TinyId,CreatedAt,AcknowledgedAt,ClosedAt,Team\n' +
      '17,2026-07-03T12:00:00Z,2026-07-03T12:10:00Z,2026-07-03T12:40:00Z,llm\n';
    expect(await entryOf(text)).toMatchObject({ key: 'opsgenie/#17', workedMs: HOUR_MS / 2 });
  });

  test.each([
    ['it is not closed yet', ['a', '1', 'm', 'open', `${created}`, '1', '']],
    ['no one acknowledged it', ['a', '1', 'm', 'closed', `${created}`, '', '60000']],
    ['close_time is empty', ['a', '1', 'm', 'closed', `${created}`, '1', '']],
    ['ack_time is "soon"', ['a', '1', 'm', 'closed', `${created}`, 'soon', '60000']],
  ])('is rejected where %s', async (reason, cells) => {
    expect(await reasonOf(csv(...cells, '', ''))).toContain(reason);
  });
});

test('a file in our own format is read as such, whatever its notes say', async () => {
  const own = 'date,deployment,hours,note\n2026-07-01,chat,1.5,"""incident_number"": 1"\n';
  expect(await entryOf(own)).toMatchObject({ deployment: 'chat', workedMs: 1.5 * HOUR_MS });
  const line = { date: '2026-07-01', hours: 2, note: '{"tinyId": "1"}' };
  const text = `${JSON.stringify(line)}\n`;
  expect(await entryOf(text, { file: 'o.jsonl' })).toMatchObject({ workedMs: 2 * HOUR_MS });
});

test('a given format overrides the format that the file looks like', async () => {
  const text = pagerDuty({ ...RESOLVED, engaged_seconds: '60' });
  expect((await refusedFile('ops', text, { format: 'csv' })).message).toContain('"date"');
  const failure = await refusedFile('ops', text, { format: 'opsgenie' });
  expect(failure.message).toContain('has no column created_at or created_at_date');
  const options = { format: 'pagerduty' } as const;
  expect(await entryOf(text, options)).toMatchObject({ workedMs: 60_000 });
});

test('a duplicate incident counts once; of two versions, the later is rejected', async () => {
  const row = { ...RESOLVED, engaged_seconds: '60' };
  const twice = await readImportText('ops', pagerDuty(row, row, { ...row, engaged_seconds: '61' }));
  expect(twice.facts.ops).toHaveLength(1);
  expect(twice.warnings).toEqual(['1 row repeats an earlier row exactly.']);
  expect(twice.rejects[0]?.reason).toContain('conflicts with line 2');
});

test('simultaneous incidents are two pieces of work, and hostile text stays text', async () => {
  const row = { ...RESOLVED, engaged_seconds: '3600', description: '\u001b[2J=cmd|x' };
  const { facts } = await readImportText('ops', pagerDuty(row, { ...row, id: '__proto__' }));
  expect(facts.ops.map(({ fact }) => [fact.key, fact.workedMs, fact.note])).toEqual([
    ['pagerduty/PT4KHLK', HOUR_MS, '[2J=cmd|x'],
    ['pagerduty/__proto__', HOUR_MS, '[2J=cmd|x'],
  ]);
});

test('a file with Windows line ends and a byte order mark is still recognized', async () => {
  const text = `\uFEFF${pagerDuty({ ...RESOLVED, engaged_seconds: '60' })}`;
  const entry = await entryOf(text.replaceAll('\n', '\r\n'), { pieceBytes: 1 });
  expect(entry.key).toBe('pagerduty/PT4KHLK');
});
