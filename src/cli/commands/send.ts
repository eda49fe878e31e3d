/** `rentcheck send`: delivers the report of a quarter, each message exactly once. */

import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Delivery } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { JobContext } from '../../jobs/job.ts';
import type { SendPreview } from '../../jobs/sendPreview.ts';
import type { CliCommand, ExitCode, Services } from '../command.ts';
import {
  withSession,
  printJson,
  unwrapResult,
  type Speech,
  printNote,
  withCommonOptions,
} from '../session.ts';
import type { SendAction, SendOptions } from '../sendOptions.ts';
import { parsePeriodOption } from '../options.ts';
import { listColumns, wrapText } from '../screen.ts';
import { plainText } from '../../platform/text.ts';

export const sendCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--to <address>', 'send to this recipient only')
      .option('--dry-run', 'write the messages into a folder, and send nothing')
      .option('-o, --out <dir>', 'folder for --dry-run', 'out/mail')
      .option('--test', 'send one message marked [test], to --to or to report.owner')
      .option(
        '--resolve <delivery>',
        'record the outcome of a delivery that is in doubt, refused, failed or deferred',
      )
      .option('--as <word>', 'outcome: sent, send-again or give-up')
      .option('--note <text>', 'reason, kept in the ledger')
      .option('--by <name>', 'who decides (default: the login name)');
    withCommonOptions(command).action(async (quarter: string | undefined, options: SendOptions) => {
      const { env, folder } = services;
      const columns = listColumns(services);
      parsePeriodOption(quarter, {});
      const { parseSendAction } = await import('../sendOptions.ts');
      const action = parseSendAction(options, env['USER'] ?? env['LOGNAME']);
      const readonly = action.kind === 'dry-run' || action.kind === 'test';
      await withSession({ services, options, readonly, mustExist: true }, (context, speech) =>
        act({ context, speech, options, quarter, folder, columns }, action),
      );
    });
  },
};

interface SendInput {
  readonly context: JobContext;
  readonly speech: Speech;
  readonly options: SendOptions;
  readonly quarter: string | undefined;
  readonly folder: string;
  /** The width of lists; infinite in a pipe. */
  readonly columns: number;
}

function act(input: SendInput, action: SendAction): Promise<ExitCode> {
  switch (action.kind) {
    case 'send':
      return deliver(input);
    case 'dry-run':
      return dryRun(input);
    case 'test':
      return test(input);
    case 'resolve':
      return decide(input, action);
  }
}

async function deliver(input: SendInput): Promise<ExitCode> {
  const { context, speech, options, quarter, columns } = input;
  // Charts and templates take as long to load as an audit to compute.
  const { loadStoredAudit } = await import('../../jobs/report.ts');
  const { freezeAudit } = await import('../../jobs/editions.ts');
  const { deliverJob } = await import('../../jobs/deliver.ts');
  const { requireReportConfig } = await import('../../jobs/recipients.ts');
  const { renderDeliveries } = await import('../sendText.ts');
  // Checked first, so that no edition is frozen without recipients.
  requireReportConfig(context);
  const edition = await freezeAudit(context, await loadStoredAudit(context, { quarter }));
  const { id, corrects, subject } = edition;
  const say = textOutput({ context, speech, options });
  const answer = await deliverJob.run(context, { edition: id, to: options.to, anybody: true });
  const { result, code } = unwrapResult(answer, speech);
  if (options.json === true) {
    printJson(speech, { edition: id, corrects, subject, deliveries: result.deliveries });
    return code;
  }
  const correcting = corrects === undefined ? '' : `, a correction of ${corrects}`;
  const head = [`Edition ${id}${correcting}`, subject];
  say(`${head.flatMap((line) => wrapText(line, { columns })).join('\n')}\n\n`);
  say(renderDeliveries(result.deliveries, columns));
  return code;
}

/** Where text is printed. A `stdout` channel reserves standard output for messages. */
function textOutput({
  context,
  speech,
  options,
}: Pick<SendInput, 'context' | 'speech' | 'options'>): (text: string) => void {
  const channels = context.config.report?.channels ?? [];
  if (!channels.some(({ kind }) => kind === 'stdout')) return (text) => speech.stdout(text);
  if (options.json === true) {
    throw new Failure('usage', 'Cannot use --json with a stdout channel', {
      expected: 'only one of them: both write to standard output',
    });
  }
  return (text) => speech.stderr(text);
}

async function dryRun(input: SendInput): Promise<ExitCode> {
  const { context, speech, options, quarter, columns } = input;
  const { renderSendPreview } = await import('../sendText.ts');
  const { previewMessages } = await import('../../jobs/sendPreview.ts');
  const preview = await previewMessages(context, { quarter, to: options.to });
  const names = fileNames(preview);
  const folder = resolve(input.folder, options.out);
  const files = names.map((name) => join(folder, name));
  for (const [index, { message }] of preview.letters.entries()) {
    await context.reports.writeFile(files[index] ?? '', message);
  }
  const { edition, isFrozen, letters } = preview;
  if (options.json === true) {
    const shown = letters.map((letter, index) => {
      const { channel, recipient, role, deployment, subject, state } = letter;
      return { channel, recipient, role, deployment, subject, state, file: files[index] };
    });
    printJson(speech, { edition, isFrozen, letters: shown });
  } else speech.stdout(renderSendPreview(preview, { folder, names }, columns));
  return 0;
}

/** `01-leader-cfo@example.com.eml`: numbered, with only safe characters. */
function fileNames({ letters }: SendPreview): string[] {
  return letters.map(({ role, deployment, recipient, extension }, index) => {
    const parts = [String(index + 1).padStart(2, '0'), role, deployment, recipient];
    const name = parts.filter((part) => part !== undefined).join('-');
    return `${name.replace(/[^A-Za-z0-9@._-]/g, '_').slice(0, 150)}.${extension}`;
  });
}

async function test({ context, speech, options, quarter }: SendInput): Promise<ExitCode> {
  const { sendTest } = await import('../../jobs/sendPreview.ts');
  const sent = await sendTest(context, { quarter, to: options.to });
  const { handed, subject, to } = sent;
  const reply = handed.kind === 'ambiguous' ? handed.reason : handed.reply;
  if (options.json === true) printJson(speech, sent);
  else speech.stdout(`${plainText(subject)}\n`);
  if (handed.kind === 'sent') {
    if (options.json !== true) speech.stdout(`Sent to ${to}: ${plainText(reply)}\n`);
    return 0;
  }
  // A test message is never sent again.
  const end = handed.kind === 'ambiguous' ? 'may or may not have arrived' : 'was not sent';
  printNote(speech, 'incomplete', `The test message to ${to} ${end}: ${reply}`);
  return 1;
}

async function decide(
  { context, speech, options, columns }: SendInput,
  { delivery, word }: SendAction & { kind: 'resolve' },
): Promise<ExitCode> {
  const { renderDeliveries } = await import('../sendText.ts');
  const { ledger, clock } = context;
  await ledger.deliveries.expireClaims(clock.nowMs());
  const resolved: Delivery = await ledger.deliveries.resolve(delivery, word, clock.nowMs());
  if (options.json === true) printJson(speech, { delivery: resolved });
  else speech.stdout(renderDeliveries([resolved], columns));
  return 0;
}
