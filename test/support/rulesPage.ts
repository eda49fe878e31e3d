/** The page of rules of thumb: one idea per table, the answer first, no figure typed by hand. */

import {
  compare,
  decimal,
  divide,
  exact,
  type Exact,
  exactInteger,
  multiply,
  ONE,
  subtract,
  toDecimal,
  ZERO,
} from '../../src/domain/exact.ts';
import { SPEND_TIER_RULES } from '../../src/economics/planned/result.ts';
import { groundsSentence, tierName } from '../../src/report/copy/planOptions.ts';
import { dollars, percent, shortNumber, pricePerMtok } from '../../src/report/format.ts';
import {
  A100,
  planFor,
  breakEvenShare,
  effectiveAt,
  gpuAt,
  H100,
  HOSTED,
  LEAST_ENGINEERING,
  optionOf,
  type PriceSample,
  paysFrom,
  RTX_4090,
  SHARES,
  SPEEDS,
  speedFor,
  TEN_MILLION,
  USUAL_ENGINEERING,
} from './rulesFigures.ts';
import { LEADER } from './readers.ts';

const usd = (amount: Exact) => dollars(amount, LEADER);
const share = (part: Exact) => percent(part, LEADER);

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = headers.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(headers), line(rule), ...rows.map(line)].join('\n');
}

function utilizationTable(price: PriceSample): string {
  const speeds = SPEEDS.map((speed) => `${shortNumber(speed, LEADER)} tok/s`);
  const rows = SHARES.map((share) => [
    percent(share, LEADER),
    ...SPEEDS.map((speed) => pricePerMtok(effectiveAt(price, speed, share), LEADER)),
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
      dollars(price.hour, LEADER),
      dollars(perHour, LEADER),
      percent(share, LEADER),
      left.num > 0n ? percent(left, LEADER) : 'always pods',
    ];
  });
  const headers = [
    'GPU',
    'pod $/h',
    'serverless $/h',
    'pods are cheaper above',
    'with 10 starts an hour',
  ];
  return table(headers, rows);
}

function ratioTable(): string {
  const rows = ['1.5', '2', '2.5', '3', '3.5'].map(decimal).map((ratio) => {
    const price = { ...A100, second: divide(multiply(A100.hour, ratio), HOUR_S) };
    return [`${shortNumber(ratio, LEADER)}×`, percent(breakEvenShare(price), LEADER)];
  });
  return table(['a second of serverless costs', 'pods are cheaper above'], rows);
}

function millionsTable(): string {
  const gpu = gpuAt(A100, decimal('2000'));
  const rows = HOSTED.map((hostedUsdPerMtok) => {
    const input = { gpu, tokensPerDay: TEN_MILLION, headroom: decimal('0.8'), hostedUsdPerMtok };
    const { options } = planFor(input);
    return [
      dollars(hostedUsdPerMtok, LEADER),
      dollars(optionOf(options, 'hosted-api').usd, LEADER),
      dollars(optionOf(options, 'pods').usd, LEADER),
      ...[ZERO, LEAST_ENGINEERING, USUAL_ENGINEERING].map((people) =>
        paysFrom({ ...input, people }),
      ),
    ];
  });
  const headers = [
    'hosted $/Mtok',
    'API $/month',
    'one A100 $/month',
    'A100s are cheaper from, tokens/day',
    'with 0.1 engineer',
    'with 0.25 engineer',
  ];
  return table(headers, rows);
}

function claimTable(): string {
  const target = decimal('0.01');
  const rows = [A100, H100].map((price) => {
    const [slow, , fast] = SPEEDS.map((speed) =>
      pricePerMtok(effectiveAt(price, speed, ONE), LEADER),
    );
    const needed = speedFor(price, target);
    return [
      `${price.type} at ${dollars(price.hour, LEADER)}`,
      `${slow} to ${fast}`,
      `${shortNumber(needed, LEADER)} tok/s`,
      `${shortNumber(divide(needed, decimal('3000')), LEADER)}×`,
    ];
  });
  return table(['GPU', 'full, at 1,000 to 3,000 tok/s', 'for $0.01', 'over 3,000 tok/s'], rows);
}

