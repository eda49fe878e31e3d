/** How the delivery sections are read: recipients, channels, signing, the overdue check. */

import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { deploymentYaml, configFaults, loadConfigText, configProblems } from './configFile.ts';

const report = (more: string) => `report: { from: a@b, to: [c@d], ${more} }`;
const one = (recipient: string, more = '') => report(`recipients: [{ ${recipient} }], ${more}`);

test('recipients are read in the order of the file, by mail by default', async () => {
  const channels = 'channels: { room: { kind: slack, webhook: ${HOOK} } }';
  const content = `report:
  from: a@b
  recipients: [{ address: x@y, role: finance }, { channel: room, role: leader },
    { address: o@y, role: owner, deployments: [a] }]
  ${channels}
${deploymentYaml('')}`;
  const { report } = await loadConfigText(content, { HOOK: 'https://hooks.example.com/1' });
  expect(report).toMatchObject({
    to: [],
    recipients: [
      { address: 'x@y', role: 'finance', channel: 'mail' },
      { channel: 'room', role: 'leader' },
      { address: 'o@y', role: 'owner', channel: 'mail', deployments: ['a'] },
    ],
    pdf: false,
  });
  const [room] = report?.channels ?? [];
  expect(room).toMatchObject({ id: 'room', kind: 'slack' });
  expect(room?.kind === 'slack' && room.webhook.reveal()).toBe('https://hooks.example.com/1');
});

test('paths of folders, authorities and browsers are relative to the file', async () => {
  const config = await loadConfigText(`${report('channels: { d: { kind: folder, path: mail } }')}
smtp: { url: smtp://127.0.0.1, ca: certs/ca.pem }
`);
  const folder = dirname(config.file);
  expect(config.report?.channels).toEqual([{ id: 'd', kind: 'folder', path: `${folder}/mail` }]);
  expect(config.smtp).toMatchObject({ ca: `${folder}/certs/ca.pem`, timeoutMs: 60_000 });
  const browser = async (text: string) => (await loadConfigText(report(text))).report?.chromium;
  expect(await browser('chromium: google-chrome')).toBe('google-chrome');
  expect(await browser('chromium: ./bin/chrome')).toMatch(/^\/.*\/bin\/chrome$/);
});

test('the locale of a report is a known BCP 47 locale', async () => {
  const read = async (text: string) => (await loadConfigText(report(text))).report;
  expect(await read('')).toMatchObject({ language: 'en' });
  expect((await read(''))?.locale).toBeUndefined();
  expect((await read('locale: de-CH'))?.locale).toBe('de-CH');
  for (const wrong of ['de_DE', 'xx', '""', '7']) {
    expect(await configProblems(report(`locale: ${wrong}`))).toContainEqual(
      expect.stringContaining('expected a BCP 47 locale like de-DE'),
    );
  }
  expect(await configProblems(report('language: fr'))).toHaveLength(1);
});

test('the overdue check waits a day by default, and may alert the owner alone', async () => {
  const read = async (text: string) => (await loadConfigText(report(text))).report?.deadMan;
  expect(await read('owner: o@x, deadMan: {}')).toEqual({ graceMs: 24 * HOUR_MS });
  expect(await read('deadMan: { to: x@y, graceHours: 0 }')).toEqual({ to: 'x@y', graceMs: 0 });
});

const KEY = 'domain: example.com, selector: mail2026, privateKey: ${K}';

test('a signature needs a domain, a selector and a key that stays hidden', async () => {
  const text = `smtp: { url: smtp://h, requireTls: true, dkim: { ${KEY} } }`;
  const { smtp } = await loadConfigText(text, { K: 'hush' });
  expect(smtp?.requireTls).toBe(true);
  expect(smtp?.dkim?.privateKey.reveal()).toBe('hush');
  expect(JSON.stringify(smtp)).not.toContain('hush');
});

