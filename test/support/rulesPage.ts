/** Knows the page of rules of thumb: one idea a table, the answer first, no figure by hand. */

import {
  compare,
  decimal,
  divide,
  exact,
  exactInteger,
  multiply,
  ONE,
  subtract,
  toDecimal,
  ZERO,
} from '../../src/domain/exact.ts';
import { TIER_RULES } from '../../src/economics/ahead/tiers.ts';
import { groundsSentence, tierName } from '../../src/report/copy/tiers.ts';
import { dollars, percent, plainNumber, usdPerMtok } from '../../src/report/format.ts';
import {
  A100,
  answerTo,
  breakEvenShare,
  effectiveAt,
  gpuAt,
  H100,
  HOSTED,
  LEAST_PEOPLE,
  optionOf,
  type Price,
  paysFrom,
  RTX_4090,
  SHARES,
  SPEEDS,
  speedFor,
  TEN_MILLION,
  USUAL_PEOPLE,
} from './rulesFigures.ts';

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = headers.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(headers), line(rule), ...rows.map(line)].join('\n');
}

function utilizationTable(price: Price): string {
  const speeds = SPEEDS.map((speed) => `${plainNumber(speed)} tok/s`);
  const rows = SHARES.map((share) => [
    percent(share),
    ...SPEEDS.map((speed) => usdPerMtok(effectiveAt(price, speed, share))),
  ]);
  return table(['utilization', ...speeds], rows);
}

const HOUR_S = exact(3600n);
const START_AND_WAIT_S = exact(65n);

function serverlessTable(): string {
  const rows = [A100, H100, RTX_4090].map((price) => {
    const perHour = multiply(price.second, HOUR_S);
    const share = breakEvenShare(price);
    const lost = divide(multiply(exact(10n), START_AND_WAIT_S), HOUR_S);
    const left = subtract(share, lost);
    return [
      price.type,
      dollars(price.hour),
      dollars(perHour),
      percent(share),
      left.num > 0n ? percent(left) : 'always pods',
    ];
  });
  const headers = ['GPU', 'pod $/h', 'serverless $/h', 'pods pay above', 'with 10 starts an hour'];
  return table(headers, rows);
}

function ratioTable(): string {
  const rows = ['1.5', '2', '2.5', '3', '3.5'].map(decimal).map((ratio) => {
    const price = { ...A100, second: divide(multiply(A100.hour, ratio), HOUR_S) };
    return [`${plainNumber(ratio)}×`, percent(breakEvenShare(price))];
  });
  return table(['a second of serverless costs', 'pods pay above'], rows);
}

function millionsTable(): string {
  const gpu = gpuAt(A100, decimal('2000'));
  const rows = HOSTED.map((hostedUsdPerMtok) => {
    const asked = { gpu, tokensPerDay: TEN_MILLION, headroom: decimal('0.8'), hostedUsdPerMtok };
    const { options } = answerTo(asked);
    return [
      dollars(hostedUsdPerMtok),
      dollars(optionOf(options, 'hosted API').usd),
      dollars(optionOf(options, 'pods').usd),
      ...[ZERO, LEAST_PEOPLE, USUAL_PEOPLE].map((people) => paysFrom({ ...asked, people })),
    ];
  });
  const headers = [
    'hosted $/Mtok',
    'API $/month',
    'one A100 $/month',
    'A100s pay from, tokens/day',
    'with 0.1 person',
    'with 0.25 person',
  ];
  return table(headers, rows);
}

function claimTable(): string {
  const target = decimal('0.01');
  const rows = [A100, H100].map((price) => {
    const [slow, , fast] = SPEEDS.map((speed) => usdPerMtok(effectiveAt(price, speed, ONE)));
    const needed = speedFor(price, target);
    return [
      `${price.type} at ${dollars(price.hour)}`,
      `${slow} to ${fast}`,
      `${plainNumber(needed)} tok/s`,
      `${plainNumber(divide(needed, decimal('3000')))}×`,
    ];
  });
  return table(['GPU', 'full, at 1,000 to 3,000 tok/s', 'for $0.01', 'over 3,000 tok/s'], rows);
}

