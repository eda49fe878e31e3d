/** The web section: no pages by default, and never open without authentication. */

import { expect, test } from 'vitest';
import { loadConfigText, configProblems } from './configFile.ts';

test('without the section no pages are served; an empty one serves this machine', async () => {
  expect((await loadConfigText('sources: {}')).web).toBe(undefined);
  expect((await loadConfigText('web: {}')).web).toEqual({
    host: '127.0.0.1',
    port: 8480,
    trustedProxies: [],
    board: 'read-only',
  });
  const proxies = 'web: { trustedProxies: [10.0.0.0/8, ::1] }';
  expect((await loadConfigText(proxies)).web?.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  expect((await loadConfigText('web: { board: full }')).web?.board).toBe('full');
});

test('a token, a proxy and a base URL for links are read', async () => {
  const text = `web:
  host: 0.0.0.0
  port: 80
  token: \${WEB_TOKEN}
  proxyAuth: { header: X-Forwarded-User, users: [cfo@example.com], from: [10.0.0.0/8, "::1"] }
  link: https://rentcheck.example.com/`;
  const { web } = await loadConfigText(text, { WEB_TOKEN: 'a-token' });
  expect(web).toMatchObject({
    host: '0.0.0.0',
    port: 80,
    proxyAuth: {
      header: 'x-forwarded-user',
      users: ['cfo@example.com'],
      from: ['10.0.0.0/8', '::1'],
    },
    link: 'https://rentcheck.example.com',
  });
  expect(web?.token?.reveal()).toBe('a-token');
});

test('a proxy is trusted from this machine only, by default', async () => {
  const { web } = await loadConfigText('web: { proxyAuth: { header: remote-user } }');
  expect(web?.proxyAuth).toEqual({ header: 'remote-user', from: ['127.0.0.1', '::1'] });
});

test('an address that others can reach requires authentication', async () => {
  const open = (host: string) => [
    `web.host: found "${host}", which other computers can reach, without authentication; ` +
      'add token: ${RENTCHECK_WEB_TOKEN} or proxyAuth, or write host: 127.0.0.1',
  ];
  for (const host of ['0.0.0.0', '::', '192.168.1.4', 'audit.local']) {
    expect(await configProblems(`web: { host: "${host}" }`)).toEqual(open(host));
  }
  for (const host of ['127.0.0.1', 'localhost', '::1']) {
    expect((await loadConfigText(`web: { host: "${host}" }`)).web?.host).toBe(host);
  }
  const proxied = 'web: { host: 0.0.0.0, proxyAuth: { header: remote-user } }';
  expect((await loadConfigText(proxied)).web?.host).toBe('0.0.0.0');
});

test.each([
  ['port: 65536', 'web.port: found 65536, expected a whole number from 0 to 65535'],
  [
    'token: hunter2-hunter2-hunter2',
    'web.token: found plain text (not shown), expected a secret as ${ENV} or { file: PATH }; ' +
      'write it as ${WEB_TOKEN} or { file: PATH }',
  ],
  [
    'link: rentcheck.example.com',
    'web.link: found "rentcheck.example.com", expected an http(s) address like ' +
      'https://rentcheck.example.com, without a path',
  ],
  [
    'link: "https://example.com/audit"',
    'web.link: found "https://example.com/audit", expected an http(s) address like ' +
      'https://rentcheck.example.com, without a path',
  ],
  [
    'proxyAuth: { header: "X User" }',
    'web.proxyAuth.header: found "X User", expected the name of a header like X-Forwarded-User',
  ],
  [
    'trustedProxies: [0.0.0.0/0]',
    'web.trustedProxies[0]: found "0.0.0.0/0", expected an address or a network like ' +
      '10.0.0.0/8, not all addresses',
  ],
  [
    'proxyAuth: { header: u, from: [10.0.0.0/33] }',
    'web.proxyAuth.from[0]: found "10.0.0.0/33", expected an address or a network like ' +
      '10.0.0.0/8',
  ],
  [
    'proxyAuth: { header: u, users: [] }',
    'web.proxyAuth.users: found an empty list, expected a list of at least 1',
  ],
  ['tokn: x', 'web.tokn: unknown key; did you mean "token"?'],
])('%s is refused with what was expected', async (text, problem) => {
  expect(await configProblems(`web: { ${text} }`)).toEqual([problem]);
});
