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

const COLUMNS = ['provider', 'class', '$/GPU-hour', 'since', 'source', 'told by'];

function ratesText({ gpus }: RatesDocument): string {
  return gpus.map(gpuPart).join('\n');
}

function gpuPart({ gpu, isComparable, classes, own }: RatesDocument['gpus'][number]): string {
  const rows = classes.flatMap(({ pricingClass, rates }) =>
    rates.map(({ provider, usdPerGpuHour, since, source, secondHand, counts }) => {
      const word = secondHand ? 'a catalog' : 'itself';
      const told = counts ? word : `${word}, not counted`;
      return [provider, pricingClass, short(usdPerGpuHour), since.slice(0, 10), source, told];
    }),
  );
  const spread = classes.flatMap(({ pricingClass, leastUsd, medianUsd, mostUsd }) => {
    if (leastUsd === null || medianUsd === null || mostUsd === null) return [];
    const ends = `$${short(leastUsd)} to $${short(mostUsd)}`;
    return `  ${pricingClass}: ${ends}, the middle $${short(medianUsd)}\n`;
  });
  const paid =
    own === null
      ? '  ours: no billed hour of it in the 31 days before\n'
      : `  ours: $${short(own.usdPerGpuHour)} an hour, ${short(own.gpuHours)} GPU-hours billed ` +
        'in the 31 days before\n';
  const unknown = isComparable ? '' : '  not understood: compared with no other GPU\n';
  const table = textTable(COLUMNS, rows, [2]).replace(/^(?=.)/gm, '  ');
  return `${plainText(gpu)}\n${table}${spread.join('')}${paid}${unknown}`;
}