function tierTable(): string {
  const rows = TIER_RULES.map(({ fromUsd, tier, grounds }, at) => {
    const until = TIER_RULES[at + 1]?.fromUsd;
    const from = compare(fromUsd, ZERO) === 0 ? '' : `from ${dollars(fromUsd)}`;
    const to = until === undefined ? '' : `below ${dollars(until)}`;
    const spend = [from, to].filter((part) => part !== '').join(', ');
    return [spend, tierName(tier), groundsSentence(grounds)];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(['GPU spend a month', 'rent from', 'because']), '| --- | --- | --- |']
    .concat(rows.map(line))
    .join('\n');
}

function perSecond({ second }: Price): string {
  return `$${toDecimal(second, 5)}`;
}

/** How many times $0.01 a full GPU costs. */
function overClaim(price: Price, speed: string): string {
  return plainNumber(divide(effectiveAt(price, decimal(speed), ONE), decimal('0.01')));
}

export function rulesPage(): string {
  const full = (price: Price, speed: string) => usdPerMtok(effectiveAt(price, decimal(speed), ONE));
  const month = dollars(multiply(A100.hour, exactInteger(720)));
  const perMtok = usdPerMtok(divide(multiply(A100.hour, exactInteger(720)), exactInteger(300)));
  return `# Rules of thumb, computed

Each figure here comes out of the code that audits, and a test holds the page to it. A month is 30
days around the clock. The prices:

- A100 80 GB: ${dollars(A100.hour)} an hour, the price of the rule of thumb. H100 80 GB:
  ${dollars(H100.hour)}, the median on demand over 37 providers in May 2026 (AIMultiple's GPU
  index). RTX 4090: ${dollars(RTX_4090.hour)} (RunPod's API reference).
- Serverless by the second: ${perSecond(A100)}, ${perSecond(H100)} and ${perSecond(RTX_4090)}
  for the three (RunPod's serverless price list, docs.runpod.io).
- People: $1,667 a month is a tenth, $4,167 a quarter of one person at $200,000 a year, the low
  and the middle of what others report.

Your own numbers: \`rentcheck plan\` before there is a stack, \`rentcheck audit\` and
\`rentcheck what-if\` once it runs.

## What a million tokens costs is decided by how full the GPU is
**A full A100 costs ${full(A100, '3000')} to ${full(A100, '1000')} per million tokens; at 10% it
costs ten times that.** Price = dollars an hour ÷ (tokens a second × utilization × 3,600 ÷
1,000,000).

A100 at ${dollars(A100.hour)} an hour, $/Mtok:

${utilizationTable(A100)}

H100 at ${dollars(H100.hour)} an hour, $/Mtok:

${utilizationTable(H100)}

## "Well under $0.01 per million tokens" does not hold
**A full GPU at 1,000 to 3,000 tokens a second costs ${overClaim(A100, '3000')} to
${overClaim(H100, '1000')} times that.** For $0.01 it would have to be that many times as fast:

${claimTable()}

## Pods or serverless: divide two prices
**Pods pay where they work for a larger share of the time than the pod's price is of
serverless'.** For an A100 at these prices that is ${percent(breakEvenShare(A100))}, not 30 to
40%. Starts and waits make serverless dearer, so pods pay earlier: the last column takes off ten
starts an hour of 60 s, each with 5 s of waiting.

${serverlessTable()}

"30 to 40%" is right where a second of serverless costs about two and a half to three times a
second of a pod:

${ratioTable()}

## Ten million tokens a day
**No reason to rent a GPU: at 10M tokens a day one A100 costs ${month} a month, or ${perMtok} per
million tokens, before anybody looks after it.** The rule of thumb is, if anything, low: it is
right against a host that asks ${perMtok}, and hosts ask a fraction of that. Here an A100 of
2,000 tok/s, loaded to 80% around the clock at best:

${millionsTable()}

"Never": a host asks less than even a full A100 costs. People's time is paid for only by what full
A100s save, so it moves the number most.

## Where to rent
**By what the GPUs cost a month; no price list decides it alone.**

${tierTable()}

Reserved pays for pods that are needed for more of the time than reserved costs of on demand: at
$1.80 against $2.50 an hour, above ${percent(divide(decimal('1.8'), decimal('2.5')))} of the hours.
`;
}
