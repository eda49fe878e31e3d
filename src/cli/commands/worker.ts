/** `rentcheck worker`: runs the schedule and the job queue. */

import { type Command, Option } from 'commander';
import {
  type CliCommand,
  type CommonOptions,
  type Services,
  type WorkerRequest,
  WORKER_ROLES,
} from '../command.ts';
import { ExitWith, withCommonOptions } from '../session.ts';

const ROLE = 'auto: any role; writer: write the ledger; hands: fetch and render for the writer';

export const workerCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('worker')
      .description('run the schedule and the job queue until stopped')
      .addOption(new Option('--role <role>', ROLE).choices(WORKER_ROLES).default('auto'));
    withCommonOptions(command).action(
      async ({ config, role }: CommonOptions & Pick<WorkerRequest, 'role'>) => {
        const code = await services.runWorker({ config, role }, services);
        if (code !== 0) throw new ExitWith(code);
      },
    );
  },
};
