/** Which requests are authenticated, and that all others are refused. */

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { serveSite, TOKEN, OPEN } from './siteFixture.ts';

const withToken = { access: { ...OPEN, token: TOKEN } };
const page = { accept: 'text/html' };
const PRIVATE = [
  '/',
  '/charts',
  '/deployments/chat-70b',
  '/reports/2026-Q3.1',
  '/frozen/2026-Q3.1/report.json',
  '/sources',
  '/rejects/1',
  '/warnings',
  '/due',
  '/owed',
];
const MORE = ['/jobs', '/jobs/audit/1', '/rerun', '/metrics', '/board', '/board/api/queues'];

test('without the token every private address is closed, to programs and to people', async () => {
  const { app } = await serveSite(withToken);
  for (const url of [...PRIVATE, ...MORE, '/nowhere']) {
    const response = await app.inject({ url });
    expect({ url, status: response.statusCode }).toEqual({ url, status: 401 });
    expect(response.headers['www-authenticate']).toBe('Bearer realm="rentcheck"');
    const shown = await app.inject({ url, headers: page });
    expect({ url, status: shown.statusCode }).toEqual({ url, status: 303 });
    expect(shown.headers['location']).toBe(`/sign-in?next=${encodeURIComponent(url)}`);
  }
});

test('public addresses reveal nothing private', async () => {
  const { app } = await serveSite(withToken);
  const alive = await app.inject({ url: '/healthz' });
  expect(alive.json()).toEqual({ status: 'alive' });
  const ready = await app.inject({ url: '/readyz' });
  expect(ready.json()).toEqual({
    status: 'ready',
    ledger: true,
    queue: true,
    lease: true,
    writer: true,
  });
  const signIn = await app.inject({ url: '/sign-in', headers: page });
  expect(signIn.body).not.toContain('Q3');
});

test('a Redis that does not renew the lease makes a worker not ready', async () => {
  const { app } = await serveSite({ isLeaseFresh: () => false });
  const ready = await app.inject({ url: '/readyz' });
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toMatchObject({ status: 'not ready', queue: true, lease: false });
  const metrics = await app.inject({ url: '/metrics', headers: { host: 'localhost' } });
  expect(metrics.body).toContain('rentcheck_lease_fresh 0\n');
});

