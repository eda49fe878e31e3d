/** `rentcheck prices`: lists who sells a model, since when and at what price. */

import type { Command } from 'commander';
import { counted } from '../../domain/counted.ts';
import { DAY_MS } from '../../domain/period.ts';
import type { ModelPrices, PricesDocument, Spread, ToldPrice } from '../../jobs/knownPrices.ts';
import { plainText } from '../../platform/plainText.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { instantOption } from '../options.ts';
import { inSession, printJson, tell, withCommonOptions } from '../outcome.ts';
import { short, textTable } from '../textTable.ts';

interface PricesOptions extends CommonOptions {
  readonly at?: string;
  readonly quarantined?: boolean;
  readonly disagreements?: boolean;
}

export const pricesCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('prices')
      .argument('[model]', 'model name as in a source, or a pattern with *')
      .description('list who sells a hosted model, since when and at what price')
      .option('--at <time>', 'list the prices in force then (default: now)')
      .option('--quarantined', 'list only quarantined prices, which are not in force')
      .option(
        '--disagreements',
        'list only prices where a catalog and the provider differ by over 10%',
      );
    withCommonOptions(command).action(async (model: string | undefined, options: PricesOptions) => {
      const at = instantOption('--at', options.at);
      await inSession({ services, options, readonly: true }, async (context, speech) => {
        const { knownPrices } = await import('../../jobs/knownPrices.ts');
        const nowMs = context.clock.nowMs();
        const document = await knownPrices(context, { model, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(pricesText(document, options));
        if (document.models.length + document.quarantined.length > 0) return 0;
        const ofModel = model === undefined ? '' : ` of ${model}`;
        const fix = 'Pull a source that lists prices, or run: rentcheck import prices FILE';
        tell(speech, 'note', `No price${ofModel} is known at ${document.at}. ${fix}`);
        return 1;
      });
    });
  },
};

function pricesText(document: PricesDocument, options: PricesOptions): string {
  if (options.disagreements === true) return disagreementsText(document);
  if (options.quarantined === true) return quarantinedText(document);
  const { quarantined, disagreements } = document;
  const quarantineNotes =
    quarantined.length === 0
      ? []
      : [`${counted(quarantined.length, 'price')} in quarantine: see --quarantined\n`];
  const catalogNotes =
    disagreements.length === 0
      ? []
      : [
          `${counted(disagreements.length, 'catalog price')} over 10% from the provider: ` +
            'see --disagreements\n',
        ];
  return [...document.models.map(modelPart), ...quarantineNotes, ...catalogNotes].join('\n');
}

const TOLD = ['since', 'listed by'];
const FIGURES = ['$ in', '$ cached', '$ out', ...TOLD];
const COLUMNS = ['provider', 'quantization', 'tier', ...FIGURES];

function modelPart({ source, model, prices, spread, gaps }: ModelPrices): string {
  const rows = prices.map((price) => [
    price.host,
    price.quantization,
    price.tier,
    ...figures(price),
  ]);
  const table = textTable(COLUMNS, rows, [3, 4, 5]).replace(/^(?=.)/gm, '  ');
  const ranges = [...spreadText('input', spread.input), ...spreadText('output', spread.output)];
  const head = `${plainText(model)} (${plainText(source)}), $ per Mtok`;
  return `${head}\n${table}${ranges.join('')}${gapLines(gaps).join('')}`;
}

/**
 * One line per run of consecutive gaps. Between two consecutive gaps the price was checked once, so
 * a run of three gaps ends with "except for 2 checks".
 */
function gapLines(gaps: ModelPrices['gaps']): string[] {
  const runs: (typeof gaps)[] = [];
  for (const gap of gaps) {
    const last = runs.at(-1);
    if (last?.at(-1)?.to === gap.from) runs.splice(-1, 1, [...last, gap]);
    else runs.push([gap]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const exception = run.length === 1 ? '' : `, except for ${counted(run.length - 1, 'check')}`;
    const { from } = first;
    if (last.to === null) return [`  not checked since ${day(from)}${exception}\n`];
    const span = lengthText(Date.parse(last.to) - Date.parse(from));
    return [`  not checked ${day(from)} to ${day(last.to)}, ${span}${exception}\n`];
  });
}

/** `3 weeks`, or `17 days` if the length is not a whole number of weeks. */
function lengthText(lengthMs: number): string {
  const days = Math.round(lengthMs / DAY_MS);
  return days % 7 === 0 ? counted(days / 7, 'week') : counted(days, 'day');
}

function spreadText(side: string, spread: Spread | null): string[] {
  if (spread === null || spread.leastUsd === spread.mostUsd) return [];
  return [`  ${side}: $${short(spread.leastUsd)} to $${short(spread.mostUsd)}\n`];
}

function figures(price: ToldPrice): string[] {
  const { inputUsd, cachedUsd, outputUsd, since, secondHand, conditions } = price;
  const [input, cached, output] = [inputUsd, cachedUsd, outputUsd].map((text) =>
    text === null ? '' : short(text),
  );
  const conditional = conditions === 0 ? '' : `, ${conditions} conditional`;
  const listedBy = `${secondHand ? 'catalog' : 'provider'}${conditional}`;
  return [input ?? '', cached ?? '', output ?? '', day(since), listedBy];
}

function quarantinedText({ quarantined }: PricesDocument): string {
  if (quarantined.length === 0) return 'No price is in quarantine.\n';
  const rows = quarantined.map((price) => [
    price.source,
    price.model,
    price.host,
    ...figures(price),
  ]);
  const columns = [
    'source',
    'model',
    'provider',
    '$/Mtok in',
    '$/Mtok cached',
    '$/Mtok out',
    ...TOLD,
  ];
  return textTable(columns, rows, [3, 4, 5]);
}

function disagreementsText({ disagreements }: PricesDocument): string {
  if (disagreements.length === 0)
    return 'No catalog price differs from the provider by more than 10%.\n';
  const rows = disagreements.map(({ side, own, catalog }) => {
    const usdOf = (price: ToldPrice) => (side === 'input' ? price.inputUsd : price.outputUsd) ?? '';
    const word = (price: ToldPrice) => [short(usdOf(price)), day(price.since), price.source];
    return [own.model, own.host, side, ...word(own), ...word(catalog)];
  });
  const columns = [
    'model',
    'provider',
    'tokens',
    'provider $/Mtok',
    'since',
    'source',
    'catalog $/Mtok',
    'since',
    'source',
  ];
  return textTable(columns, rows, [3, 6]);
}

const day = (instant: string) => instant.slice(0, 10);
