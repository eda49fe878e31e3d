/** `rentcheck rates`: lists market prices of a GPU-hour beside the rate that you pay. */

import type { Command } from 'commander';
import type { RatesDocument } from '../../jobs/marketRates.ts';
import { plainText } from '../../platform/plainText.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { instantOption } from '../options.ts';
import { inSession, printJson, tell, withCommonOptions } from '../outcome.ts';
import { short, textTable } from '../textTable.ts';

interface RatesOptions extends CommonOptions {
  readonly at?: string;
}

export const ratesCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('rates')
      .argument('[gpu]', 'GPU in any spelling, or a pattern with *')
      .description(
        'list who rents out which GPU, since when and at what price, beside your own rate',
      )
      .option('--at <time>', 'list the rates in force then (default: now)');
    withCommonOptions(command).action(async (gpu: string | undefined, options: RatesOptions) => {
      const at = instantOption('--at', options.at);
      await inSession({ services, options, readonly: true }, async (context, speech) => {
        const { marketRates } = await import('../../jobs/marketRates.ts');
        const nowMs = context.clock.nowMs();
        const document = await marketRates(context, { gpu, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(ratesText(document));
        if (document.gpus.length > 0) return 0;
        const ofGpu = gpu === undefined ? '' : ` of ${gpu}`;
        const fix = 'Pull a source that lists rates, or run: rentcheck import rates FILE';
        tell(speech, 'note', `No rate${ofGpu} is known at ${document.at}. ${fix}`);
        return 1;
      });
    });
  },
};

const COLUMNS = ['provider', 'class', '$/GPU-hour', 'since', 'source', 'listed by', 'regions'];

function ratesText({ gpus }: RatesDocument): string {
  return gpus.map(gpuPart).join('\n');
}

function gpuPart({ gpu, isComparable, classes, own }: RatesDocument['gpus'][number]): string {
  const rows = classes.flatMap(({ pricingClass, rates }) =>
    rates.map(({ provider, usdPerGpuHour, since, source, secondHand, counts, regions }) => {
      const lister = secondHand ? 'catalog' : 'provider';
      const listedBy = counts ? lister : `${lister}, not counted`;
      const usd = short(usdPerGpuHour);
      return [provider, pricingClass, usd, since.slice(0, 10), source, listedBy, spanOf(regions)];
    }),
  );
  const spread = classes.flatMap(({ pricingClass, leastUsd, medianUsd, mostUsd, byRegion }) => {
    if (leastUsd === null || medianUsd === null || mostUsd === null) return [];
    const ends = `$${short(leastUsd)} to $${short(mostUsd)}`;
    const middle = `  ${pricingClass}: ${ends}, median $${short(medianUsd)}\n`;
    return byRegion === null ? [middle] : [middle, regionsText(pricingClass, byRegion)];
  });
  const paid =
    own === null
      ? '  your rate: no billed hours in the 31 days before\n'
      : `  your rate: $${short(own.usdPerGpuHour)} an hour, ${short(own.gpuHours)} GPU-hours ` +
        'billed in the 31 days before\n';
  const unknown = isComparable ? '' : '  unknown GPU: not compared with others\n';
  const hasRegions = classes.some(({ byRegion }) => byRegion !== null);
  const columns = hasRegions ? COLUMNS : COLUMNS.slice(0, -1);
  const table = textTable(columns, rows, [2]).replace(/^(?=.)/gm, '  ');
  return `${plainText(gpu)}\n${table}${spread.join('')}${paid}${unknown}`;
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
    `$${short(usdPerGpuHour)} (${plainText(`${provider}, ${region}`)})`;
  return `  ${pricingClass} by region: ${text(least)} to ${text(most)}\n`;
}
