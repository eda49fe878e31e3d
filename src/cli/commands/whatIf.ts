/** Knows `rentcheck what-if`: the verdict with some inputs changed, beside the one as it is. */

import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { WhatIfRequest } from '../../jobs/whatIf.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { instantOption, periodOption } from '../options.ts';
import { inSession, printJson, resultOf, withCommonOptions } from '../outcome.ts';

interface WhatIfOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly deployment?: string;
  readonly hostedPrice?: string;
  readonly gpuRate?: string;
  readonly opsHours?: string;
  readonly utilization?: string;
  readonly tokensPerDay?: string;
  readonly cacheShare?: string;
  readonly capacity?: string;
  readonly host?: string;
  readonly fee?: string;
  readonly laborRate?: string;
}

export const whatIfCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('what-if')
      .description('change any input and see the verdict move; nothing is stored')
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--deployment <id>', 'change this deployment alone')
      .option('--hosted-price <change>', 'dollars per Mtok at the host (0.25), or a change (-30%)')
      .option('--gpu-rate <change>', 'dollars per GPU-hour (1.20), or a change everywhere (-30%)')
      .option('--ops-hours <hours>', "people's hours on own machines in the window")
      .option('--utilization <share>', 'of what the paid replicas can serve, 0 to 1')
      .option('--tokens-per-day <tokens>', 'prompt and output, e.g. 10M')
      .option('--cache-share <share>', 'of our cache hits that a host would also hit, 0 to 1')
      .option('--capacity <tokens>', 'tokens a second of one replica')
      .option('--host <name>', 'the host that counts')
      .option('--fee <share>', "a platform's fee on credits, e.g. 0.055")
      .option('--labor-rate <dollars>', "dollars for an hour of people's time")
      .option('--from <date>', 'a window instead of a quarter: its start')
      .option('--to <date>', 'the end of the window, not included')
      .option('--as-of <time>', 'only what was known then');
    withCommonOptions(command).action(
      async (quarter: string | undefined, options: WhatIfOptions) => {
        const request = await requestOf(quarter, options);
        const { whatIfAnswer } = await import('../../jobs/whatIf.ts');
        const { whatIfText } = await import('../whatIfText.ts');
        const session = { services, options, readonly: true, mustExist: true };
        await inSession(session, async (context, speech) => {
          const { result, code } = resultOf(await whatIfAnswer(context, request), speech);
          if (options.json === true) printJson(speech, result);
          else speech.stdout(whatIfText(result));
          return code;
        });
      },
    );
  },
};

/** Read before anything is opened: a figure that cannot be is refused at once. */
async function requestOf(
  quarter: string | undefined,
  options: WhatIfOptions,
): Promise<WhatIfRequest> {
  const { deployment, ...wishes } = await wishesOf(options);
  if (Object.keys(wishes).length === 0) {
    throw new Failure('usage', 'nothing is changed', {
      expected: 'at least one input to change',
      hint: 'e.g. rentcheck what-if --hosted-price -30% --ops-hours 60',
    });
  }
  return {
    period: periodOption(quarter, options),
    asOfMs: instantOption('--as-of', options.asOf),
    wishes: { ...wishes, ...(deployment === undefined ? {} : { deployment }) },
  };
}

async function wishesOf(options: WhatIfOptions): Promise<WhatIfRequest['wishes']> {
  const { changeOption, figureOption, shareOption, tokensOption } = await import(
    '../figureOptions.ts'
  );
  const { deployment, host } = options;
  const dollars = { expected: 'dollars above 0, e.g. 120' };
  const capacity = { expected: 'tokens a second above 0, e.g. 2400' };
  const hours = { aboveZero: false, expected: 'hours, e.g. 60' };
  const figures = {
    hostedPrice: read(options.hostedPrice, (text) => changeOption('--hosted-price', text)),
    gpuRate: read(options.gpuRate, (text) => changeOption('--gpu-rate', text)),
    opsHours: read(options.opsHours, (text) => figureOption('--ops-hours', text, hours)),
    utilization: read(options.utilization, (text) => shareOption('--utilization', text)),
    tokensPerDay: read(options.tokensPerDay, (text) => tokensOption('--tokens-per-day', text)),
    cacheShare: read(options.cacheShare, (text) => shareOption('--cache-share', text)),
    capacity: read(options.capacity, (text) => figureOption('--capacity', text, capacity)),
    fee: read(options.fee, (text) => shareOption('--fee', text)),
    laborRate: read(options.laborRate, (text) => figureOption('--labor-rate', text, dollars)),
    host,
    deployment,
  };
  const told = Object.entries(figures).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told);
}

function read<Value>(text: string | undefined, parse: (text: string) => Value): Value | undefined {
  return text === undefined ? undefined : parse(text);
}
