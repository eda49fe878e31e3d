/** `rentcheck audit`: computes and stores an audit, then prints the verdict. */

import type { Command } from 'commander';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { parseInstantOption, parsePeriodOption } from '../options.ts';
import { withSession, unwrapResult, withCommonOptions } from '../session.ts';
import { safeJson } from '../../platform/text.ts';

interface AuditOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly all?: boolean;
}

export const auditCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[quarter]', 'e.g. 2026-Q3, or last (the default)')
      .option('--from <date>', 'start of a period to audit instead of a quarter')
      .option('--to <date>', 'end of the period, not included')
      .option('--as-of <time>', 'use only data that was recorded by then')
      .option('--all', 'print every deployment and action, reasons and evidence');
    withCommonOptions(command).action(
      async (quarter: string | undefined, options: AuditOptions) => {
        const asOf = parseInstantOption('--as-of', options.asOf);
        const request = { ...parsePeriodOption(quarter, options), asOf };
        const { auditJob } = await import('../../jobs/audit.ts');
        const { toPrintOptions } = await import('../screen.ts');
        const { renderVerdict } = await import('../verdictText.ts');
        await withSession({ services, options, mustExist: true }, async (context, speech) => {
          const answer = await auditJob.run(context, request);
          const { result, code } = unwrapResult(answer, speech);
          const { audit, auditJson } = result;
          if (options.json === true) speech.stdout(`${safeJson(auditJson)}\n`);
          else speech.stdout(renderVerdict(audit, toPrintOptions(services, options)));
          return code;
        });
      },
    );
  },
};
