/** Converts the config section `redis` into the address of the queue, with its secrets. */

import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { Failure } from '../domain/failure.ts';
import type { RedisLocation, RedisTls } from './redis.ts';

type RedisSection = NonNullable<Config['redis']>;

/**
 * Returns the address of the queue.
 * @throws {Failure} `config` if the config has no Redis or a secret is not set; `file-unreadable`
 * for a certificate.
 */
export function toQueueAddress({ redis, file }: Config): RedisLocation {
  if (redis === undefined) throw noQueue(file);
  const { url, sentinels, name = '', cluster, prefix } = redis;
  const details = {
    ...(prefix === undefined ? {} : { prefix }),
    ...(redis.tls === undefined ? {} : { tls: tlsOf(redis.tls) }),
  };
  if (cluster !== undefined) return { cluster, ...loginOf(redis), ...details };
  if (sentinels !== undefined) return { sentinels, name, ...sentinelLoginOf(redis), ...details };
  if (url === undefined) throw noQueue(file);
  return { address: url.reveal(), ...details };
}

function noQueue(file: string): Failure {
  return new Failure('config', 'the worker needs a queue, but the config has no redis section', {
    where: `${file}: redis.url`,
    expected: 'redis: { url: ${REDIS_URL} }',
    hint: 'add the redis section, or run the commands by hand or from cron',
  });
}

function loginOf({ username, password }: RedisSection) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
  };
}

function sentinelLoginOf(redis: RedisSection) {
  const { sentinelPassword } = redis;
  return {
    ...loginOf(redis),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword: sentinelPassword.reveal() }),
  };
}

function tlsOf({ ca, cert, key, serverName }: NonNullable<RedisSection['tls']>): RedisTls {
  return {
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(cert === undefined ? {} : { cert: readPem(cert) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('file-unreadable', `cannot read the file ${path} of redis.tls`, {
      where: path,
      hint: `check the path and its permissions (${reason})`,
      cause,
    });
  }
}
