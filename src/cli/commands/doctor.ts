/** `rentcheck doctor`: checks the whole installation, and prints a fix for each problem. */

import type { Command } from 'commander';
import { groupThousands } from '../../domain/figures.ts';
import type { CliCommand, CommonOptions, ExitCode, Services } from '../command.ts';
import { ExitWith, printJson, createProgressLine, withCommonOptions } from '../session.ts';
import { plainLines, plainText } from '../../platform/text.ts';
import type { FindingWithText } from '../../report/copy/findings.ts';

export const doctorCommand: CliCommand = {
  register(command: Command, services: Services) {
    withCommonOptions(command).action(async (options: CommonOptions) => {
      const { withFindingText } = await import('../../report/copy/findings.ts');
      const line = createProgressLine(services, options);
      const found = await services.runDoctor(
        { config: options.config, progress: (message) => line.show(message) },
        services,
      );
      line.clear();
      const findings = found.map(withFindingText);
      const code = exitCodeOf(findings);
      if (options.json === true) {
        const listed = findings.map(withMend);
        printJson(services, {
          schema: 'rentcheck/doctor/1',
          healthy: code === 0,
          findings: listed,
        });
      } else services.stdout(findingsText(findings));
      if (code !== 0) throw new ExitWith(code);
    });
  },
};

/** Adds `mend`, the name of the key `fix` until version 0.7, for programs that read it. */
function withMend(finding: FindingWithText) {
  return finding.fix === undefined ? finding : { ...finding, mend: finding.fix };
}

/** 2 if the config is invalid, 1 if another check fails, otherwise 0. */
function exitCodeOf(findings: readonly FindingWithText[]): ExitCode {
  const failed = findings.filter(({ state }) => state === 'fail');
  if (failed.some(({ area }) => area === 'config')) return 2;
  return failed.length > 0 ? 1 : 0;
}

/** Similar findings beyond this number are only counted. */
const MOST_ALIKE = 8;

/** Every failure; of each other kind of finding the first eight, then the number of the rest. */
function findingsText(findings: readonly FindingWithText[]): string {
  const printed = new Map<string, number>();
  const all = Map.groupBy(findings, kindOf);
  return findings
    .map((finding) => {
      const kind = kindOf(finding);
      const [count, many] = [(printed.get(kind) ?? 0) + 1, all.get(kind)?.length ?? 0];
      printed.set(kind, count);
      if (finding.state === 'fail' || many <= MOST_ALIKE + 1 || count <= MOST_ALIKE) {
        return findingText(finding);
      }
      if (count < many) return '';
      const { area, state } = finding;
      const more = state === 'ok' ? 'more are ok' : 'more need the same fix';
      const rest = `${groupThousands(many - MOST_ALIKE)} ${more} (--json lists all)`;
      return `${state.padEnd(INDENT.length)}${area}: ${rest}\n`;
    })
    .join('');
}

/** Groups passed checks by area, and other findings by area, code and source. */
function kindOf(finding: FindingWithText): string {
  const { area, state, code } = finding;
  const source = 'source' in finding ? finding.source : undefined;
  return JSON.stringify(state === 'ok' ? [area, state] : [area, state, code, source]);
}

/** `fail  queue: Redis does not answer …`, followed by a line with the fix. */
function findingText({ area, subject, state, says, fix }: FindingWithText): string {
  const what = subject === undefined ? area : `${area} ${plainText(subject)}`;
  const message = plainLines(says).replaceAll('\n', `\n${INDENT}`);
  const line = `${state.padEnd(INDENT.length)}${what}: ${message}\n`;
  return fix === undefined ? line : `${line}${INDENT}do: ${plainText(fix)}\n`;
}

const INDENT = ' '.repeat(6);
