/** `rentcheck report`: renders a stored audit into files. */

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ReportResult } from '../../jobs/report.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { parsePeriodOption } from '../options.ts';
import { withSession, printJson, unwrapResult, withCommonOptions } from '../session.ts';
import { plainText } from '../../platform/text.ts';

interface ReportOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly run?: string;
  readonly out: string;
  readonly open?: boolean;
}

export const reportCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--from <date>', 'start of an audited period')
      .option('--to <date>', 'end of an audited period')
      .option('--run <id>', 'audit with this run ID')
      .option('-o, --out <dir>', 'folder to write to', 'out')
      .option('--open', 'open report.html when it is written');
    withCommonOptions(command).action(
      async (quarter: string | undefined, options: ReportOptions) => {
        const period = parsePeriodOption(quarter, options);
        await withSession({ services, options, readonly: true }, async (context, speech) => {
          // Charts and templates take as long to load as an audit to compute.
          const { reportJob } = await import('../../jobs/report.ts');
          const out = resolve(services.folder, options.out);
          const answer = await reportJob.run(context, {
            ...period,
            runId: options.run,
            out,
          });
          const { result, code } = unwrapResult(answer, speech);
          if (options.json === true) printJson(speech, result);
          else speech.stdout(writtenText(result, `${out}/charts`));
          if (options.open === true) openPage(join(out, 'report.html'), services);
          return code;
        });
      },
    );
  },
};

const MOST_FILES = 20;

/** The subject, then one line per file. If there are many files, charts are only counted. */
function writtenText({ subject, files }: ReportResult, charts: string): string {
  const isPicture = (path: string) => files.length > MOST_FILES && path.startsWith(`${charts}/`);
  const pictures = files.filter(isPicture).length;
  const counted = pictures === 0 ? [] : [`${charts}: ${pictures} charts`];
  const lines = [subject, ...files.filter((path) => !isPicture(path)), ...counted];
  return `${lines.map(plainText).join('\n')}\n`;
}

const OPENERS: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer' };

function openPage(path: string, services: Services): void {
  const opener = OPENERS[process.platform] ?? 'xdg-open';
  const child = spawn(opener, [path], { stdio: 'ignore', detached: true });
  child.on('error', (error) => services.stderr(`Cannot open ${path}: ${error.message}\n`));
  child.unref();
}
