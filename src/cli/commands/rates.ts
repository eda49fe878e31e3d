/** `rentcheck rates`: lists market prices of a GPU-hour beside the rate that you pay. */

import type { Command } from 'commander';
import type { RatesDocument } from '../../jobs/marketRates.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { instantOption } from '../options.ts';
import { inSession, printJson, tell, withCommonOptions } from '../outcome.ts';
import { type Column, fittedList, fittedTable, listColumns, wrapped } from '../screen.ts';
import { short } from '../textTable.ts';

interface RatesOptions extends CommonOptions {
  readonly at?: string;
  readonly all?: boolean;
}

export const ratesCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('rates')
      .argument('[gpu]', 'GPU in any spelling, or a pattern with *')
      .description(
        'list who rents out which GPU, since when and at what price, beside your own rate',
      )
      .option('--at <time>', 'list the rates in force then (default: now)')
      .option('--all', 'print every column in full, at any width');
    withCommonOptions(command).action(async (gpu: string | undefined, options: RatesOptions) => {
      const at = instantOption('--at', options.at);
      await inSession({ services, options, readonly: true }, async (context, speech) => {
        const { marketRates } = await import('../../jobs/marketRates.ts');
        const nowMs = context.clock.nowMs();
        const document = await marketRates(context, { gpu, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(ratesText(document, listColumns(services, options)));
        if (document.gpus.length > 0) return 0;
        const ofGpu = gpu === undefined ? '' : ` of ${gpu}`;
        const fix = 'Pull a source that lists rates, or run: rentcheck import rates FILE';
        tell(speech, 'note', `No rate${ofGpu} is known at ${document.at}. ${fix}`);
        return 1;
      });
    });
  },
};

const HINT = 'Shortened to fit the terminal. To see all of it, add --all or --json.';
const INDENT = '  ';

const COLUMNS: readonly Column[] = [
  { title: 'provider', least: 12 },
  { title: 'class' },
  { title: '$/GPU-hour', isFigure: true },
  { title: 'since', rank: 1 },
  { title: 'source', least: 6, rank: 4 },
  { title: 'listed by', least: 8, rank: 2 },
];
const REGIONS: Column = { title: 'regions', least: 16, rank: 3 };

/** Exported for tests. */
export function ratesText({ gpus }: RatesDocument, columns: number): string {
  const render = (room: number) => gpus.map((gpu) => gpuPart(gpu, room)).join('\n');
  return fittedList(render, columns, HINT);
}

type ListedGpu = RatesDocument['gpus'][number];

function gpuPart({ gpu, isComparable, classes, own }: ListedGpu, columns: number): string {
  const rows = classes.flatMap(({ pricingClass, rates }) =>
    rates.map(({ provider, usdPerGpuHour, since, source, secondHand, counts, regions }) => {
      const lister = secondHand ? 'catalog' : 'provider';
      const listedBy = counts ? lister : `${lister}, not counted`;
      const usd = short(usdPerGpuHour);
      return [provider, pricingClass, usd, since.slice(0, 10), source, listedBy, spanOf(regions)];
    }),
  );
  const hasRegions = classes.some(({ byRegion }) => byRegion !== null);
  const table = fittedTable(
    hasRegions ? [...COLUMNS, REGIONS] : COLUMNS,
    rows,
    columns - INDENT.length,
  );
  const below = [...classes.flatMap(spreadLines), ownLine(own), ...unknownLine(isComparable)];
  const lines = [
    ...wrapped(gpu, { columns }),
    ...table.map((line) => `${INDENT}${line}`),
    ...below.flatMap((line) => wrapped(line, { columns, mark: INDENT })),
  ];
  return `${lines.join('\n')}\n`;
}

function spreadLines({
  pricingClass,
  leastUsd,
  medianUsd,
  mostUsd,
  byRegion,
}: ListedGpu['classes'][number]): string[] {
  if (leastUsd === null || medianUsd === null || mostUsd === null) return [];
  const ends = `$${short(leastUsd)} to $${short(mostUsd)}`;
  const spread = `${pricingClass}: ${ends}, median $${short(medianUsd)}`;
  return byRegion === null ? [spread] : [spread, regionsText(pricingClass, byRegion)];
}

function ownLine(own: ListedGpu['own']): string {
  if (own === null) return 'your rate: no billed hours in the 31 days before';
  const hours = `${short(own.gpuHours)} GPU-hours billed in the 31 days before`;
  return `your rate: $${short(own.usdPerGpuHour)} an hour, ${hours}`;
}

function unknownLine(isComparable: boolean): string[] {
  return isComparable ? [] : ['unknown GPU: not compared with others'];
}

type Rates = RatesDocument['gpus'][number]['classes'][number];

/** `3: 1.80 in us-east-2 to 3.10 in sa-east-1`, or the name of the only region. */
function spanOf(regions: Rates['rates'][number]['regions']): string {
  const [least, most] = [regions[0], regions.at(-1)];
  if (least === undefined || most === undefined) return '';
  const text = ({ region, usdPerGpuHour }: typeof least) => `${short(usdPerGpuHour)} in ${region}`;
  return least === most ? least.region : `${regions.length}: ${text(least)} to ${text(most)}`;
}

function regionsText(
  pricingClass: string,
  { least, most }: NonNullable<Rates['byRegion']>,
): string {
  const text = ({ provider, region, usdPerGpuHour }: typeof least) =>
    `$${short(usdPerGpuHour)} (${provider}, ${region})`;
  return `${pricingClass} by region: ${text(least)} to ${text(most)}`;
}
