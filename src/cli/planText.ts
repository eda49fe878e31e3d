/** Renders a plan for the terminal: the cheapest option first, then its grounds. */

import { decimal } from '../domain/exact.ts';
import type { PlanDocument, PlanOption } from '../jobs/planDocument.ts';
import { planOptionPhrase } from '../report/copy/ahead.ts';
import { plainNumber, tokenCount, UNKNOWN, usdPerMtok } from '../report/format.ts';
import { renderBreakEvens } from './planBreakEvens.ts';
import { formatShare, formatUsd } from './printedFigures.ts';
import {
  type OutputBlock,
  bulletBlock,
  type FittedColumn,
  renderFittedTable,
  fitBlocks,
  type PrintOptions,
  wrapText,
} from './screen.ts';
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
    `peak hour ${plainNumber(decimal(burstiness), TERMINAL_READER)}× the mean`,
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
    usdPerMtok(decimal(each.usdPerMtok), TERMINAL_READER),
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
    const rate = `${plainNumber(decimal(capacity), TERMINAL_READER)} tokens/s`;
    return [`${gpu}: ${rate}, from ${whose} in rentcheck.yaml`];
  });
}

function hours(text: string): string {
  return plainNumber(decimal(text), TERMINAL_READER);
}
