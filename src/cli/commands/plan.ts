/** Knows `rentcheck plan`: API, serverless or pods, for a stack that does not exist yet. */

import { type Command, Option } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { PlanDocument } from '../../jobs/planDocument.ts';
import type { CliCommand, ExitCode, Services } from '../command.ts';
import {
  ExitWith,
  inSession,
  printJson,
  type Speech,
  tell,
  withCommonOptions,
} from '../outcome.ts';
import type { PlanOptions } from '../planOptions.ts';

export const planCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('plan')
      .description('weigh API, serverless and pods for a model that is not served yet')
      .option('--model <name>', 'as hosts and the configuration call it')
      .option('--gpu <type>', 'a GPU to weigh, or GPU=tokens a second; may be repeated', all, [])
      .option('--tokens-per-day <tokens>', 'prompt and output, e.g. 10M')
      .option('--burstiness <ratio>', 'the peak hour over the mean hour, 1 to 24', '3')
      .option('--capacity <tokens>', 'tokens a second of one replica, where --gpu does not say')
      .option('--gpu-count <count>', 'GPUs of one replica', '1')
      .option('--output-share <share>', 'of all tokens', '0.2')
      .option('--cached-share <share>', 'of the prompt: hits of our own prefix cache', '0')
      .option('--headroom <share>', 'of its capacity that a replica is loaded with', '0.8')
      .option('--gpu-rate <rate>', 'on demand, dollars per GPU-hour; may be GPU=rate', all, [])
      .option('--reserved-rate <rate>', 'reserved, dollars per GPU-hour; may be GPU=rate', all, [])
      .addOption(serverlessRate())
      .option('--hosted-in <price>', 'what a host asks for the prompt, dollars per Mtok')
      .option('--hosted-out <price>', 'what it asks for the output')
      .option('--hosted-cached <price>', 'what it asks for cached prompt tokens')
      .option('--fee <share>', "a platform's fee on credits, e.g. 0.055")
      .option('--ops-hours <hours>', "people's hours a month on own machines")
      .option('--hosted-hours <hours>', "people's hours a month with a host")
      .option('--labor-rate <dollars>', "dollars for an hour of people's time");
    withCommonOptions(command).action((options: PlanOptions) => plan(command, options, services));
  },
};

function all(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function serverlessRate(): Option {
  const said = 'dollars per second of one worker; may be GPU=rate';
  return new Option('--serverless-rate <rate>', said).argParser(all).default([]);
}

/** What is not given is looked up, where there is a configuration with a ledger. */
async function plan(command: Command, options: PlanOptions, services: Services): Promise<void> {
  const { planRequest } = await import('../planOptions.ts');
  const { planAnswer } = await import('../../jobs/planAhead.ts');
  const request = planRequest(options);
  const isNamed = command.getOptionValueSource('config') === 'cli';
  const alone = async () => {
    const code = await say(await planAnswer(request), options, services);
    if (code !== 0) throw new ExitWith(code);
  };
  if (!isNamed && !(await services.files.exists(options.config))) return alone();
  try {
    await inSession({ services, options, readonly: true }, async (context, speech) =>
      say(await planAnswer(request, context), options, speech),
    );
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'no-data')) throw error;
    tell(services, 'note', `${error.message}: planned with what was given alone`);
    await alone();
  }
}

async function say(
  document: PlanDocument,
  options: PlanOptions,
  speech: Speech,
): Promise<ExitCode> {
  const { planText } = await import('../planText.ts');
  if (options.json === true) printJson(speech, document);
  else speech.stdout(planText(document));
  if (document.answer !== null) return 0;
  tell(speech, 'fell short', 'no option has a price; see what is missing');
  return 1;
}
