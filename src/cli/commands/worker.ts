/** `rentcheck worker`: runs the schedule and the job queue. */

import { type Command, Option } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { ExitWith, withCommonOptions } from '../session.ts';

interface Options extends CommonOptions {
  readonly role?: string;
}

export const workerCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      // Service files of versions before 0.10 name a role.
      .addOption(new Option('--role <role>').hideHelp());
    withCommonOptions(command).action(async ({ config, role }: Options) => {
      if (role !== undefined && !['auto', 'writer'].includes(role)) throw noRole(role);
      const code = await services.runWorker({ config }, services);
      if (code !== 0) throw new ExitWith(code);
    });
  },
};

function noRole(role: string): Failure {
  return new Failure('usage', `there is no worker with --role ${role}`, {
    expected: 'rentcheck worker, without --role',
    hint:
      'since 0.10, workers no longer fetch for each other: one works and the others stand by ' +
      'with the same ledger; see docs/machines.md',
  });
}