test('the right token admits a program, a wrong one does not', async () => {
  const { app } = await serveSite(withToken);
  const ask = async (authorization: string) =>
    (await app.inject({ url: '/metrics', headers: { authorization } })).statusCode;
  expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
  expect(await ask(`bearer ${TOKEN}`)).toBe(200);
  for (const wrong of [`Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer x', 'Basic eDp4']) {
    expect(await ask(wrong)).toBe(401);
  }
});

test('signing in leads to the requested page, and lasts until it expires', async () => {
  const { app, clock } = await serveSite(withToken);
  const payload = new URLSearchParams({ token: TOKEN, next: '/sources' }).toString();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await app.inject({ method: 'POST', url: '/sign-in', headers: form, payload });
  expect(signed.statusCode).toBe(303);
  expect(signed.headers['location']).toBe('/sources');
  const set = String(signed.headers['set-cookie']);
  expect(set).toMatch(
    /^rentcheck_session=\d+\.[\w-]+\.[\w-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const [cookie = ''] = set.split(';');
  const look = async (sent: string) =>
    (await app.inject({ url: '/', headers: { cookie: sent } })).statusCode;
  expect(await look(cookie)).toBe(200);
  expect(await look(cookie.replace(/\d+\./, '99999999999.'))).toBe(401);
  expect(await look(cookie.slice(0, -1))).toBe(401);
  clock.set(clock.nowMs() + 12 * 3_600_000);
  expect(await look(cookie)).toBe(401);
});

test.each([true, false])('cookies are for HTTPS only if the address is: %s', async (secure) => {
  const { app } = await serveSite({ access: { ...OPEN, token: TOKEN, secureCookies: secure } });
  const payload = new URLSearchParams({ token: TOKEN }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await app.inject({ method: 'POST', url: '/sign-in', headers, payload });
  const authorization = `Bearer ${TOKEN}`;
  const form = await app.inject({ url: '/rerun', headers: { authorization } });
  for (const { headers: sent } of [signed, form]) {
    expect(String(sent['set-cookie']).split('; ').includes('Secure')).toBe(secure);
  }
});

test('a cookie of another token opens nothing', async () => {
  const [one, other] = [
    await serveSite(withToken),
    await serveSite({ access: { ...OPEN, token: `${TOKEN}2` } }),
  ];
  const payload = new URLSearchParams({ token: TOKEN }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await one.app.inject({ method: 'POST', url: '/sign-in', headers, payload });
  const [cookie = ''] = String(signed.headers['set-cookie']).split(';');
  expect((await one.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(200);
  expect((await other.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(401);
});

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'signing in leads nowhere else: %s',
  async (next) => {
    const { app } = await serveSite(withToken);
    const payload = new URLSearchParams({ token: TOKEN, next }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signed = await app.inject({ method: 'POST', url: '/sign-in', headers, payload });
    expect(signed.headers['location']).toBe('/');
  },
);

test('a link from elsewhere leads only to one of our pages', async () => {
  const { app } = await serveSite(withToken);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = new URL(origin);
  // Over a raw socket, since every client normalizes such a path.
  const shown = async (path: string) => {
    const socket = connect(Number(port), '127.0.0.1');
    const head = 'Host: x\r\nAccept: text/html\r\nSec-Fetch-Site: cross-site';
    socket.write(`GET ${path} HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`);
    return text(socket);
  };
  expect(await shown('/sources')).toContain('content="0; url=/sources"');
  for (const path of ['//evil.example/x', '/\\evil.example', 'http://evil.example/']) {
    const page = await shown(path);
    expect(page).toContain('content="0; url=/"');
    expect(page).not.toContain('evil.example');
  }
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('ten wrong tokens block an address, and the right one is still accepted', async () => {
  const { app, clock } = await serveSite(withToken);
  const ask = (token: string, remoteAddress: string) =>
    app.inject({ url: '/', remoteAddress, headers: bearer(token) });
  for (let tries = 0; tries < 10; tries += 1) {
    expect((await ask(`wrong-${tries}`, '10.0.0.1')).statusCode).toBe(401);
  }
  const shut = await ask('wrong-10', '10.0.0.1');
  expect(shut.statusCode).toBe(429);
  expect(shut.headers['retry-after']).toBe('60');
  expect((await ask(TOKEN, '10.0.0.1')).statusCode).toBe(200);
  expect((await ask('wrong-0', '10.0.0.2')).statusCode).toBe(401);
  clock.set(clock.nowMs() + 60_000);
  expect((await ask('wrong-10', '10.0.0.1')).statusCode).toBe(401);
});

test('a program with an old token uses up its own attempts, not those of its address', async () => {
  const { app } = await serveSite(withToken);
  const ask = async (token: string) =>
    (await app.inject({ url: '/', remoteAddress: '10.0.0.1', headers: bearer(token) })).statusCode;
  for (let tries = 0; tries < 10; tries += 1) expect(await ask('old-token')).toBe(401);
  expect(await ask('old-token')).toBe(429);
  expect(await ask('a-typo')).toBe(401);
});

test.each([
  { what: 'a trusted proxy says who the client is', trusted: ['10.9.0.0/16'], apart: true },
  { what: 'nobody said that the proxy is trusted', trusted: [], apart: false },
])('behind a proxy clients are counted separately if $what', async ({ trusted, apart }) => {
  const { app } = await serveSite({ access: { ...OPEN, token: TOKEN, trustedProxies: trusted } });
  const ask = async (token: string, client: string) => {
    const headers = { ...bearer(token), 'x-forwarded-for': client };
    return (await app.inject({ url: '/', remoteAddress: '10.9.0.1', headers })).statusCode;
  };
  for (let tries = 0; tries < 10; tries += 1) await ask(`wrong-${tries}`, '203.0.113.7');
  expect(await ask('wrong-10', '203.0.113.7')).toBe(429);
  expect(await ask('wrong-11', '198.51.100.9')).toBe(apart ? 401 : 429);
});

test('a client that writes X-Forwarded-For itself stays the same client', async () => {
  const { app } = await serveSite({
    access: { ...OPEN, token: TOKEN, trustedProxies: ['10.9.0.1'] },
  });
  const ask = async (tries: number) => {
    const forged = `192.0.2.${tries}, 203.0.113.7`;
    const headers = { ...bearer(`wrong-${tries}`), 'x-forwarded-for': forged };
    return (await app.inject({ url: '/', remoteAddress: '10.9.0.1', headers })).statusCode;
  };
  for (let tries = 0; tries < 10; tries += 1) expect(await ask(tries)).toBe(401);
  expect(await ask(10)).toBe(429);
});

test('a cookie opens nothing after its owner signed out, and others stay signed in', async () => {
  const { app } = await serveSite(withToken);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const signIn = async () => {
    const payload = new URLSearchParams({ token: TOKEN }).toString();
    const signed = await app.inject({ method: 'POST', url: '/sign-in', headers: form, payload });
    return String(signed.headers['set-cookie']).split(';')[0] ?? '';
  };
  const [mine, other] = [await signIn(), await signIn()];
  const look = async (cookie: string) =>
    (await app.inject({ url: '/', headers: { cookie } })).statusCode;
  const own = { host: 'localhost', origin: 'http://localhost' };
  const out = { method: 'POST', url: '/sign-out', headers: { ...own, cookie: mine } } as const;
  expect((await app.inject(out)).statusCode).toBe(303);
  expect(await look(mine)).toBe(401);
  expect(await look(other)).toBe(200);
});

test('a token between the browser and its authenticating proxy is not one of ours', async () => {
  const { app } = await serveSite(proxied);
  const headers = { host: 'localhost', 'x-user': 'cfo', authorization: 'Bearer eyJhbGciOi.x.y' };
  const from = (remoteAddress: string) => app.inject({ url: '/', headers, remoteAddress });
  expect((await from('10.1.2.3')).statusCode).toBe(200);
  expect((await from('10.2.0.1')).statusCode).toBe(401);
});

const proxied = {
  access: { ...OPEN, proxy: { header: 'x-user', users: ['cfo'], from: ['10.1.0.0/16', '::1'] } },
};

test.each([
  { what: 'the proxy says who it is', from: '10.1.2.3', user: 'cfo', status: 200 },
  { what: 'told by a socket of both versions', from: '::ffff:10.1.2.3', user: 'cfo', status: 200 },
  { what: 'the proxy over IPv6', from: '::1', user: 'cfo', status: 200 },
  { what: 'the proxy names somebody else', from: '10.1.2.3', user: 'intern', status: 403 },
  { what: 'the proxy names nobody', from: '10.1.2.3', user: '', status: 401 },
  { what: 'somebody says so himself', from: '10.2.0.1', user: 'cfo', status: 401 },
])('behind a proxy: $what', async ({ from, user, status }) => {
  const { app } = await serveSite(proxied);
  const headers = { 'x-user': user, host: '127.0.0.1:8480' };
  const response = await app.inject({ url: '/', remoteAddress: from, headers });
  expect(response.statusCode).toBe(status);
});

test('no page is served under a foreign host name if no token is required', async () => {
  const { app } = await serveSite();
  const ask = async (host: string) =>
    (await app.inject({ url: '/', headers: { host } })).statusCode;
  expect(await ask('127.0.0.1:8480')).toBe(200);
  expect(await ask('LOCALHOST')).toBe(200);
  expect(await ask('evil.example:8480')).toBe(421);
  expect(await ask('127.0.0.1.evil.example')).toBe(421);
});

test.each([
  ['no header states its origin', {}],
  ['another site', { origin: 'https://evil.example' }],
  ['the same host with another port', { origin: 'http://127.0.0.1:9999' }],
  ['a sandboxed page', { origin: 'null' }],
  [
    'a browser that marks it as cross-site',
    { origin: 'http://localhost', 'sec-fetch-site': 'cross-site' },
  ],
])('a change is refused from another site: %s', async (_, from) => {
  const { app, board } = await serveSite();
  const headers = { host: 'localhost', 'content-type': 'application/json', ...from };
  const payload = { job: 'audit', payload: { quarter: '2026-Q3' } };
  for (const url of ['/rerun', '/board/api/queues/rentcheck/pause']) {
    const sent = await app.inject({
      method: url === '/rerun' ? 'POST' : 'PUT',
      url,
      headers,
      payload,
    });
    expect({ url, status: sent.statusCode }).toEqual({ url, status: 403 });
  }
  expect(board.jobs.size).toBe(0);
});

test('a program without a token gets the name of the token, or that none is set', async () => {
  const response = {
    method: 'POST' as const,
    url: '/rerun',
    headers: { host: 'localhost' },
    payload: { job: 'audit', payload: { quarter: '2026-Q3' } },
  };
  const bearer =
    'Programs send the header "Authorization: Bearer TOKEN", where TOKEN is the value of ' +
    'web.token.';
  const guarded = await (await serveSite(withToken)).app.inject(response);
  expect(guarded.statusCode).toBe(401);
  expect(guarded.json()).toEqual({ error: `Sign in with the token. ${bearer}` });
  const open = await (await serveSite()).app.inject(response);
  expect(open.statusCode).toBe(403);
  expect(open.json()).toEqual({
    error:
      'This request did not come from a page of rentcheck. Programs need a token, and none is ' +
      'configured. Set web.token in rentcheck.yaml, or add the job with "rentcheck enqueue".',
  });
});

test('the job board is read-only, unless config allows changes', async () => {
  const headers = { host: 'localhost', origin: 'http://localhost' };
  for (const [method, path] of [
    ['PUT', 'rentcheck/pause'],
    ['PUT', 'pause'],
    ['PUT', 'rentcheck/obliterate'],
    ['PATCH', 'rentcheck/1/update-data'],
    ['POST', 'rentcheck/add'],
  ] as const) {
    const request = { method, url: `/board/api/queues/${path}`, headers };
    const shown = await (await serveSite()).app.inject(request);
    expect({ path, status: shown.statusCode }).toEqual({ path, status: 405 });
    expect(shown.json()).toMatchObject({ error: expect.stringContaining('Set web.board to full') });
    const full = await (await serveSite({ boardChanges: true })).app.inject(request);
    expect(full.statusCode).not.toBe(405);
  }
});

test('a form counts only from the browser to which it was shown', async () => {
  const { app, board } = await serveSite();
  const shown = await app.inject({ url: '/rerun', headers: { host: 'localhost' } });
  const [cookie = ''] = String(shown.headers['set-cookie']).split(';');
  const token = /name="form" value="([^"]+)"/.exec(shown.body)?.[1] ?? '';
  const send = (form: string, sent: string) =>
    app.inject({
      method: 'POST',
      url: '/rerun',
      headers: {
        host: 'localhost',
        origin: 'http://localhost',
        cookie: sent,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ form, job: 'audit', quarter: '2026-Q3' }).toString(),
    });
  expect((await send('', cookie)).statusCode).toBe(403);
  expect((await send(token, '')).statusCode).toBe(403);
  expect((await send(token, 'rentcheck_form=AAAAAAAAAAAAAAAAAAAAAA')).statusCode).toBe(403);
  expect(board.jobs.size).toBe(0);
  const right = await send(token, cookie);
  expect(right.statusCode).toBe(303);
  expect(right.headers['location']).toBe('/jobs/audit/1');
});

test('a signed URL opens one edition for a while, and nothing else', async () => {
  const { app, clock } = await serveSite(withToken);
  const authorization = `Bearer ${TOKEN}`;
  const edition = await app.inject({ url: '/reports/2026-Q3.1', headers: { authorization } });
  const path = /src="(\/sealed\/[^"]+)"/.exec(edition.body)?.[1] ?? '';
  const look = async (url: string) => (await app.inject({ url })).statusCode;
  expect(await look(path)).toBe(200);
  expect(await look(path.replace('2026-Q3.1', '2026-Q3.2'))).toBe(404);
  expect(await look(path.replace(/sealed\/\d/, 'sealed/9'))).toBe(404);
  clock.set(clock.nowMs() + 10 * 60_000);
  expect(await look(path)).toBe(404);
});

test('a body above 64 KiB is refused, signed in or not, and nothing is queued', async () => {
  const { app, board } = await serveSite(withToken);
  const authorization = `Bearer ${TOKEN}`;
  const large = 'x'.repeat(64 * 1024 + 1);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const [url, headers] of [
    ['/sign-in', form],
    ['/rerun', { ...form, authorization }],
    ['/rerun', { 'content-type': 'application/json', authorization }],
  ] as const) {
    const payload = headers['content-type'].endsWith('json') ? JSON.stringify(large) : large;
    const response = await app.inject({ method: 'POST', url, headers, payload });
    expect({ url, status: response.statusCode }).toEqual({ url, status: 413 });
  }
  expect([...board.jobs.keys()]).toEqual([]);
});
