/** What the pages show, and that foreign names have no effect on them. */

import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import type { Reject } from '../../src/domain/provenance.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { reportToFreeze } from '../ledger/deliveryFixture.ts';
import { charge, fetched, located } from '../ledger/ledgerFixture.ts';
import { DOCUMENT, HOSTILE, NOW, serveSite, createSite } from './siteFixture.ts';

type App = Awaited<ReturnType<typeof serveSite>>['app'];

/** The words of the page, separated by single spaces. */
async function words(app: App, url: string): Promise<string> {
  const { body, statusCode } = await app.inject({ url, headers: { accept: 'text/html' } });
  expect({ url, statusCode }).toEqual({ url, statusCode: 200 });
  const [, main = ''] = /<main[^>]*>([^]*)<\/main>/.exec(body) ?? [];
  return main
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

test('the archive lists every edition, newest first, and the recipients of each', async () => {
  const { app } = await serveSite();
  const text = await words(app, '/reports');
  expect(text).toContain('The Q3 2026 report reached 1 of 2 recipients.');
  const [second, first] = [text.indexOf('edition 2'), text.indexOf('edition 1')];
  expect(second).toBeGreaterThan(0);
  expect(first).toBeGreaterThan(second);
  expect(text.slice(second, first)).toContain(
    'Rent check Q3 2026: delete 2 of 4 delete unknown no recipients',
  );
  expect(text.slice(first)).toMatch(/delete unknown 1 of 2 Oct 7, 2026 05:00 UTC [0-9a-f]{8}$/);
});

test('an ambiguous delivery and an undelivered report stand out', async () => {
  const made = await createSite();
  const [, owner] = await made.ledger.deliveries.list();
  const request = { worker: 'w', nowMs: NOW, leaseMs: 1 };
  const claim = await made.ledger.deliveries.claim(owner?.id ?? '', request);
  if (claim === undefined) throw new Error('nothing to claim');
  await made.ledger.deliveries.prepare(claim, { messageId: '<2@x>', bytes: new Uint8Array([1]) });
  await made.ledger.deliveries.startSending(claim, request);
  await made.ledger.deliveries.expireClaims(NOW + 60_000);
  const { app } = await serveSite({
    ledger: made.ledger,
    dueReport: async () => ({
      due: { quarter: '2026-Q4', atMs: NOW - 2 * HOUR_MS, hasGoneOut: false },
      next: { quarter: '2027-Q1', atMs: NOW + HOUR_MS },
    }),
  });
  const page = await words(app, '/reports/2026-Q3.1');
  expect(page).toContain(`It is unknown whether ${owner?.recipient} received the report`);
  for (const word of ['sent', 'send-again']) {
    expect(page).toContain(`rentcheck send --resolve ${owner?.id} --as ${word} --note "WHY"`);
  }
  expect(await words(app, '/reports')).toContain('1 of 2 1 ambiguous');
  const late =
    'The Q4 2026 report reached no recipient. It was due Oct 7, 2026 06:00 UTC 2 hours ago';
  for (const path of ['/', '/reports']) expect(await words(app, path)).toContain(late);
});

test.each([
  ['refused', ['send-again', 'give-up']],
  ['failed', ['send-again']],
  ['deferred', []],
] as const)('a delivery that is %s has the commands that decide on it', async (state, known) => {
  const { ledger } = await createSite();
  const list = async () => (await ledger.deliveries.list()).map((one) => ({ ...one, state }));
  const deliveries = { ...ledger.deliveries, list };
  const { app } = await serveSite({ ledger: { ...ledger, deliveries } });
  const page = await words(app, '/reports/2026-Q3.1');
  const commands = page.match(/rentcheck send --resolve 2026-Q3.1-1 --as \S+ --note "WHY"/g) ?? [];
  expect(commands.map((command) => command.split(' ')[5])).toEqual(known);
});

test('an edition shows deliveries, files, digest, and the edition that corrects it', async () => {
  const { app } = await serveSite();
  const text = await words(app, '/reports/2026-Q3.1');
  expect(text).toContain('Edition 2 corrects this one: Rent check Q3 2026: delete 2 of 4');
  expect(text).toContain(
    'cfo@example.com by mail leader sent Oct 7, 2026 05:00 UTC 2 hours ago 250 taken',
  );
  expect(text).toContain('owner@example.com by mail owner of chat-70b waiting');
  expect(text).toContain('report.html text/html 21 B');
  expect(text).toMatch(/Digest [0-9a-f]{64} Audit run-1$/);
  expect(await words(app, '/reports/2026-Q3.2')).not.toContain('corrects this one');
});

test('frozen files are served byte for byte, in a sandbox; data is a download', async () => {
  const { app, ledger } = await serveSite();
  const page = await app.inject({ url: '/frozen/2026-Q3.1/report.html' });
  expect(page.body).toBe('<p>Delete 2 of 4.</p>');
  expect(page.headers).toMatchObject({
    'content-type': 'text/html',
    'content-disposition': 'inline; filename="2026-Q3.1-report.html"',
    'x-content-type-options': 'nosniff',
  });
  expect(page.headers['content-security-policy']).toMatch(
    /^sandbox allow-popups; default-src 'none';/,
  );
  const data = await app.inject({ url: '/frozen/2026-Q3.1/report.json' });
  const stored = await ledger.deliveries.editionFile('2026-Q3.1', 'report.json');
  expect(data.rawPayload).toEqual(Buffer.from(stored?.bytes ?? []));
  expect(data.headers['content-disposition']).toBe('attachment; filename="2026-Q3.1-report.json"');
  for (const url of ['2026-Q3.1/nothing', '2026-Q3.9/report.html', 'x/../../report.html', "'/x"]) {
    expect((await app.inject({ url: `/frozen/${url}` })).statusCode).toBe(404);
  }
});

test('sources show how far facts reach, what failed, and how much of usage is known', async () => {
  const { app, ledger } = await serveSite();
  const failure = { code: 'auth', message: 'the key is refused' } as const;
  await ledger.facts.append(
    fetched({}, { sourceId: 'runpod-main', startedAtMs: NOW - 60_000, failure }),
    NOW,
  );
  const text = await words(app, '/sources');
  expect(text).toContain('runpod-main runpod failing Aug 1, 2026 00:00 UTC 67 days ago');
  expect(text).toContain('Oct 7, 2026 07:59 UTC 1 minute ago auth the key is refused 1 1 0');
  expect(text).toContain('From the newest audit of Q3 2026');
  expect(text).toContain('chat-70b 98% $3.40 delete embed unknown unknown keep');
});

test('missing bills are on the page of sources, with what to do', async () => {
  const gap = { says: `${HOSTILE} billed nothing on 2026-08-10`, fix: 'pull the charges' };
  const missing = [{ source: 'runpod-main', days: 1, resources: 0, gaps: [gap] }];
  const { app } = await serveSite({ missingBills: async () => missing });
  const { body } = await app.inject({ url: '/sources', headers: { accept: 'text/html' } });
  expect(body).not.toContain(HOSTILE);
  const text = await words(app, '/sources');
  expect(text).toContain('billed nothing on 2026-08-10 pull the charges');
  const whole = await serveSite();
  expect(await words(whole.app, '/sources')).not.toContain('Missing bills');
});

test('bills are compared with the ledger on the page of sources, with what to do', async () => {
  const july = { source: HOSTILE, month: '2026-07', against: 'invoice', state: 'matched' };
  const matched = { ...july, asked: '$6.00', held: '$6.00', says: '', fix: '' };
  const off = { ...july, month: '2026-08', state: 'different', asked: '$6.50 (5.00 EUR)' };
  const differing = { ...off, held: '$6.00', says: 'they differ', fix: 'import what is missing' };
  const { app } = await serveSite({ reconciledBills: async () => [matched, differing] });
  const { body } = await app.inject({ url: '/sources', headers: { accept: 'text/html' } });
  expect(body).not.toContain(HOSTILE);
  const text = await words(app, '/sources');
  expect(text).toContain('2026-07 invoice matched $6.00 $6.00');
  expect(text).toContain(
    '2026-08 invoice different $6.50 (5.00 EUR) $6.00 import what is missing they differ',
  );
  expect(await words((await serveSite()).app, '/sources')).not.toContain('Reconciliation');
});

test('imports are listed with what they changed, and reach to their newest fact', async () => {
  const { app, ledger } = await serveSite();
  const take = async (file: string, cost: number, rejects: readonly Reject[] = []) => {
    const start = { sourceId: 'import', kind: 'import.charges', url: `file:${file}` };
    const session = await ledger.facts.beginImport({ ...start, startedAtMs: NOW - HOUR_MS });
    const line = charge('1', cost * 1_000_000, { sourceId: 'import', resourceId: 'pod-7' });
    await session.append({ charges: located(line), rejects });
    return session.finish({ digest: file, endedAtMs: NOW - HOUR_MS });
  };
  await take('july.csv', 30_000);
  await take(`${HOSTILE}.csv`, 10_000, [{ position: 3, reason: `${HOSTILE} is bad`, excerpt: '' }]);
  const wrong = await take('wrong.csv', 5);
  await ledger.facts.undoImport(wrong.fetchRef, NOW);
  const { body } = await app.inject({ url: '/sources', headers: { accept: 'text/html' } });
  expect(body).not.toContain(HOSTILE);
  const text = await words(app, '/sources');
  // Not "last success", and not when it was imported.
  expect(text).toContain('import imported Jul 2, 2026 00:00 UTC 97 days ago');
  expect(text).toMatch(/wrong\.csv charges, source import undone by \d+ /);
  expect(text).toMatch(
    /in use Oct 7, 2026 07:00 UTC 1 hour ago Jul 2, 2026 00:00 UTC 0 1 0 1 line 3: /,
  );
  expect(text).toMatch(
    /charge 1 pod-7 Jul 1, 2026 00:00 UTC \$30,000\.00 \$10,000\.00 number \d+, line 0/,
  );
  expect(text).toMatch(
    /charge 1 pod-7 Jul 1, 2026 00:00 UTC \$5\.00 \$10,000\.00 undo, number \d+/,
  );
});

test('due work is listed in order, with the next report', async () => {
  const window = { from: '2026-07-01T00:00:00Z', to: '2026-10-01T00:00:00Z' };
  const due = [
    { name: 'pull', payload: { source: 'prom', ...window }, dueAtMs: NOW - 5 * HOUR_MS },
    { name: 'quarter', payload: { quarter: '2026-Q3', deliver: true }, dueAtMs: NOW - HOUR_MS },
  ];
  const { app } = await serveSite({ due: async () => due });
  const text = await words(app, '/due');
  expect(text).toMatch(/Pull of prom for Q3 2026 .* 5 hours ago Pull, audit and report/);
  expect(text).toMatch(/5 hours ago .* for Q3 2026, with delivery .* 1 hour ago/);
  expect(await words((await serveSite()).app, '/due')).toContain('Nothing is due.');
  const old = await app.inject({ url: '/owed' });
  expect([old.statusCode, old.headers.location]).toEqual([301, '/due']);
});

test('a job is a page for people and JSON for programs', async () => {
  const { app, board } = await serveSite();
  const { id } = await board.enqueue({ name: 'quarter', payload: { quarter: '2026-Q3' } });
  board.logLines.push('pulling runpod-main');
  const text = await words(app, `/jobs/${id}`);
  expect(text).toContain('Pull, audit and report for Q3 2026 waiting');
  expect(text).toContain('pulling runpod-main');
  const response = await app.inject({ url: `/jobs/${id}` });
  expect(response.json()).toMatchObject({ id, state: 'waiting', lines: ['pulling runpod-main'] });
  board.change(id, {
    state: 'done',
    figures: { edition: '2026-Q3.2' },
    shortfalls: ['prom did not answer'],
  });
  board.jobs.set(`${id}/pulls/prom`, {
    id: `${id}/pulls/prom`,
    name: 'pull',
    payload: { source: 'prom' },
    state: 'failed',
    addedAtMs: NOW,
    tries: 8,
    mostTries: 8,
    reason: 'no answer',
  });
  const done = await words(app, `/jobs/${id}`);
  expect(done).toContain('incomplete prom did not answer Open report 2026-Q3.2');
  expect(done).toContain('Parts Jobs that this job waits for Part State Result');
  expect(done).toContain('Pull of prom failed after 8 of 8 attempts no answer');
  board.change(id, { state: 'awaiting' });
  expect(await words(app, `/jobs/${id}`)).toContain('Q3 2026 waiting for its parts');
});

test('the form offers a finished quarter, even if none was due yet', async () => {
  const next = { quarter: '2026-Q4', atMs: NOW + HOUR_MS };
  const { app } = await serveSite({ dueReport: async () => ({ next }) });
  const shown = await app.inject({ url: '/rerun', headers: { host: 'localhost' } });
  expect(shown.body).toContain('name="quarter" value="2026-Q3"');
});

test.each([
  ['quarter', { quarter: '2026-Q3' }, { quarter: '2026-Q3', deliver: false }],
  ['quarter', { quarter: '2026-Q3', deliver: 'yes' }, { quarter: '2026-Q3', deliver: true }],
  ['audit', { quarter: ' 2026-Q3 ' }, { quarter: '2026-Q3' }],
  ['other', { name: 'audit', payload: '{"asOf": "2026-10-01"}' }, { asOf: '2026-10-01' }],
])('the form requests %s', async (job, fields, payload) => {
  const { app, board } = await serveSite();
  const sent = await sendForm(app, { job, ...fields });
  expect(sent.statusCode).toBe(303);
  expect([...board.jobs.values()].map((one) => one.payload)).toEqual([payload]);
});

test.each([
  [{ job: 'audit', quarter: 'Q3' }, 'Invalid quarter: found "Q3", expected one like 2026-Q3.'],
  [{ job: 'quarter', quarter: '' }, 'Invalid quarter: found nothing, expected one like 2026-Q3.'],
  [{ job: 'other', name: 'audit', payload: '{' }, 'Invalid payload: expected JSON like'],
  [
    { job: 'other', name: HOSTILE, payload: '' },
    'there is no job "&lt;img src=x onerror=alert(1)&gt;',
  ],
])('an invalid form comes back with its input and the reason', async (form, reason) => {
  const { app, board } = await serveSite();
  const sent = await sendForm(app, form);
  expect(sent.statusCode).toBe(422);
  expect(sent.body).toContain('role="alert"');
  expect(sent.body).toContain(reason.replaceAll('"', '&quot;'));
  expect(board.jobs.size).toBe(0);
});

async function sendForm(app: App, form: Readonly<Record<string, string>>) {
  const shown = await app.inject({ url: '/rerun' });
  const [cookie = ''] = String(shown.headers['set-cookie']).split(';');
  const token = /name="form" value="([^"]+)"/.exec(shown.body)?.[1] ?? '';
  const type = 'application/x-www-form-urlencoded';
  const headers = { origin: 'http://localhost', host: 'localhost', cookie, 'content-type': type };
  const payload = new URLSearchParams({ form: token, ...form }).toString();
  return app.inject({ method: 'POST', url: '/rerun', headers, payload });
}

