/** Knows `rentcheck ops`: the hours people spent on the stack. */

import type { Command } from 'commander';
import { dayText, HOUR_MS, period } from '../../domain/period.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { inSession, printJson, withCommonOptions } from '../outcome.ts';
import { plainText } from '../textTable.ts';

export const opsCommand: CliCommand = {
  register(program: Command, services: Services) {
    const ops = program.command('ops').description('hours people spent on the stack');
    const list = ops.command('list').description('the hours that were recorded');
    withCommonOptions(list).action(async (options: CommonOptions) => {
      await inSession({ services, options, readonly: true }, async (context, speech) => {
        const nowMs = context.clock.nowMs();
        const entries = await context.ledger.opsEntries(period(0, nowMs + 1), nowMs);
        if (options.json === true) printJson(speech, entries.map(entryJson));
        else speech.stdout(entries.map(entryLine).join(''));
        return 0;
      });
    });
  },
};

function entryJson(entry: OpsEntry) {
  return {
    date: dayText(entry.dayMs),
    deployment: entry.deployment ?? null,
    hours: entry.workedMs / HOUR_MS,
    note: entry.note ?? null,
  };
}

function entryLine(entry: OpsEntry): string {
  const { date, deployment, hours, note } = entryJson(entry);
  const words = `${deployment ?? '(whole stack)'}  ${note ?? ''}`;
  return `${date}  ${hours.toFixed(2).padStart(7)} h  ${plainText(words)}\n`;
}
