/** `rentcheck ops`: records and lists engineering hours spent on the stack. */

import type { Command } from 'commander';
import { IMPORT_SOURCE_ID } from '../../config/ids.ts';
import { Failure } from '../../domain/failure.ts';
import type { OpsEntry } from '../../domain/provenance.ts';
import { dayText, HOUR_MS, period } from '../../domain/period.ts';
import type { HoursResult } from '../../jobs/engineeringHours.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { withSession, printJson, unwrapResult, printNote, withCommonOptions } from '../session.ts';
import { plainText } from '../../platform/text.ts';

interface AddOptions extends CommonOptions {
  readonly hours: string;
  readonly date?: string;
  readonly deployment?: string;
  readonly note?: string;
  readonly id?: string;
}

export const opsCommand: CliCommand = {
  register(ops: Command, services: Services) {
    const add = ops
      .command('add')
      .description('record engineering hours')
      .requiredOption('--hours <hours>', 'hours worked, e.g. 1.5')
      .option('--date <day>', 'day of the work, in UTC (default: today)')
      .option('--deployment <id>', 'deployment worked on (default: the whole stack)')
      .option('--note <text>', 'what was done')
      .option('--id <id>', 'your ID of the entry; the same ID again replaces it');
    withCommonOptions(add).action((options: AddOptions) => addHours(services, options));
    const list = ops.command('list').description('list the recorded hours');
    withCommonOptions(list).action((options: CommonOptions) => listHours(services, options));
  },
};

/** Options are checked before the ledger is opened, so an invalid option creates no file. */
async function addHours(services: Services, options: AddOptions): Promise<void> {
  const { parseDayOption, requireDeployment, parseTextOption, parseHoursOption } = await import(
    '../hoursOptions.ts'
  );
  const { deployment } = options;
  const entry = {
    source: IMPORT_SOURCE_ID,
    dayMs: parseDayOption(options.date, services.clock.nowMs()),
    workedMs: parseHoursOption(options.hours),
    deployment,
    note: parseTextOption('--note', options.note, 500),
    id: requireId(options.id, parseTextOption('--id', options.id, 200)) ?? crypto.randomUUID(),
    by: (services.env['USER'] ?? services.env['LOGNAME'])?.slice(0, 200),
  };
  const { addHoursJob } = await import('../../jobs/engineeringHours.ts');
  await withSession({ services, options }, async (context, speech) => {
    requireDeployment(
      deployment,
      context.config.deployments.map(({ id }) => id),
    );
    const { result, code } = unwrapResult(await addHoursJob.run(context, entry), speech);
    if (options.json === true) printJson(speech, addedJson(entry.id, result));
    else speech.stdout(`${OUTCOMES[result.outcome]}  ${entryLine(result.entry)}`);
    return code;
  });
}

/** Rejects an empty `--id`, which would add a new entry where an entry should be restated. */
function requireId(text: string | undefined, id: string | undefined): string | undefined {
  if (id !== undefined || text === undefined) return id;
  throw new Failure('usage', 'Empty --id', {
    expected: 'an ID of at most 200 characters',
    hint: 'e.g. --id 2026-07-01-driver, or omit --id',
  });
}

const OUTCOMES: Readonly<Record<HoursResult['outcome'], string>> = {
  added: 'added',
  restated: 'restated',
  unchanged: 'unchanged',
};

function addedJson(id: string, { entry, outcome }: HoursResult) {
  return { id, ...entryJson(entry), outcome };
}

async function listHours(services: Services, options: CommonOptions): Promise<void> {
  await withSession({ services, options, readonly: true }, async (context, speech) => {
    const nowMs = context.clock.nowMs();
    const { ledger } = context;
    const entries = await ledger.facts.opsEntries(
      period(0, nowMs + 1),
      await ledger.facts.asOfNow(nowMs),
    );
    if (options.json === true) printJson(speech, entries.map(entryJson));
    else speech.stdout([...entries.map(entryLine), ...totals(entries)].join(''));
    if (entries.length === 0)
      printNote(
        speech,
        'note',
        'No hours are recorded yet. Record some: rentcheck ops add --hours 1.5',
      );
    return 0;
  });
}

function entryJson(entry: OpsEntry) {
  return {
    date: dayText(entry.dayMs),
    deployment: entry.deployment ?? null,
    hours: entry.workedMs / HOUR_MS,
    note: entry.note ?? null,
  };
}

function entryLine(entry: OpsEntry): string {
  const { date, deployment, note } = entryJson(entry);
  return hoursLine(date, entry.workedMs, `${deployment ?? WHOLE_STACK}  ${note ?? ''}`);
}

const WHOLE_STACK = '(whole stack)';

function hoursLine(when: string, workedMs: number, text: string): string {
  const hours = (workedMs / HOUR_MS).toFixed(2).padStart(7);
  return `${when.padEnd(10)}  ${hours} h  ${plainText(text)}\n`;
}

/** One line per deployment, sorted by name, then the whole stack; a grand total if several. */
function totals(entries: readonly OpsEntry[]): string[] {
  const byName = new Map<string | undefined, number>();
  for (const { deployment, workedMs } of entries) {
    byName.set(deployment, (byName.get(deployment) ?? 0) + workedMs);
  }
  const named = [...byName].flatMap(([name, ms]) => (name === undefined ? [] : [{ name, ms }]));
  const stack = byName.get(undefined);
  const lines = [
    ...named.sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(stack === undefined ? [] : [{ name: WHOLE_STACK, ms: stack }]),
  ].map(({ name, ms }) => hoursLine('total', ms, name));
  if (lines.length < 2) return lines;
  const allMs = entries.reduce((sum, { workedMs }) => sum + workedMs, 0);
  return [...lines, hoursLine('total', allMs, '(all)')];
}
