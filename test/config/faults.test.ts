import { describe, expect, test } from 'vitest';
import { deploymentYaml, hostedYaml, KIND_LIST, configProblems } from './configFile.ts';

const withGpus = (count: string) =>
  deploymentYaml('').replace('type: A100', `type: A100, count: ${count}`);

const CASES: readonly (readonly [title: string, content: string, fault: string])[] = [
  ['an unknown key near a known one', 'ledgr: a.db', 'ledgr: unknown key; did you mean "ledger"?'],
  [
    'an unknown key near nothing',
    'fiscal: { year: 2026 }',
    'fiscal.year: unknown key; remove it; allowed here: startMonth',
  ],
  [
    'an unknown option of a source',
    'sources: { p: { kind: prometheus, url: "http://x", intervall: 60 } }',
    'sources.p.intervall: unknown key; did you mean "interval"?',
  ],
  ['a list where a map belongs', 'deployments: [a]', 'deployments: found a list, expected a map'],
  [
    'a text where a list belongs',
    'report: { from: a@b, to: c@d }',
    'report.to: found "c@d", expected a list',
  ],
  [
    'a whole file that is text',
    'just words',
    'line 1, column 1: found "just words", expected a map',
  ],
  [
    'a number where text belongs',
    deploymentYaml('precision: 8'),
    'deployments.a.precision: found 8, expected a precision like fp8 of 1 to 500 ' +
      'characters; put it in quotes',
  ],
  [
    'a number in quotes',
    hostedYaml('fee: "0.055"'),
    'deployments.a.hosted.fee: found "0.055", expected a share between 0 and 1; ' +
      'write the number without quotes',
  ],
  [
    'a word where true or false belongs',
    hostedYaml('allowFree: yes'),
    'deployments.a.hosted.allowFree: found "yes", expected true or false',
  ],
  [
    'a negative count',
    withGpus('-1'),
    'deployments.a.gpu.count: found -1, expected a whole number from 1 to 1024',
  ],
  [
    'half a GPU',
    withGpus('0.5'),
    'deployments.a.gpu.count: found 0.5, expected a whole number from 1 to 1024',
  ],
  ...Object.entries({
    '25': '; write 25% as 0.25',
    '0': '',
    '"8/7"': '',
    '0.0001': '',
    '"0.25"': '; write the number without quotes',
  }).map(([share, remedy]): [string, string, string] => [
    `${share} as a share of a GPU`,
    withGpus(`1, share: ${share}`),
    `deployments.a.gpu.share: found ${share}, expected a share of a GPU from 0.001 to 1, such ` +
      `as 0.25 or 1/7${remedy}`,
  ]),
  [
    'a percentage where a share belongs',
    hostedYaml('minUptime: 99'),
    'deployments.a.hosted.minUptime: found 99, expected a share between 0 and 1; write ' +
      '99% as 0.99',
  ],
  [
    'infinity',
    'labor: { loadedUsdPerHour: .inf }',
    'labor.loadedUsdPerHour: found .inf, expected US dollars per hour, above 0, at most ' +
      '1,000,000,000',
  ],
  [
    'negative hours',
    'labor: { hosted: { fixedHours: { low: -1, base: 2, high: 3 } } }',
    'labor.hosted.fixedHours.low: found -1, expected hours per quarter, 0 or more, at most ' +
      '1,000,000,000',
  ],
  [
    'a number where a range belongs',
    'labor: { hosted: { fixedHours: 40 } }',
    'labor.hosted.fixedHours: found 40, expected a map of low, base, high',
  ],
  [
    'a number where a section belongs',
    'fiscal: 4',
    'fiscal: found 4, expected a map of startMonth',
  ],
  [
    'a number where the queue belongs',
    'redis: 6379',
    'redis: found 6379, expected a map of url, sentinels, name, cluster, username, password, ' +
      'sentinelPassword, tls, prefix',
  ],
  [
    'a number where a word or a map belongs',
    deploymentYaml('capacity: 5'),
    'deployments.a.capacity: found 5, expected observed or a map',
  ],
  [
    'a number where a channel belongs',
    'report: { from: a@b, to: [c@d], channels: { room: 5 } }',
    'report.channels.room: found 5, expected a map',
  ],
  [
    'a map where the name of a source belongs',
    deploymentYaml('usage: { source: {} }, gateway: { source: import }'),
    'deployments.a.usage.source: found a map, expected the id of a source of 1 to 500 characters',
  ],
  [
    'text instead of an address',
    'sources: { p: { kind: prometheus, url: prom } }',
    'sources.p.url: found "prom", expected an http(s) address',
  ],
  [
    'a secret where a section belongs',
    'smtp: ${SMTP_URL}',
    'smtp: found ${SMTP_URL}, expected a map of url, requireTls, ca, timeoutSeconds, dkim',
  ],
  [
    'a number where a source belongs',
    'sources: { a: 5 }',
    'sources.a: found no options, expected a map like { kind: runpod }; add its kind',
  ],
  [
    'a range out of order',
    'labor: { hosted: { fixedHours: { low: 5, base: 2, high: 3 } } }',
    'labor.hosted.fixedHours: found low 5, base 2, high 3, expected low ≤ base ≤ high; ' +
      'reorder them',
  ],
  [
    'a range that lacks its high',
    'policy: { cacheRealization: { low: 0, base: 0.5 } }',
    'policy.cacheRealization.high: missing, expected a share between 0 and 1; add it',
  ],
  [
    'seconds finer than a millisecond',
    deploymentYaml(
      'serverless: { usdPerSecond: 1, coldStartSeconds: 0.0001, idleTimeoutSeconds: 5 }',
    ),
    'deployments.a.serverless.coldStartSeconds: found 0.0001, ' +
      'expected seconds from 0 to 86,400, at most three decimals',
  ],
  [
    'a day that does not exist',
    deploymentYaml('waiver: { reason: r, owner: o, expires: 2026-02-30 }'),
    'deployments.a.waiver.expires: found "2026-02-30", expected a valid date, as YYYY-MM-DD',
  ],
  [
    'a month beyond the year',
    'fiscal: { startMonth: 13 }',
    'fiscal.startMonth: found 13, expected a whole number from 1 to 12',
  ],
  [
    'a capacity that is neither',
    deploymentYaml('capacity: obseved'),
    'deployments.a.capacity: found "obseved", expected observed or a map; did you mean "observed"?',
  ],
  [
    'a fault inside the capacity',
    deploymentYaml('capacity: { tokensPerSecond: 0 }'),
    'deployments.a.capacity.tokensPerSecond: found 0, expected tokens per second, above 0, ' +
      'at most 1,000,000,000',
  ],
  [
    'a capacity that no machine has',
    deploymentYaml('capacity: { tokensPerSecond: 1e15 }'),
    'deployments.a.capacity.tokensPerSecond: found 1e15, expected tokens per second, above ' +
      '0, at most 1,000,000,000',
  ],
  [
    'a rate with hundreds of digits',
    'labor: { loadedUsdPerHour: 1e300 }',
    'labor.loadedUsdPerHour: found 1e300, expected US dollars per hour, above 0, at most ' +
      '1,000,000,000',
  ],
  [
    'a rate with hundreds of decimals',
    'labor: { loadedUsdPerHour: 1e-300 }',
    'labor.loadedUsdPerHour: found 1e-300, expected US dollars per hour, above 0, at most ' +
      '1,000,000,000',
  ],
  [
    'an unknown policy',
    hostedYaml('policy: cheepest'),
    'deployments.a.hosted.policy: found "cheepest", expected cheapest, median or pinned; ' +
      'did you mean "cheapest"?',
  ],
  [
    'a pinned policy without a host',
    hostedYaml('policy: pinned'),
    'deployments.a.hosted.pinned: missing, expected the provider to pin; name it, or use ' +
      'policy: cheapest',
  ],
  [
    'a pinned host beside another policy',
    hostedYaml('policy: median, pinned: host-b'),
    'deployments.a.hosted.policy: found another policy beside a pinned provider; remove ' +
      'one of the two',
  ],
  [
    'no equivalent',
    deploymentYaml('hosted: { equivalents: [] }'),
    'deployments.a.hosted.equivalents: found an empty list, expected a list of at least 1',
  ],
  [
    'a key without a value',
    deploymentYaml('precision:'),
    'deployments.a.precision: empty, expected a precision like fp8 of 1 to 500 characters; ' +
      'fill it in or remove the key',
  ],
  [
    'an id that would need escaping',
    'deployments: { "a/b": { model: m, gpu: { type: A100 }, resources: [{ source: import }] } }',
    'deployments.a/b: found "a/b", expected an id of letters, digits, ".", "_" and "-", ' +
      'at most 64; rename it',
  ],
  [
    'a time zone that is none',
    'report: { from: a@b, to: [c@d], timeZone: Europe/Pariss }',
    'report.timeZone: found "Europe/Pariss", expected an IANA time zone like Europe/Paris, or UTC',
  ],
  [
    'a time of day as a number',
    'report: { from: a@b, to: [c@d], sendOn: { businessDayOfQuarter: 5, at: 7 } }',
    'report.sendOn.at: found 7, expected a time of day like "07:00"',
  ],
  [
    'a mail address with a name',
    'report: { from: "Audit <a@b>", to: [c@d] }',
    'report.from: found "Audit <a@b>", expected one mail address like cfo@example.com',
  ],
  [
    'an unknown kind of source',
    'sources: { r: { kind: runpods } }',
    `sources.r.kind: found "runpods", expected a kind ` +
      `of source: ${KIND_LIST}; did you mean "runpod"?`,
  ],
  [
    'a source without a kind',
    'sources: { r: { url: x } }',
    `sources.r.kind: missing, expected a kind of source: ${KIND_LIST}`,
  ],
  [
    'a source that is text',
    'sources: { r: runpod }',
    'sources.r: found no options, expected a map like { kind: runpod }; add its kind',
  ],
  [
    'options for an import source',
    'sources: { coreweave: { kind: import, apiKey: 5 } }',
    'sources.coreweave.apiKey: unknown key; remove it; allowed here: take',
  ],
  [
    'a rule by a column that FOCUS does not have',
    'sources: { aws: { kind: import, take: [{ ServiceNam: x }] } }',
    'sources.aws.take[0].ServiceNam: found "x", expected a FOCUS column like ServiceName ' +
      'or Tags.NAME; did you mean "ServiceName"?',
  ],
  [
    'a rule without a column, which would take all rows',
    'sources: { aws: { kind: import, take: [{}] } }',
    'sources.aws.take[0]: name at least one column, like ServiceName',
  ],
  [
    'the reserved id for another kind',
    'sources: { import: { kind: openrouter } }',
    'sources.import.kind: found "openrouter", but the id "import" is reserved for imports; ' +
      'rename this source',
  ],
  [
    'a rule of a source of its own',
    'sources: { p: { kind: prometheus, url: "http://x", interval: 7 } }',
    'sources.p.interval: found 7, expected a number of seconds that divides an hour, like 300',
  ],
  [
    'a hostile key',
    'deployments: { __proto__: { model: m } }',
    'deployments.__proto__: found a reserved name; rename it',
  ],
];

describe('a fault says what was found, what was expected and what to do:', () => {
  test.each(CASES)('%s', async (_, content, fault) => {
    expect(await configProblems(content)).toEqual([fault]);
  });
});
