/** Knows how a plan reads on a terminal: the answer first, then what it rests on. */

import { decimal } from '../domain/exact.ts';
import type { PlanDocument, PlanOption } from '../jobs/planDocument.ts';
import { plainNumber, tokenCount, UNKNOWN, usdPerMtok } from '../report/format.ts';
import { breakEvens } from './planBreakEvens.ts';
import { bullets, share, usd } from './printedFigures.ts';
import { plainText } from '../platform/plainText.ts';
import { textTable } from './textTable.ts';

/** Every figure of it is in `plan --json` too, to its last place. */
export function planText(document: PlanDocument): string {
  return [
    `${heading(document)}\n${answers(document)}`,
    optionTable(document),
    bullets(
      'What would change it',
      document.gpus.flatMap((gpu) => breakEvens(gpu, document)),
    ),
    bullets(rentTitle(document), tier(document)),
    bullets('Which GPU', whichGpu(document)),
    bullets('What a replica can do', statedCapacities(document)),
    bullets('What is missing', document.missing),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function heading({ asked }: PlanDocument): string {
  const { model, tokensPerDay, burstiness, outputShare, cachedShare, headroom, people } = asked;
  const of = [
    `peak hour ${plainNumber(decimal(burstiness))}× the mean`,
    `${share(outputShare)} output`,
    `${share(cachedShare)} of the prompt cached`,
    `pods loaded to ${share(headroom)}`,
  ];
  const time =
    people === null
      ? "without people's time"
      : `${hours(people.selfHostedHours)} h of people a month, ${hours(people.hostedHours)} h ` +
        `with a host, at ${usd(people.usdPerHour)} (${people.basis})`;
  return plainText(
    `Plan: ${model}, ${tokenCount(Number(tokensPerDay))} tokens a day (${of.join(', ')}; ${time})`,
  );
}

function answers({ asked, answer, answerWithoutPeople: bare }: PlanDocument): string {
  if (answer === null || bare === null) return 'Answer: unknown, nothing is priced\n';
  const cost = usd(answer.withPeopleUsd ?? answer.usd);
  const first = `Answer: ${named(answer)}, ${cost} a month`;
  if (asked.people === null) return `${plainText(first)}\n`;
  const second = `Without people's time: ${named(bare)}, ${usd(bare.usd)} a month`;
  return `${plainText(first)}\n${plainText(second)}\n`;
}

function named({ option, gpu, from }: PlanOption): string {
  const where = from === 'given' ? '' : ` from ${from}`;
  return gpu === null ? `${option}${where}` : `${option} on ${gpu}${where}`;
}

const COLUMNS = [
  'option',
  'GPU',
  'price of',
  '$/month',
  'with people',
  '$/Mtok',
  'utilization',
  'replicas',
];

function optionTable({ options }: PlanDocument): string {
  if (options.length === 0) return '';
  const rows = options.map((each) => [
    each.option,
    each.gpu ?? '',
    each.from,
    usd(each.usd),
    usd(each.withPeopleUsd),
    usdPerMtok(decimal(each.usdPerMtok)),
    each.utilization === null ? '' : share(each.utilization),
    replicasCell(each),
  ]);
  return textTable(COLUMNS, rows, [3, 4, 5, 6, 7]);
}

/** `3 (1 reserved)`. */
function replicasCell({ replicas, reservedReplicas }: PlanOption): number | string | null {
  if (replicas === null || reservedReplicas === null) return replicas;
  return `${replicas} (${reservedReplicas} reserved)`;
}

/** Where the API is the answer, nothing need be rented. */
function rentTitle({ answer }: PlanDocument): string {
  return answer?.option === 'hosted API' ? 'Where to rent, were it not the API' : 'Where to rent';
}

function tier({ tier: found }: PlanDocument): string[] {
  if (found === null) return [];
  const what = found.gpu === null ? found.option : `${found.option} on ${found.gpu}`;
  return [`${found.tier}, for ${usd(found.usd)} a month (${what}): ${found.grounds}`];
}

/** One GPU is no choice. */
function whichGpu({ gpu, gpus, options }: PlanDocument): string[] {
  if (gpus.length < 2 || gpu === null) return [];
  const prices = gpus.map(({ gpu: type }) => {
    const best = options.find((option) => option.gpu === type);
    return best === undefined
      ? `${type} ${UNKNOWN}`
      : `${type} ${usd(best.withPeopleUsd ?? best.usd)} a month as ${best.option}`;
  });
  return [`${gpu} (${prices.join(', ')})`];
}

/** What was given by hand need not be said again. */
function statedCapacities({ gpus }: PlanDocument): string[] {
  return gpus.flatMap(({ gpu, capacityTokPerSec: capacity, capacityOf: whose }) => {
    if (capacity === null || whose === null) return [];
    const said = `${plainNumber(decimal(capacity))} tokens/s`;
    return [`${gpu}: ${said}, as rentcheck.yaml says of ${whose}`];
  });
}

function hours(text: string): string {
  return plainNumber(decimal(text));
}
