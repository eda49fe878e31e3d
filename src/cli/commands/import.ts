/** Knows `rentcheck import`: facts from a file, with the same provenance as a pull. */

import { type Command, Option } from 'commander';
import { Failure } from '../../domain/failure.ts';
import { IMPORT_KINDS, type ImportResult, importJob } from '../../jobs/importFile.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { inSession, printJson, resultOf, withCommonOptions } from '../outcome.ts';
import { plainText } from '../textTable.ts';

interface ImportOptions extends CommonOptions {
  readonly source: string;
}

export const importCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('import')
      .description('import a CSV or JSONL file; bad rows are told, good ones go in')
      .argument('<kind>', `what it holds: ${IMPORT_KINDS.join(', ')}`)
      .argument('<file>', 'the file, with a header row')
      .addOption(new Option('--source <id>', 'the source the rows belong to').default('import'));
    withCommonOptions(command).action(async (kind: string, path: string, options: ImportOptions) => {
      const known = importKind(kind);
      await inSession({ services, options }, async (context) => {
        const answer = await importJob.run(context, { kind: known, path, source: options.source });
        const { result, code } = resultOf(answer, services);
        for (const { line, reason } of result.rejects) {
          services.stderr(`  ${result.file}:${line}: ${plainText(reason)}\n`);
        }
        for (const warning of result.warnings) services.stderr(`note: ${plainText(warning)}\n`);
        if (options.json === true) printJson(services, result);
        else services.stdout(`${sentence(result)}\n`);
        return code;
      });
    });
  },
};

function importKind(kind: string): (typeof IMPORT_KINDS)[number] {
  const known = IMPORT_KINDS.find((name) => name === kind);
  if (known !== undefined) return known;
  throw new Failure('usage', `unknown kind of import "${kind}"`, {
    expected: `one of: ${IMPORT_KINDS.join(', ')}`,
    hint: 'e.g. rentcheck import charges bill.csv',
  });
}

function sentence({ file, rows, added, restated, unchanged, rejected }: ImportResult): string {
  const parts = [`${added} new`, `${restated} restated`, `${unchanged} known`];
  if (rejected > 0) parts.push(`${rejected} rejected`);
  return `${file}: ${rows} rows, ${parts.join(', ')}`;
}
