/** Prints a plan: the answer first, then its grounds. */

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
      'Break-even',
      document.gpus.flatMap((gpu) => breakEvens(gpu, document)),
    ),
    bullets(rentTitle(document), tier(document)),
    bullets('Which GPU', whichGpu(document)),
    bullets('Capacity of a replica', statedCapacities(document)),
    bullets('Missing', document.missing),
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
    `replicas loaded up to ${share(headroom)}`,
  ];
  const time =
    people === null
      ? 'not counted'
      : `self-hosted ${hours(people.selfHostedHours)} h a month, ` +
        `hosted ${hours(people.hostedHours)} h, at ${usd(people.usdPerHour)} (${people.basis})`;
  const lines = [
    `Plan: ${model}, ${tokenCount(Number(tokensPerDay))} tokens a day`,
    `Load: ${of.join(', ')}`,
    `Engineering time: ${time}`,
  ];
  return lines.map(plainText).join('\n');
}

function answers({ asked, answer, answerWithoutPeople: bare }: PlanDocument): string {
  if (answer === null || bare === null) return 'Answer: unknown, because no option has a price\n';
  const cost = usd(answer.withPeopleUsd ?? answer.usd);
  const first = `Answer: ${named(answer)}, ${cost} a month`;
  if (asked.people === null) return `${plainText(first)}\n`;
  const second = `Without engineering time: ${named(bare)}, ${usd(bare.usd)} a month`;
  return `${plainText(first)}\n${plainText(second)}\n`;
}

function named({ option, gpu, from }: PlanOption): string {
  const where = from === 'given' ? '' : ` from ${from}`;
  return gpu === null ? `${NAMES[option]}${where}` : `${NAMES[option]} on ${gpu}${where}`;
}

const NAMES: Readonly<Record<PlanOption['option'], string>> = {
  'hosted API': 'hosted API',
  serverless: 'serverless',
  pods: 'around the clock',
  'pods by the hour': 'by the hour',
  'reserved pods': 'reserved',
  'reserved and hourly pods': 'reserved and by the hour',
  'pods and API overflow': 'around the clock, API overflow',
  'reserved pods and API overflow': 'reserved, API overflow',
};

const COLUMNS = [
  'option',
  'GPU',
  'price from',
  '$/month',
  'with engineering',
  '$/Mtok',
  'utilization',
  'replicas',
];

function optionTable({ options }: PlanDocument): string {
  if (options.length === 0) return '';
  const rows = options.map((each) => [
    NAMES[each.option],
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

/** If the API is the answer, nothing needs to be rented. */
function rentTitle({ answer }: PlanDocument): string {
  return answer?.option === 'hosted API'
    ? 'Where to rent GPUs, if not the API'
    : 'Where to rent GPUs';
}

function tier({ tier: found }: PlanDocument): string[] {
  if (found === null) return [];
  const name = NAMES[found.option];
  const what = found.gpu === null ? name : `${name} on ${found.gpu}`;
  return [`${found.tier}, for ${usd(found.usd)} a month (${what}). ${found.grounds}`];
}

/** With one GPU there is nothing to choose. */
function whichGpu({ gpu, gpus, options }: PlanDocument): string[] {
  if (gpus.length < 2 || gpu === null) return [];
  const prices = gpus.map(({ gpu: type }) => {
    const best = options.find((option) => option.gpu === type);
    return best === undefined
      ? `${type} ${UNKNOWN}`
      : `${type} ${usd(best.withPeopleUsd ?? best.usd)} a month, ${NAMES[best.option]}`;
  });
  return [`${gpu} (${prices.join(', ')})`];
}

/** Capacities that come from the config; those given as options are not repeated. */
function statedCapacities({ gpus }: PlanDocument): string[] {
  return gpus.flatMap(({ gpu, capacityTokPerSec: capacity, capacityOf: whose }) => {
    if (capacity === null || whose === null) return [];
    const said = `${plainNumber(decimal(capacity))} tokens/s`;
    return [`${gpu}: ${said}, from ${whose} in rentcheck.yaml`];
  });
}

function hours(text: string): string {
  return plainNumber(decimal(text));
}
