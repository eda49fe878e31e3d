/** `rentcheck rates`: lists market prices of a GPU-hour beside the rate that you pay. */

import type { Command } from 'commander';
import type { RatesDocument } from '../../jobs/marketRates.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { parseInstantOption } from '../options.ts';
import { withSession, printJson, printNote, withCommonOptions } from '../session.ts';
import { renderFittedList, listColumns } from '../screen.ts';
import { type FittedColumn, renderTitledTable } from '../textTable.ts';
import { formatDecimal } from '../../domain/figures.ts';

interface RatesOptions extends CommonOptions {
  readonly at?: string;
  readonly all?: boolean;
}

export const ratesCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[gpu]', 'GPU in any spelling, or a pattern with *')
      .option('--at <time>', 'list the rates in force then (default: now)')
      .option('--all', 'print every column in full, at any width');
    withCommonOptions(command).action(async (gpu: string | undefined, options: RatesOptions) => {
      const at = parseInstantOption('--at', options.at);
      await withSession({ services, options, readonly: true }, async (context, speech) => {
        const { readMarketRates } = await import('../../jobs/marketRates.ts');
        const nowMs = context.clock.nowMs();
        const document = await readMarketRates(context, { gpu, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(renderRates(document, listColumns(services, options)));
        if (document.gpus.length > 0) return 0;
        const ofGpu = gpu === undefined ? '' : ` of ${gpu}`;
        const fix = 'Pull a source that lists rates, or run: rentcheck import rates FILE';
        printNote(speech, 'note', `No rate${ofGpu} is known at ${document.at}. ${fix}`);
        return 1;
      });
    });
  },
};

const COLUMNS: readonly FittedColumn[] = [
  { title: 'provider', least: 12 },
  { title: 'class' },
  { title: '$/GPU-hour', isFigure: true },
  { title: 'since', rank: 1 },
  { title: 'source', least: 6, rank: 4 },
  { title: 'listed by', least: 8, rank: 2 },
];
const REGIONS: FittedColumn = { title: 'regions', least: 16, rank: 3 };

/** Exported for tests. */
export function renderRates({ gpus }: RatesDocument, columns: number): string {
  const render = (room: number) => gpus.map((gpu) => gpuPart(gpu, room)).join('\n');
  return renderFittedList(render, columns, '--all or --json');
}

type ListedGpu = RatesDocument['gpus'][number];

function gpuPart({ gpu, isComparable, classes, own }: ListedGpu, columns: number): string {
  const rows = classes.flatMap(({ pricingClass, rates }) =>
    rates.map(({ provider, usdPerGpuHour, since, source, secondHand, counts, regions }) => {
      const lister = secondHand ? 'catalog' : 'provider';
      const listedBy = counts ? lister : `${lister}, not counted`;
      const usd = formatDecimal(usdPerGpuHour);
      return [provider, pricingClass, usd, since.slice(0, 10), source, listedBy, spanOf(regions)];
    }),
  );
  const hasRegions = classes.some(({ byRegion }) => byRegion !== null);
  const notes = [...classes.flatMap(spreadLines), ownLine(own), ...unknownLine(isComparable)];
  const shown = hasRegions ? [...COLUMNS, REGIONS] : COLUMNS;
  return renderTitledTable({ title: gpu, columns: shown, rows, notes }, columns);
}

function spreadLines({
  pricingClass,
  leastUsd,
  medianUsd,
  mostUsd,
  byRegion,
}: ListedGpu['classes'][number]): string[] {
  if (leastUsd === null || medianUsd === null || mostUsd === null) return [];
  const ends = `$${formatDecimal(leastUsd)} to $${formatDecimal(mostUsd)}`;
  const spread = `${pricingClass}: ${ends}, median $${formatDecimal(medianUsd)}`;
  return byRegion === null ? [spread] : [spread, regionsText(pricingClass, byRegion)];
}

function ownLine(own: ListedGpu['own']): string {
  if (own === null) return 'your rate: no billed hours in the 31 days before';
  const hours = `${formatDecimal(own.gpuHours)} GPU-hours billed in the 31 days before`;
  return `your rate: $${formatDecimal(own.usdPerGpuHour)} an hour, ${hours}`;
}

function unknownLine(isComparable: boolean): string[] {
  return isComparable ? [] : ['unknown GPU: not compared with others'];
}

type Rates = RatesDocument['gpus'][number]['classes'][number];

/** `3: 1.80 in us-east-2 to 3.10 in sa-east-1`, or the name of the only region. */
function spanOf(regions: Rates['rates'][number]['regions']): string {
  const [least, most] = [regions[0], regions.at(-1)];
  if (least === undefined || most === undefined) return '';
  const text = ({ region, usdPerGpuHour }: typeof least) =>
    `${formatDecimal(usdPerGpuHour)} in ${region}`;
  return least === most ? least.region : `${regions.length}: ${text(least)} to ${text(most)}`;
}

function regionsText(
  pricingClass: string,
  { least, most }: NonNullable<Rates['byRegion']>,
): string {
  const text = ({ provider, region, usdPerGpuHour }: typeof least) =>
    `$${formatDecimal(usdPerGpuHour)} (${provider}, ${region})`;
  return `${pricingClass} by region: ${text(least)} to ${text(most)}`;
}
