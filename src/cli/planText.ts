/** Renders a plan for the terminal: the cheapest option first, then its grounds. */

import { compare, decimal, divide, ONE } from '../domain/exact.ts';
import type { PlanDocument, PlanGpu, PlanOption } from '../jobs/planDocument.ts';
import { planOptionPhrase } from '../report/copy/planOptions.ts';
import {
  counted,
  percent,
  shortNumber,
  tokenCount,
  UNKNOWN,
  pricePerMtok,
} from '../report/format.ts';
import { formatIfKnown, formatShare, formatUsd } from './printedFigures.ts';
import { bulletBlock, fitBlocks, type OutputBlock, type PrintOptions, wrapText } from './screen.ts';
import { type FittedColumn, renderFittedTable } from './textTable.ts';
import { TERMINAL_READER } from '../report/locale.ts';

/** `plan --json` has every figure unrounded. */
export function renderPlan(document: PlanDocument, { screen, all }: PrintOptions): string {
  const { columns } = screen;
  const blocks = [
    { head: [...heading(document), ...cheapestLines(document)], items: [] },
    ...optionBlock(document, columns),
    ...bulletBlock('Missing', document.missing, columns),
    ...bulletBlock(
      'Break-even',
      document.gpus.flatMap((gpu) => renderBreakEvens(gpu, document)),
      columns,
    ),
    ...bulletBlock(rentTitle(document), tier(document), columns),
    ...bulletBlock('Which GPU', whichGpu(document), columns),
    ...bulletBlock('Capacity of a replica', statedCapacities(document), columns),
  ].map((block, at) => (at === 0 ? wrappedHead(block, columns) : block));
  const size = all ? { columns, rows: Number.POSITIVE_INFINITY } : screen;
  return `${fitBlocks(blocks, size, 'To see all of it, add --all or --json.').join('\n')}\n`;
}

function wrappedHead(block: OutputBlock, columns: number): OutputBlock {
  return { ...block, head: block.head.flatMap((line) => wrapText(line, { columns })) };
}

function heading({ asked }: PlanDocument): string[] {
  const { model, tokensPerDay, burstiness, outputShare, cachedShare, headroom, people } = asked;
  const load = [
    `peak hour ${shortNumber(decimal(burstiness), TERMINAL_READER)}× the mean`,
    `${formatShare(outputShare)} output`,
    `${formatShare(cachedShare)} of the prompt cached`,
    `replicas loaded up to ${formatShare(headroom)}`,
  ];
  const time =
    people === null
      ? 'not counted'
      : `self-hosted ${hours(people.selfHostedHours)} h a month, ` +
        `hosted ${hours(people.hostedHours)} h, at ` +
        `${formatUsd(people.usdPerHour)} (${people.basis})`;
  return [
    `Plan: ${model}, ${tokenCount(Number(tokensPerDay), TERMINAL_READER)} tokens a day`,
    `Load: ${load.join(', ')}`,
    `Engineering time: ${time}`,
  ];
}

function cheapestLines({ asked, answer, answerWithoutPeople: bare }: PlanDocument): string[] {
  if (answer === null || bare === null) return ['Cheapest: unknown, because no option has a price'];
  const cost = formatUsd(answer.withPeopleUsd ?? answer.usd);
  const first = `Cheapest: ${named(answer)}, ${cost} a month`;
  if (asked.people === null) return [first];
  const second = `Without engineering time: ${named(bare)}, ${formatUsd(bare.usd)} a month`;
  return [first, second];
}

function named({ code, gpu, from }: PlanOption): string {
  const where = from === 'given' ? '' : ` from ${from}`;
  const phrase = planOptionPhrase(code);
  return gpu === null ? `${phrase}${where}` : `${phrase} on ${gpu}${where}`;
}

const COLUMNS: readonly FittedColumn[] = [
  { title: 'option', least: 24 },
  { title: 'GPU', least: 9 },
  { title: 'price from', least: 8, rank: 5 },
  { title: '$/month', isFigure: true },
  { title: 'with engineering', isFigure: true, rank: 1 },
  { title: '$/Mtok', isFigure: true, rank: 3 },
  { title: 'utilization', isFigure: true, rank: 4 },
  { title: 'replicas', isFigure: true, rank: 2 },
];

/** A table of the options, cheapest first. */
function optionBlock({ options }: PlanDocument, columns: number): OutputBlock[] {
  if (options.length === 0) return [];
  const rows = options.map((each) => [
    planOptionPhrase(each.code),
    each.gpu ?? '',
    each.from,
    formatUsd(each.usd),
    formatUsd(each.withPeopleUsd),
    pricePerMtok(decimal(each.usdPerMtok), TERMINAL_READER),
    each.utilization === null ? '' : formatShare(each.utilization),
    String(replicasCell(each) ?? ''),
  ]);
  const [head = '', ...lines] = renderFittedTable(COLUMNS, rows, columns);
  return [{ head: [head], items: lines.map((line) => [line]) }];
}

/** `3 (1 reserved)`. */
function replicasCell({ replicas, reservedReplicas }: PlanOption): number | string | null {
  if (replicas === null || reservedReplicas === null) return replicas;
  return `${replicas} (${reservedReplicas} reserved)`;
}

/** If the API is cheapest, no GPU needs to be rented. */
function rentTitle({ answer }: PlanDocument): string {
  return answer?.code === 'hosted-api'
    ? 'Where to rent GPUs, if not the API'
    : 'Where to rent GPUs';
}

