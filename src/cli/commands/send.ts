/** Knows `rentcheck send`: delivers a quarter's edition, each letter once. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Delivery } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { JobContext } from '../../jobs/context.ts';
import type { Rehearsal } from '../../jobs/rehearsal.ts';
import type { CliCommand, ExitCode, Services } from '../command.ts';
import {
  inSession,
  printJson,
  resultOf,
  type Speech,
  tell,
  withCommonOptions,
} from '../outcome.ts';
import type { SendOptions, SendWish } from '../sendOptions.ts';
import { periodOption } from '../options.ts';
import { plainText } from '../../platform/plainText.ts';

export const sendCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('send')
      .description("deliver a quarter's report to its readers, each letter exactly once")
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--to <address>', 'one recipient alone')
      .option('--dry-run', 'write what would go out into a folder, and send nothing')
      .option('-o, --out <dir>', 'the folder of --dry-run', 'out/mail')
      .option('--test', 'one mail marked [test], to --to or to the owner of the report')
      .option('--resolve <delivery>', 'decide on a delivery that is in doubt')
      .option('--as <word>', 'what became of it: sent, send-again or give-up')
      .option('--note <text>', 'why, for the record')
      .option('--by <name>', 'who decides (default: the login name)');
    withCommonOptions(command).action(async (quarter: string | undefined, options: SendOptions) => {
      const { env, folder } = services;
      periodOption(quarter, {});
      const { sendWish } = await import('../sendOptions.ts');
      const wish = sendWish(options, env['USER'] ?? env['LOGNAME']);
      const readonly = wish.kind === 'dry-run' || wish.kind === 'test';
      await inSession({ services, options, readonly, mustExist: true }, (context, speech) =>
        act({ context, speech, options, quarter, folder }, wish),
      );
    });
  },
};

interface Acting {
  readonly context: JobContext;
  readonly speech: Speech;
  readonly options: SendOptions;
  readonly quarter: string | undefined;
  readonly folder: string;
}

function act(acting: Acting, wish: SendWish): Promise<ExitCode> {
  switch (wish.kind) {
    case 'send':
      return deliver(acting);
    case 'dry-run':
      return dryRun(acting);
    case 'test':
      return test(acting);
    case 'resolve':
      return decide(acting, wish);
  }
}

async function deliver({ context, speech, options, quarter }: Acting): Promise<ExitCode> {
  // Charts and templates take as long to load as an audit to compute.
  const { storedAudit } = await import('../../jobs/report.ts');
  const { freezeAudit } = await import('../../jobs/freezing.ts');
  const { deliverJob } = await import('../../jobs/deliver.ts');
  const { reportConfig } = await import('../../jobs/addresses.ts');
  const { deliveriesText } = await import('../sendText.ts');
  // Asked first: what nobody is to get need not be frozen.
  reportConfig(context);
  const edition = await freezeAudit(context, await storedAudit(context, { quarter }));
  const { id, corrects, subject } = edition;
  const say = voice({ context, speech, options });
  const answer = await deliverJob.run(context, { edition: id, to: options.to, anybody: true });
  const { result, code } = resultOf(answer, speech);
  if (options.json === true) {
    printJson(speech, { edition: id, corrects, subject, deliveries: result.deliveries });
    return code;
  }
  const correcting = corrects === undefined ? '' : `, which corrects ${corrects}`;
  say(`Edition ${id}${correcting}\n${plainText(subject)}\n\n`);
  say(deliveriesText(result.deliveries));
  return code;
}

/** Where messages themselves go to standard output, what is said of them does not. */
function voice({
  context,
  speech,
  options,
}: Omit<Acting, 'quarter' | 'folder'>): (text: string) => void {
  const channels = context.config.report?.channels ?? [];
  if (!channels.some(({ kind }) => kind === 'stdout')) return (text) => speech.stdout(text);
  if (options.json === true) {
    throw new Failure('usage', '--json and a channel to standard output do not go together', {
      expected: 'one of them: the messages stand where the JSON would',
    });
  }
  return (text) => speech.stderr(text);
}

async function dryRun({ context, speech, options, quarter, folder }: Acting): Promise<ExitCode> {
  const { rehearsalText } = await import('../sendText.ts');
  const { rehearse } = await import('../../jobs/rehearsal.ts');
  const rehearsal = await rehearse(context, { quarter, to: options.to });
  const files = fileNames(rehearsal).map((name) => resolve(folder, options.out, name));
  for (const [index, { message }] of rehearsal.letters.entries()) {
    await context.writeFile(files[index] ?? '', message);
  }
  const { edition, isFrozen, letters } = rehearsal;
  if (options.json === true) {
    const shown = letters.map((letter, index) => {
      const { channel, recipient, role, deployment, subject, state } = letter;
      return { channel, recipient, role, deployment, subject, state, file: files[index] };
    });
    printJson(speech, { edition, isFrozen, letters: shown });
  } else speech.stdout(rehearsalText(rehearsal, files));
  return 0;
}

/** `01-leader-cfo@example.com.eml`: in order, and harmless as a name whatever the address. */
function fileNames({ letters }: Rehearsal): string[] {
  return letters.map(({ role, deployment, recipient, extension }, index) => {
    const words = [String(index + 1).padStart(2, '0'), role, deployment, recipient];
    const name = words.filter((word) => word !== undefined).join('-');
    return `${name.replace(/[^A-Za-z0-9@._-]/g, '_').slice(0, 150)}.${extension}`;
  });
}

async function test({ context, speech, options, quarter }: Acting): Promise<ExitCode> {
  const { sendTest } = await import('../../jobs/rehearsal.ts');
  const sent = await sendTest(context, { quarter, to: options.to });
  const { handed, subject, to } = sent;
  const said = handed.kind === 'ambiguous' ? handed.reason : handed.reply;
  if (options.json === true) printJson(speech, sent);
  else speech.stdout(`${plainText(subject)}\n`);
  if (handed.kind === 'sent') {
    if (options.json !== true) speech.stdout(`sent to ${to}: ${plainText(said)}\n`);
    return 0;
  }
  // A test is not tried again: whatever came of it, it is over.
  const end = handed.kind === 'ambiguous' ? 'may or may not have arrived' : 'was not sent';
  tell(speech, 'fell short', `the test to ${to} ${end}: ${said}`);
  return 1;
}

async function decide(
  { context, speech, options }: Acting,
  { delivery, word }: SendWish & { kind: 'resolve' },
): Promise<ExitCode> {
  const { deliveriesText } = await import('../sendText.ts');
  const { ledger, clock } = context;
  await ledger.lapseDeliveries(clock.nowMs());
  const resolved: Delivery = await ledger.resolveDelivery(delivery, word, clock.nowMs());
  if (options.json === true) printJson(speech, { delivery: resolved });
  else speech.stdout(deliveriesText([resolved]));
  return 0;
}