/** A text that reverses what follows it, and one that a terminal would obey. */
const TURNING = `${HOSTILE}\u202egpj.exe\u2066\u001b[31m`;

test('hostile names are shown and have no effect, anywhere', async () => {
  const HOSTILE = TURNING;
  const { app, ledger, board } = await serveSite({
    sources: [{ id: HOSTILE, kind: HOSTILE, staleAfterMs: 1 }],
    due: async () => [{ name: HOSTILE, payload: { source: HOSTILE }, dueAtMs: NOW }],
  });
  const runId = 'run-h';
  const auditJson = DOCUMENT.auditJson.replaceAll('"chat-70b"', JSON.stringify(HOSTILE));
  const detailJson = DOCUMENT.detailJson.replaceAll('"chat-70b"', JSON.stringify(HOSTILE));
  const quarter = '2026-Q4';
  await ledger.audits.save(auditRecord({ runId, quarter, partial: false, auditJson, detailJson }));
  const words = { subject: HOSTILE, headline: HOSTILE };
  await ledger.deliveries.freezeEdition(reportToFreeze({ runId, quarter, ...words }), NOW);
  const reject = { position: 1, reason: HOSTILE, excerpt: HOSTILE };
  const to = { channel: 'mail', recipient: HOSTILE, role: 'leader' } as const;
  await ledger.deliveries.plan('2026-Q4.1', [to], NOW);
  const failure = { code: 'malformed', message: HOSTILE } as const;
  await ledger.facts.append(fetched({}, { sourceId: HOSTILE, failure }), NOW);
  const warnings = [{ code: 'text', text: HOSTILE }] as const;
  await ledger.facts.append(fetched({ rejects: [reject], warnings }, { sourceId: HOSTILE }), NOW);
  board.logLines.push(HOSTILE);
  const { id } = await board.enqueue({ name: 'audit', payload: { quarter: HOSTILE } });
  board.change(id, { state: 'failed', reason: HOSTILE });
  const name = encodeURIComponent(HOSTILE);
  const pages = [
    '/',
    '/charts',
    `/deployments/${name}`,
    '/reports',
    '/reports/2026-Q4.1',
    '/sources',
    '/rejects',
    '/rejects/1',
    `/rejects?source=${name}`,
    '/warnings',
    '/due',
    '/jobs',
    `/jobs/${id}`,
  ];
  const paths = [`/rerun?quarter=${name}`, `/sign-in?next=/${name}`];
  for (const url of [...pages, ...paths]) {
    const { body } = await app.inject({ url, headers: { accept: 'text/html' } });
    const turns = ['\u202e', '\u2066', '\u001b'].some((each) => body.includes(each));
    const found = [body.includes('<img'), turns, body.includes('&lt;img src=x')];
    expect({ url, found }).toEqual({ url, found: [false, false, true] });
  }
});

test('every page forbids caching, framing and foreign scripts', async () => {
  const { app } = await serveSite();
  for (const url of [
    '/',
    '/sources',
    '/due',
    '/charts',
    '/deployments/chat-70b',
    '/rejects',
    '/warnings',
    '/jobs',
    '/rerun',
    '/sign-in',
    '/nowhere',
    '/metrics',
  ]) {
    const { headers } = await app.inject({ url, headers: { accept: 'text/html' } });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  }
});

test('a bug is reported without internal details', async () => {
  const boom = async () => {
    throw new TypeError('secret detail');
  };
  const { app, logged } = await serveSite({ due: boom });
  const { statusCode, body } = await app.inject({ url: '/due', headers: { accept: 'text/html' } });
  expect(statusCode).toBe(500);
  expect(body).not.toContain('secret detail');
  expect(logged.join('\n')).toContain('secret detail');
});
