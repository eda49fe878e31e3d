/** `rentcheck plan`: compares hosted API, serverless and rented GPUs for a new model. */

import { type Command, Option } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { PlanDocument } from '../../jobs/planDocument.ts';
import type { CliCommand, ExitCode, Services } from '../command.ts';
import {
  ExitWith,
  withSession,
  printJson,
  type Speech,
  printNote,
  withCommonOptions,
} from '../session.ts';
import type { PlanOptions } from '../planOptions.ts';

export const planCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .option('--model <name>', 'model name, as in the config or at providers')
      .option(
        '--gpu <type>',
        'GPU to compare, or GPU=tokens per second; repeatable',
        appendText,
        [],
      )
      .option('--tokens-per-day <tokens>', 'prompt and output tokens a day, e.g. 10M')
      .option('--burstiness <ratio>', 'traffic of the peak hour over the mean hour, 1 to 24', '3')
      .option('--capacity <tokens>', 'tokens per second of one replica, unless --gpu gives it')
      .option('--gpu-count <count>', 'GPUs per replica', '1')
      .option('--output-share <share>', 'output as a share of all tokens', '0.2')
      .option('--cached-share <share>', 'share of the prompt that hits your prefix cache', '0')
      .option('--headroom <share>', 'highest load of a replica, as a share of its capacity', '0.8')
      .option('--gpu-rate <rate>', 'on demand, dollars per GPU-hour, or GPU=rate', appendText, [])
      .option(
        '--reserved-rate <rate>',
        'reserved, dollars per GPU-hour, or GPU=rate',
        appendText,
        [],
      )
      .addOption(serverlessRate())
      .option('--hosted-in <price>', 'hosted price of prompt tokens, dollars per million')
      .option('--hosted-out <price>', 'hosted price of output tokens, dollars per million')
      .option('--hosted-cached <price>', 'hosted price of cached prompt tokens')
      .option('--fee <share>', 'fee of the buying platform, e.g. 0.055')
      .option('--ops-hours <hours>', 'engineering hours a month for self-hosting')
      .option('--hosted-hours <hours>', 'engineering hours a month for hosted APIs')
      .option('--labor-rate <dollars>', 'dollars per engineering hour')
      .option('--all', 'print all of it, more than a screen');
    withCommonOptions(command).action((options: PlanOptions) => plan(command, options, services));
  },
};

function appendText(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function serverlessRate(): Option {
  const description = 'dollars per second of one worker, or GPU=rate';
  return new Option('--serverless-rate <rate>', description).argParser(appendText).default([]);
}

/** Values that are not options come from the config and its ledger, if they exist. */
async function plan(command: Command, options: PlanOptions, services: Services): Promise<void> {
  const { parsePlanRequest } = await import('../planOptions.ts');
  const { computePlan } = await import('../../jobs/plan.ts');
  const request = parsePlanRequest(options);
  const isNamed = command.getOptionValueSource('config') === 'cli';
  const planWithoutConfig = async () => {
    const code = await printPlan(await computePlan(request), {
      options,
      services,
      speech: services,
    });
    if (code !== 0) throw new ExitWith(code);
  };
  if (!isNamed && !(await services.files.exists(options.config))) return planWithoutConfig();
  try {
    await withSession({ services, options, readonly: true }, async (context, speech) =>
      printPlan(await computePlan(request, context), { options, services, speech }),
    );
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'no-data')) throw error;
    printNote(
      services,
      'note',
      `${error.message}. This plan uses only the values on the command line.`,
    );
    await planWithoutConfig();
  }
}

interface Output {
  readonly options: PlanOptions;
  readonly services: Services;
  readonly speech: Speech;
}

async function printPlan(
  document: PlanDocument,
  { options, services, speech }: Output,
): Promise<ExitCode> {
  const { renderPlan } = await import('../planText.ts');
  const { toPrintOptions } = await import('../screen.ts');
  if (options.json === true) printJson(speech, document);
  else speech.stdout(renderPlan(document, toPrintOptions(services, options)));
  if (document.answer !== null) return 0;
  printNote(speech, 'incomplete', 'No option has a price. See "Missing".');
  return 1;
}