const CASES: readonly (readonly [title: string, content: string, fault: string])[] = [
  [
    'nobody to send to',
    'report: { from: a@b }',
    'report.to: found no recipient, expected to or recipients; add at least one',
  ],
  [
    'a role near a known one',
    one('address: x@y, role: leaders'),
    'report.recipients[0].role: found "leaders", expected leader, owner or finance; ' +
      'did you mean "leader"?',
  ],
  [
    'a channel near a known one',
    one('channel: rom, role: leader', 'channels: { room: { kind: teams, webhook: ${W} } }'),
    'report.recipients[0].channel: found "rom", expected the id of a channel (mail, room); ' +
      'did you mean "room"?',
  ],
  [
    'mail without an address',
    one('role: leader'),
    'report.recipients[0].address: missing, expected one mail address like ' +
      'cfo@example.com; add it',
  ],
  [
    'an address for a webhook',
    one(
      'channel: r, address: x@y, role: leader',
      'channels: { r: { kind: slack, webhook: ${W} } }',
    ),
    'report.recipients[0].address: found an address, but a slack webhook posts to one ' +
      'place; remove it',
  ],
  [
    'a kind of channel near a known one',
    report('channels: { r: { kind: slak, webhook: ${W} } }'),
    'report.channels.r.kind: found "slak", expected folder, stdout, slack or teams; ' +
      'did you mean "slack"?',
  ],
  [
    'a webhook in plain text',
    report('channels: { room: { kind: slack, webhook: "https://hooks.slack.com/hush" } }'),
    'report.channels.room.webhook: found plain text (not shown), expected a secret as ${ENV} or ' +
      '{ file: PATH }; write it as ${ROOM_WEBHOOK} or { file: PATH }',
  ],
  [
    'a channel under the name of mail',
    report('channels: { mail: { kind: stdout } }'),
    'report.channels.mail: found a channel named "mail", but mail is set up in the section ' +
      'smtp; rename it',
  ],
  [
    'deployments of a leader',
    `${one('address: x@y, role: leader, deployments: [a]')}\n${deploymentYaml('')}`,
    "report.recipients[0].deployments: found deployments for a leader, which only an owner's " +
      'report can have; remove them, or write role: owner',
  ],
  [
    'an owner of what is not there',
    `${one('address: x@y, role: owner, deployments: [aa]')}\n${deploymentYaml('')}`,
    'report.recipients[0].deployments[0]: found "aa", expected the id of a deployment (a); ' +
      'did you mean "a"?',
  ],
  [
    'a letter that somebody would get twice',
    one('address: C@d, role: leader'),
    'report.recipients[0]: found a report that already goes to the same place; remove one ' +
      'of the two',
  ],
  [
    'a dead man whom nobody would hear',
    report('deadMan: { graceHours: 1 }'),
    'report.deadMan: found neither to, webhook nor report.owner, so no ' +
      'one would receive ' +
      'it; add one of them',
  ],
  [
    'a signature for no domain',
    'smtp: { url: smtp://h, dkim: { domain: x, selector: s, privateKey: ${K} } }',
    'smtp.dkim.domain: found "x", expected a domain like example.com',
  ],
  [
    'a key of smtp near a known one',
    'smtp: { url: smtp://h, requireTLS: true }',
    'smtp.requireTLS: unknown key; did you mean "requireTls"?',
  ],
];

describe('a fault says what was found, what was expected and what to do:', () => {
  test.each(CASES)('%s', async (_, content, fault) => {
    expect(await configProblems(content)).toEqual([fault]);
  });

  test('all at once', async () => {
    const lines = await configFaults(`report:
  from: nobody
  channels: { mail: { kind: stdout }, x: { kind: folder } }
  recipients: [{ role: owner }, { channel: y, role: cfo }]
  deadMan: { graceHours: -1 }
`);
    expect(lines.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'report.from',
      'report.channels.mail',
      'report.channels.x.path',
      'report.recipients[0].address',
      'report.recipients[1].channel',
      'report.recipients[1].role',
      'report.deadMan',
      'report.deadMan.graceHours',
    ]);
  });
});
