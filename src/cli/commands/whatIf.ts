/** `rentcheck what-if`: compares the verdict with and without overridden inputs. */

import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { WhatIfRequest } from '../../jobs/whatIf.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { parseInstantOption, parsePeriodOption } from '../options.ts';
import { withSession, printJson, unwrapResult, withCommonOptions } from '../session.ts';

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
  readonly all?: boolean;
}

export const whatIfCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--deployment <id>', 'change this deployment only')
      .option('--hosted-price <change>', 'hosted price, dollars per million tokens (0.25), or -30%')
      .option('--gpu-rate <change>', 'dollars per GPU-hour (1.20), or -30% of all GPU prices')
      .option('--ops-hours <hours>', 'engineering hours for self-hosting in the period')
      .option('--utilization <share>', 'used share of the billed capacity, 0 to 1')
      .option('--tokens-per-day <tokens>', 'prompt and output tokens a day, e.g. 10M')
      .option('--cache-share <share>', 'share of your cache hits that a hosted API keeps, 0 to 1')
      .option('--capacity <tokens>', 'tokens per second of one replica')
      .option('--host <name>', 'provider or endpoint to compare with')
      .option('--fee <share>', 'fee of the buying platform, e.g. 0.055')
      .option('--labor-rate <dollars>', 'dollars per engineering hour')
      .option('--from <date>', 'start of a period instead of a quarter')
      .option('--to <date>', 'end of the period, not included')
      .option('--as-of <time>', 'use only data that was recorded by then')
      .option('--all', 'print every deployment and the reasons');
    withCommonOptions(command).action(
      async (quarter: string | undefined, options: WhatIfOptions) => {
        const request = await requestOf(quarter, options);
        const { computeWhatIf } = await import('../../jobs/whatIf.ts');
        const { toPrintOptions } = await import('../screen.ts');
        const { renderWhatIf } = await import('../whatIfText.ts');
        const session = { services, options, readonly: true, mustExist: true };
        await withSession(session, async (context, speech) => {
          const { result, code } = unwrapResult(await computeWhatIf(context, request), speech);
          if (options.json === true) printJson(speech, result);
          else speech.stdout(renderWhatIf(result, toPrintOptions(services, options)));
          return code;
        });
      },
    );
  },
};

/** Options are checked before the ledger is opened. */
async function requestOf(
  quarter: string | undefined,
  options: WhatIfOptions,
): Promise<WhatIfRequest> {
  const { deployment, ...overrides } = await overridesOf(options);
  if (Object.keys(overrides).length === 0) {
    throw new Failure('usage', 'No input to change', {
      expected: 'at least one override',
      hint: 'e.g. rentcheck what-if --hosted-price -30% --ops-hours 60',
    });
  }
  return {
    period: parsePeriodOption(quarter, options),
    asOfMs: parseInstantOption('--as-of', options.asOf),
    overrides: { ...overrides, ...(deployment === undefined ? {} : { deployment }) },
  };
}

async function overridesOf(options: WhatIfOptions): Promise<WhatIfRequest['overrides']> {
  const { parseChangeOption, parseFigureOption, parseShareOption, parseTokensOption } =
    await import('../figureOptions.ts');
  const { deployment, host } = options;
  const dollars = { expected: 'dollars above 0, e.g. 120' };
  const capacity = { expected: 'tokens per second above 0, e.g. 2400' };
  const hours = { aboveZero: false, expected: 'hours, e.g. 60' };
  const figures = {
    hostedPrice: parseOption(options.hostedPrice, (text) =>
      parseChangeOption('--hosted-price', text),
    ),
    gpuRate: parseOption(options.gpuRate, (text) => parseChangeOption('--gpu-rate', text)),
    opsHours: parseOption(options.opsHours, (text) =>
      parseFigureOption('--ops-hours', text, hours),
    ),
    utilization: parseOption(options.utilization, (text) =>
      parseShareOption('--utilization', text),
    ),
    tokensPerDay: parseOption(options.tokensPerDay, (text) =>
      parseTokensOption('--tokens-per-day', text),
    ),
    cacheShare: parseOption(options.cacheShare, (text) => parseShareOption('--cache-share', text)),
    capacity: parseOption(options.capacity, (text) =>
      parseFigureOption('--capacity', text, capacity),
    ),
    fee: parseOption(options.fee, (text) => parseShareOption('--fee', text)),
    laborRate: parseOption(options.laborRate, (text) =>
      parseFigureOption('--labor-rate', text, dollars),
    ),
    host,
    deployment,
  };
  const given = Object.entries(figures).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function parseOption<Value>(
  text: string | undefined,
  parse: (text: string) => Value,
): Value | undefined {
  return text === undefined ? undefined : parse(text);
}