function tierTable(): string {
  const rows = SPEND_TIER_RULES.map(({ fromUsd, tier, grounds }, at) => {
    const until = SPEND_TIER_RULES[at + 1]?.fromUsd;
    const from = compare(fromUsd, ZERO) === 0 ? '' : `from ${dollars(fromUsd, LEADER)}`;
    const to = until === undefined ? '' : `below ${dollars(until, LEADER)}`;
    const spend = [from, to].filter((part) => part !== '').join(', ');
    return [spend, tierName(tier), groundsSentence(grounds)];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(['GPU spend a month', 'rent from', 'because']), '| --- | --- | --- |']
    .concat(rows.map(line))
    .join('\n');
}

function perSecond({ second }: PriceSample): string {
  return `$${toDecimal(second, 5)}`;
}

/** How many times $0.01 a full GPU costs. */
function overClaim(price: PriceSample, speed: string): string {
  return shortNumber(divide(effectiveAt(price, decimal(speed), ONE), decimal('0.01')), LEADER);
}

export function rulesPage(): string {
  const full = (price: PriceSample, speed: string) =>
    pricePerMtok(effectiveAt(price, decimal(speed), ONE), LEADER);
  const month = dollars(multiply(A100.hour, exactInteger(720)), LEADER);
  const perMtok = pricePerMtok(
    divide(multiply(A100.hour, exactInteger(720)), exactInteger(300)),
    LEADER,
  );
  return `# Rules of thumb, computed

The audit's own code computes each figure here, and a test checks the page. A month is 30 days
around the clock. The prices:

- A100 80 GB: ${dollars(A100.hour, LEADER)} an hour, the price in the rule of thumb. H100 80 GB:
  ${usd(H100.hour)}, the median on demand over 37 providers in May 2026 (AIMultiple's GPU
  index). RTX 4090: ${dollars(RTX_4090.hour, LEADER)} (RunPod's API reference).
- Serverless by the second: ${perSecond(A100)}, ${perSecond(H100)} and ${perSecond(RTX_4090)}
  for the three (RunPod's serverless price list, docs.runpod.io).
- Engineering time: $1,667 a month is a tenth, and $4,167 a quarter, of one engineer at $200,000 a
  year. These are the low and the middle of published opinions.

For your own numbers, use \`rentcheck plan\` before there is a stack. Once it runs, use
\`rentcheck audit\` and \`rentcheck what-if\`.

## Utilization decides the cost of a million tokens
**A full A100 costs ${full(A100, '3000')} to ${full(A100, '1000')} per million tokens. At 10% it
costs ten times that.** Price = dollars an hour ÷ (tokens a second × utilization × 3,600 ÷
1,000,000).

A100 at ${dollars(A100.hour, LEADER)} an hour, $/Mtok:

${utilizationTable(A100)}

H100 at ${dollars(H100.hour, LEADER)} an hour, $/Mtok:

${utilizationTable(H100)}

## "Well under $0.01 per million tokens" is not possible
**A full GPU at 1,000 to 3,000 tokens a second costs ${overClaim(A100, '3000')} to
${overClaim(H100, '1000')} times that.** For $0.01 it would have to be that many times as fast:

${claimTable()}

## Pods or serverless: divide two prices
**Pods are cheaper if they work for a larger share of the time than pod price ÷ serverless price.**
For an A100 at these prices that is ${share(breakEvenShare(A100))}, not 30 to 40%. Starts and
waits make serverless more expensive, so pods are cheaper earlier. The last column subtracts ten
starts an hour of 60 s, each with 5 s of waiting.

${serverlessTable()}

"30 to 40%" is right if a second of serverless costs about two and a half to three times a second
of a pod:

${ratioTable()}

## Ten million tokens a day
**This is not enough to rent a GPU. At 10M tokens a day, one A100 costs ${month} a month, or
${perMtok} per million tokens, before any engineering time.** The rule of thumb is, if anything,
low. It is right against a hosted price of ${perMtok}, and hosted prices are a fraction of that.
The table uses an A100 of 2,000 tok/s, loaded to at most 80% around the clock:

${millionsTable()}

"Never" means that the hosted price is below the cost of even a full A100. Only the saving of full
A100s pays for engineering time, so engineering time moves the number most.

## Where to rent
**The monthly cost of the GPUs decides. No price list decides it alone.**

${tierTable()}

Reserved capacity is cheaper for pods that are needed for a larger share of the time than reserved
price ÷ on-demand price. At $1.80 against $2.50 an hour, that is above
${percent(divide(decimal('1.8'), decimal('2.5')), LEADER)} of the hours.
`;
}