function tier({ tier: found }: PlanDocument): string[] {
  if (found === null) return [];
  const name = planOptionPhrase(found.code);
  const what = found.gpu === null ? name : `${name} on ${found.gpu}`;
  return [`${found.tier}, for ${formatUsd(found.usd)} a month (${what}). ${found.grounds}`];
}

/** Empty if only one GPU is compared. */
function whichGpu({ gpu, gpus, options }: PlanDocument): string[] {
  if (gpus.length < 2 || gpu === null) return [];
  const prices = gpus.map(({ gpu: type }) => {
    const best = options.find((option) => option.gpu === type);
    return best === undefined
      ? `${type} ${UNKNOWN}`
      : `${type} ${formatUsd(best.withPeopleUsd ?? best.usd)} ` +
          `a month, ${planOptionPhrase(best.code)}`;
  });
  return [`${gpu} (${prices.join(', ')})`];
}

/** Capacities that come from the config; those given as options are not repeated. */
function statedCapacities({ gpus }: PlanDocument): string[] {
  return gpus.flatMap(({ gpu, capacityTokPerSec: capacity, capacityOf: whose }) => {
    if (capacity === null || whose === null) return [];
    const rate = `${shortNumber(decimal(capacity), TERMINAL_READER)} tokens/s`;
    return [`${gpu}: ${rate}, from ${whose} in rentcheck.yaml`];
  });
}

function hours(text: string): string {
  return shortNumber(decimal(text), TERMINAL_READER);
}

/** The loads from which replicas are cheaper than the API or serverless, for one GPU type. */
function renderBreakEvens(gpu: PlanGpu, document: PlanDocument): string[] {
  const { podsPay, serverless, reserved, podUsd } = gpu;
  const one = `one replica can serve the peak hour at ${rate(gpu.capacityForOneTokPerSec)} or more`;
  const pod = podUsd === null ? '' : `; it costs ${formatUsd(podUsd)} a month`;
  return [
    ...(gpu.capacityTokPerSec === null ? [`${gpu.gpu}: ${one}${pod}`] : []),
    ...(podsPay === null
      ? []
      : [`${gpu.gpu} against the API: ${paying(podsPay)}. ${fullAgainst(gpu, document)}`]),
    ...(serverless === null ? [] : [`${gpu.gpu} against serverless: ${atWork(serverless)}`]),
    ...(reserved === null ? [] : [`${gpu.gpu} reserved: ${reserving(reserved)}`]),
  ];
}

function atWork({ breakEvenShare, workerShare }: NonNullable<PlanGpu['serverless']>): string {
  const busy = formatShare(workerShare);
  const here = `This load is busy ${busy} of the time, without cold starts and idle waits`;
  return isBelowOne(breakEvenShare)
    ? `replicas are cheaper if busy more than ${formatShare(breakEvenShare)} of the time. ${here}`
    : `replicas are never cheaper: a replica-hour costs ` +
        `${formatShare(breakEvenShare)} of a worker-hour`;
}

function reserving({ breakEvenShare, ...found }: NonNullable<PlanGpu['reserved']>): string {
  const { neededShare, pods, most } = found;
  if (!isBelowOne(breakEvenShare)) {
    return `never cheaper: it costs ${formatShare(breakEvenShare)} of the on-demand price`;
  }
  return (
    `cheaper for replicas needed more than ` +
    `${formatShare(breakEvenShare)} of the time: ${pods} of ` +
    `${most} here. On average, replicas are needed ${formatShare(neededShare)} of the time`
  );
}

function isBelowOne(ratio: string): boolean {
  return compare(decimal(ratio), ONE) < 0;
}

type Paying = NonNullable<PlanGpu['podsPay']>;

/** The break-even of this case beside the rule of thumb, which is 10M tokens a day. */
function paying({ alone, withPeople }: Paying): string {
  const from = ({ tokensPerDay, pods }: Paying['alone']) =>
    tokensPerDay === null
      ? 'are never cheaper'
      : `are cheaper from ${tokenCount(Number(tokensPerDay), TERMINAL_READER)} ` +
        `tokens a day (${peakText(pods)})`;
  const rule = 'the rule of thumb is 10M';
  const isSame = withPeople !== null && withPeople.tokensPerDay === alone.tokensPerDay;
  const replicas = 'replicas around the clock';
  if (withPeople === null) return `${replicas} ${from(alone)}; ${rule}`;
  if (isSame) return `${replicas} ${from(alone)}, with or without engineering time; ${rule}`;
  return (
    `with engineering time, ${replicas} ${from(withPeople)}; ` +
    `without it, they ${from(alone)}; ${rule}`
  );
}

const peakText = (replicas: number | null) =>
  `${counted(replicas ?? 1, 'replica', TERMINAL_READER)} at the peak`;

/** The grounds: a replica costs least per token when it is as full as the peak allows. */
function fullAgainst({ fullUsdPerMtok }: PlanGpu, { asked, options }: PlanDocument): string {
  const api = options.find(({ code }) => code === 'hosted-api');
  const perMtok = (text: string | undefined | null) => formatIfKnown(text ?? null, pricePerMtok);
  const hosted = perMtok(api?.usdPerMtok);
  const fullest = percent(
    divide(decimal(asked.headroom), decimal(asked.burstiness)),
    TERMINAL_READER,
  );
  return (
    `A full replica costs ${perMtok(fullUsdPerMtok)} per Mtok, the API ${hosted}. ` +
    `With this peak, utilization is at most ${fullest}`
  );
}

function rate(text: string): string {
  return `${shortNumber(decimal(text), TERMINAL_READER)} tokens/s`;
}
