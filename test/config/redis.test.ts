/** The Redis options, and the message for each fault in them. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { toQueueAddress } from '../../src/schedule/queueAddress.ts';
import { redisText, queueOptions } from '../../src/schedule/redis.ts';
import { configFaults, loadConfigText } from './configFile.ts';

async function place(text: string, env: Record<string, string> = {}) {
  return toQueueAddress(await loadConfigText(text, env));
}

describe('the address of the queue', () => {
  it('is a URL, sentinels with a name, or a cluster, each with its secrets', async () => {
    expect(await place('redis: { url: "${R}" }', { R: 'rediss://:pw@h:1' })).toEqual({
      address: 'rediss://:pw@h:1',
    });
    const sentinels = 'sentinels: [s1.example:26379, "[::1]:26380"], name: main';
    const secrets = 'username: u, password: "${P}", sentinelPassword: "${S}"';
    expect(await place(`redis: { ${sentinels}, ${secrets} }`, { P: 'pw', S: 'spw' })).toEqual({
      sentinels: [
        { host: 's1.example', port: 26_379 },
        { host: '::1', port: 26_380 },
      ],
      name: 'main',
      username: 'u',
      password: 'pw',
      sentinelPassword: 'spw',
    });
    const cluster = await place('redis: { cluster: [a:1, b:2], prefix: rent }');
    expect(cluster).toEqual({
      cluster: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      prefix: 'rent',
    });
    // All keys of the queue are on one node.
    expect(queueOptions(cluster).prefix).toBe('{rent}');
  });

  it('trusts the named certificates, which are read when needed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rentcheck-pem-'));
    writeFileSync(join(folder, 'ca.pem'), 'CA');
    const tls = `tls: { ca: ${join(folder, 'ca.pem')}, serverName: redis.example }`;
    expect(await place(`redis: { url: redis://h:1, ${tls} }`)).toEqual({
      address: 'redis://h:1',
      tls: { ca: 'CA', servername: 'redis.example' },
    });
    const missing = `redis: { url: redis://h:1, tls: { ca: ${join(folder, 'no.pem')} } }`;
    await expect(place(missing)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('is shown without user and password', () => {
    expect(redisText({ address: 'redis://u:pw@h:1/0' })).toBe('redis://h:1/0');
    const nodes = [{ host: 'a', port: 1 }];
    const main = { sentinels: nodes, name: 'main', password: 'pw' };
    expect(redisText(main)).toBe('main at the sentinels a:1');
    expect(redisText({ cluster: nodes, password: 'pw' })).toBe('the cluster a:1');
  });
});

test.each([
  [
    '{}',
    'redis (line 1, column 8): found no address, expected url, sentinels (with name) or cluster',
  ],
  ['{ url: redis://h:1, cluster: [a:1] }', 'found both cluster and url'],
  ['{ sentinels: [a:1] }', 'redis.name (line 1, column 1): missing'],
  [
    '{ url: redis://h:1, username: u }',
    'found together with url, expected with sentinels; put it into',
  ],
  [
    '{ cluster: [a:1], name: main }',
    'found together with cluster, expected with sentinels; remove it',
  ],
  ['{ cluster: [a] }', 'expected a host and a port like redis-1.example.com:6379'],
  ['{ url: redis://h:1, tls: { cert: c.pem } }', 'found without key, expected both; add key'],
  ['{ url: redis://h:1, password: "hush" }', 'found plain text (not shown)'],
])('redis: %s is refused', async (section, message) => {
  const faults = await configFaults(`redis: ${section}`);
  expect(faults.join('\n')).toContain(message);
  expect(faults.join('\n')).not.toContain('hush');
});
