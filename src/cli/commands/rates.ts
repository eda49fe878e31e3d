/** `rentcheck rates`: what others ask for an hour of a GPU, and what is paid for ours. */

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
      .argument('[gpu]', 'a GPU, however it is spelled, or a name with *')
      .description('say who rents out which GPU, since when and at what, beside the own rate')
      .option('--at <time>', 'the rates in force then; now unless told');
    withCommonOptions(command).action(async (gpu: string | undefined, options: RatesOptions) => {
      const at = instantOption('--at', options.at);
      await inSession({ services, options, readonly: true }, async (context, speech) => {
        const { marketRates } = await import('../../jobs/marketRates.ts');
        const nowMs = context.clock.nowMs();
        const document = await marketRates(context, { gpu, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(ratesText(document));
        if (document.gpus.length > 0) return 0;
        const of = gpu === undefined ? '' : ` of ${gpu}`;
        const how = 'pull a source that tells rates, or: rentcheck import rates FILE';
        tell(speech, 'note', `no rate${of} is known at ${document.at}: ${how}`);
        return 1;
      });
    });
  },
};

const COLUMNS = ['provider', 'class', '$/GPU-hour', 'since', 'source', 'told by', 'regions'];

function ratesText({ gpus }: RatesDocument): string {
  return gpus.map(gpuPart).join('\n');
}

function gpuPart({ gpu, isComparable, classes, own }: RatesDocument['gpus'][number]): string {
  const rows = classes.flatMap(({ pricingClass, rates }) =>
    rates.map(({ provider, usdPerGpuHour, since, source, secondHand, counts, regions }) => {
      const word = secondHand ? 'a catalog' : 'itself';
      const told = counts ? word : `${word}, not counted`;
      const usd = short(usdPerGpuHour);
      return [provider, pricingClass, usd, since.slice(0, 10), source, told, spanOf(regions)];
    }),
  );
  const spread = classes.flatMap(({ pricingClass, leastUsd, medianUsd, mostUsd, byRegion }) => {
    if (leastUsd === null || medianUsd === null || mostUsd === null) return [];
    const ends = `$${short(leastUsd)} to $${short(mostUsd)}`;
    const middle = `  ${pricingClass}: ${ends}, the middle $${short(medianUsd)}\n`;
    return byRegion === null ? [middle] : [middle, regionsText(pricingClass, byRegion)];
  });
  const paid =
    own === null
      ? '  ours: no billed hour of it in the 31 days before\n'
      : `  ours: $${short(own.usdPerGpuHour)} an hour, ${short(own.gpuHours)} GPU-hours billed ` +
        'in the 31 days before\n';
  const unknown = isComparable ? '' : '  not understood: compared with no other GPU\n';
  const hasRegions = classes.some(({ byRegion }) => byRegion !== null);
  const columns = hasRegions ? COLUMNS : COLUMNS.slice(0, -1);
  const table = textTable(columns, rows, [2]).replace(/^(?=.)/gm, '  ');
  return `${plainText(gpu)}\n${table}${spread.join('')}${paid}${unknown}`;
}

type Rates = RatesDocument['gpus'][number]['classes'][number];

/** `3: 1.80 in us-east-2 to 3.10 in sa-east-1`, or the one there is. */
function spanOf(regions: Rates['rates'][number]['regions']): string {
  const [least, most] = [regions[0], regions.at(-1)];
  if (least === undefined || most === undefined) return '';
  const text = ({ region, usdPerGpuHour }: typeof least) => `${short(usdPerGpuHour)} in ${region}`;
  return least === most ? least.region : `${regions.length}: ${text(least)} to ${text(most)}`;
}

function regionsText(of: string, { least, most }: NonNullable<Rates['byRegion']>): string {
  const text = ({ provider, region, usdPerGpuHour }: typeof least) =>
    `$${short(usdPerGpuHour)} (${plainText(`${provider}, ${region}`)})`;
  return `  ${of} by region: ${text(least)} to ${text(most)}\n`;
}
