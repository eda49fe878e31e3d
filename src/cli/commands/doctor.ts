/** Knows `rentcheck doctor`: is everything there, and how is what is not mended. */

import type { Command } from 'commander';
import type { Finding } from '../../domain/finding.ts';
import type { CliCommand, CommonOptions, ExitCode, Services } from '../command.ts';
import { ExitWith, printJson, progressLine, withCommonOptions } from '../outcome.ts';
import { plainLines, plainText } from '../../platform/plainText.ts';

export const doctorCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('doctor')
      .description('look at config, ledger, queue, sources, mappings and channels; send nothing');
    withCommonOptions(command).action(async (options: CommonOptions) => {
      const line = progressLine(services, options);
      const findings = await services.examine(
        { config: options.config, progress: (message) => line.show(message) },
        services,
      );
      line.clear();
      const code = exitCodeOf(findings);
      if (options.json === true) {
        printJson(services, { schema: 'rentcheck/doctor/1', healthy: code === 0, findings });
      } else services.stdout(findings.map(findingText).join(''));
      if (code !== 0) throw new ExitWith(code);
    });
  },
};

/** 2 where the config is refused, 1 where anything else does not work. */
function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const failed = findings.filter(({ state }) => state === 'fail');
  if (failed.some(({ area }) => area === 'config')) return 2;
  return failed.length > 0 ? 1 : 0;
}

/** `fail  queue: Redis does not answer …`, and below it what to do. */
function findingText({ area, subject, state, says, mend }: Finding): string {
  const what = subject === undefined ? area : `${area} ${plainText(subject)}`;
  const said = plainLines(says).replaceAll('\n', `\n${INDENT}`);
  const line = `${state.padEnd(INDENT.length)}${what}: ${said}\n`;
  return mend === undefined ? line : `${line}${INDENT}do: ${plainText(mend)}\n`;
}

const INDENT = ' '.repeat(6);
