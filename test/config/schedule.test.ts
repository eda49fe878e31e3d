/** The schedule and limits in a config, and how faults in them are refused. */

import { describe, expect, it } from 'vitest';
import { DEFAULT_CRONS, toSchedule } from '../../src/calendar/schedule.ts';
import { toDueRule } from '../../src/calendar/reportDue.ts';
import { kindsThatProvide, loadConfigText, configProblems } from './configFile.ts';

const SOURCES = `sources:
  pods: { kind: runpod, apiKey: "\${KEY}" }
  prom: { kind: prometheus, url: http://p }
`;
const REPORT = 'report: { from: a@b, to: [c@d], timeZone: Europe/Paris';

const PODS = { id: 'pods', provides: ['charges', 'inventory', 'rates'] as const, trailingDays: 7 };
const PROM = { id: 'prom', provides: ['usage'] as const };
const sources: Parameters<typeof toSchedule>[0]['sources'] = new Map<
  string,
  typeof PODS | typeof PROM
>([
  ['pods', PODS],
  ['prom', PROM],
]);

async function rhythm(yaml: string) {
  return toSchedule({ config: await loadConfigText(yaml), sources });
}

describe('the schedule', () => {
  it('is the documented one by default', async () => {
    const { crons, sources: known, due, deliver } = await rhythm(SOURCES);
    expect(crons).toEqual(DEFAULT_CRONS);
    expect(known).toEqual([
      { ...PODS, samples: [] },
      { ...PROM, samples: [], trailingDays: 14 },
    ]);
    expect(due).toMatchObject({ businessDayOfQuarter: 5, at: '07:00', timeZone: 'UTC' });
    expect(deliver).toBe(false);
  });

  it('changes an entry, or turns it off', async () => {
    const text = 'schedule: { usage: "*/15 * * * *", check: off, prices: false, quarter: off }';
    const { crons, due } = await rhythm(text);
    const { check: _, prices: __, ...others } = DEFAULT_CRONS;
    expect(crons).toEqual({ ...others, usage: '*/15 * * * *' });
    expect(due).toBeUndefined();
  });

  it('sets for a source how far back its bill is read, and what is sampled', async () => {
    const text = `${SOURCES}schedule: { trailingDays: { pods: 30 }, sampled: { prom: [usage] } }`;
    const { sources: known } = await rhythm(text);
    expect(known.map(({ trailingDays }) => trailingDays)).toEqual([30, 14]);
    expect(known.map(({ samples }) => samples)).toEqual([[], ['usage']]);
  });

  it('has the holidays on which no report is due', async () => {
    const sendOn = 'sendOn: { businessDayOfQuarter: 3, at: "08:30", holidays: [2026-12-25] }';
    const rule = toDueRule(await loadConfigText(`${REPORT}, ${sendOn} }`));
    expect(rule).toEqual({
      startMonth: 1,
      businessDayOfQuarter: 3,
      at: '08:30',
      timeZone: 'Europe/Paris',
      holidays: new Set(['2026-12-25']),
    });
  });

  it('delivers if a report can be sent; corrects automatically by default', async () => {
    const smtp = 'smtp: { url: "smtp://127.0.0.1" }';
    expect(await rhythm(`${REPORT} }\n${smtp}`)).toMatchObject({
      deliver: true,
      corrections: 'auto',
    });
    expect(await rhythm(`${REPORT}, corrections: ask }\n${smtp}`)).toMatchObject({
      corrections: 'ask',
    });
    expect((await rhythm(smtp)).deliver).toBe(false);
  });

  it.each([
    [
      'schedule: { usage: "61 * * * *" }',
      'schedule.usage: found "61 * * * *", expected five cron fields in UTC like "5 * * * ' +
        '*" (numbers, lists, ranges, steps), or off',
    ],
    [
      'schedule: { bills: "0 7 * * mon" }',
      'schedule.bills: found "0 7 * * mon", expected five cron fields in UTC like "5 * * * ' +
        '*" (numbers, lists, ranges, steps), or off; write days and months as numbers, e.g. ' +
        '1-5 for Monday to Friday',
    ],
    [
      `${SOURCES}schedule: { trailingDays: { pod: 30 } }`,
      'schedule.trailingDays.pod: found "pod", expected the id of a source ' +
        '(pods, prom, import); did you mean "pods"?',
    ],
    [
      `${SOURCES}schedule: { trailingDays: { prom: 30 } }`,
      'schedule.trailingDays.prom: found "prom" of kind prometheus, which does not provide ' +
        `charges; use a source of kind ${kindsThatProvide('charges')}`,
    ],
    [
      `${SOURCES}schedule: { sampled: { prom: [inventory] } }`,
      'schedule.sampled.prom: found "prom" of kind prometheus, which does not provide ' +
        `inventory; use a source of kind ${kindsThatProvide('inventory')}`,
    ],
    ['schedule: { usages: "5 * * * *" }', 'schedule.usages: unknown key; did you mean "usage"?'],
  ])('%s is refused', async (yaml, fault) => {
    expect(await configProblems(yaml)).toEqual([fault]);
  });
});

describe('the limits', () => {
  it('of one host are kept next to those of any host', async () => {
    const text = 'http: { concurrent: 2, hosts: { "prometheus:9090": { perMinute: 3000 } } }';
    expect((await loadConfigText(text)).http.limits).toEqual({
      anyHost: { concurrent: 2, perMinute: 300 },
      hosts: { 'prometheus:9090': { perMinute: 3000 } },
    });
  });

  it('apply to hosts, not to URLs', async () => {
    expect(await configProblems('http: { hosts: { "http://p": { concurrent: 1 } } }')).toEqual([
      'http.hosts.http://p: found "http://p", expected a host like api.example.com or ' +
        'prometheus:9090; leave out the protocol and the path',
    ]);
  });
});
