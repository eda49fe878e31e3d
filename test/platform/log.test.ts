/** A log groups related lines, and never contains a secret. */

import { describe, expect, it } from 'vitest';
import { settableClock } from '../../src/platform/clock.ts';
import { createLog, currentRunId, logScope } from '../../src/platform/log.ts';
import type { LogLevel } from '../../src/platform/logLevel.ts';
import { revealedRedactor } from '../../src/platform/redact.ts';
import { createSecret } from '../../src/platform/secret.ts';

function logAt(level: LogLevel = 'info') {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level,
    clock: settableClock(Date.parse('2026-10-07T07:00:00Z')),
    redactor: revealedRedactor(),
    write: (line) => lines.push(JSON.parse(line)),
  });
  return { log, lines };
}

describe('a log', () => {
  it('is one JSON object a line: level, time, message and fields', () => {
    const { log, lines } = logAt();
    log.warn('slow', { seconds: 3, source: undefined });
    expect(lines).toEqual([
      { level: 'warn', time: '2026-10-07T07:00:00Z', seconds: 3, msg: 'slow' },
    ]);
  });

  it.each<[LogLevel, string[]]>([
    ['debug', ['a', 'b', 'c', 'd']],
    ['warn', ['c', 'd']],
    ['silent', []],
  ])('at the level %s contains %j', (level, expected) => {
    const { log, lines } = logAt(level);
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines.map(({ msg }) => msg)).toEqual(expected);
  });

  it('adds the fields of a scope to every line, across everything that is awaited', async () => {
    const { log, lines } = logAt();
    const work = async (run: string) =>
      logScope({ run }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await logScope({ job: 'pull' }, async () => log.info('inside'));
        expect(currentRunId()).toBe(run);
      });
    await Promise.all([work('one'), work('two')]);
    log.info('outside');
    expect(currentRunId()).toBe(undefined);
    expect(lines.map(({ run, job }) => ({ run, job }))).toEqual([
      { run: 'one', job: 'pull' },
      { run: 'two', job: 'pull' },
      { run: undefined, job: undefined },
    ]);
  });
});

describe('a secret', () => {
  it('stays out of every line once it was revealed, with each part that grants access', () => {
    const { log, lines } = logAt();
    const planted = [
      createSecret('a', () => 'rpa_PLANTED_KEY_77'),
      createSecret('b', () => 'smtps://mailer:p%40ss-planted@mail.example:465'),
      createSecret('c', () => 'https://hooks.example/services/T000/B000/planted0hook0key0'),
      createSecret('d', () => 'rediss://:planted-redis@10.0.0.1:6379/0'),
    ];
    for (const secret of planted) secret.reveal();
    log.error('Invalid login: 535 p@ss-planted', {
      url: 'https://api.example/v2?api_key=rpa_PLANTED_KEY_77',
      header: 'Bearer rpa_PLANTED_KEY_77',
      basic: Buffer.from('mailer:p@ss-planted').toString('base64'),
      hook: 'POST /services/T000/B000/planted0hook0key0 returned 404',
      redis: 'connect ECONNREFUSED rediss://:planted-redis@10.0.0.1:6379/0',
      password: 'WRONGPASS for planted-redis',
    });
    const line = JSON.stringify(lines);
    expect(line).not.toMatch(/planted/i);
    expect(line).not.toContain(Buffer.from('p@ss-planted').toString('base64').slice(2, -3));
    expect(line).toContain('returned 404');
  });
});

it('a line of the log cannot control a terminal, whatever name is logged', () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const clock = settableClock(0);
  const log = createLog({ level: 'info', clock, redactor: revealedRedactor(), write });
  const source = 'a\u001b[2J\u009b31m\u202egnp\u2028';
  log.info('pulled', { source });
  expect(lines.join('').trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(lines.join(''))).toMatchObject({ source });
});
