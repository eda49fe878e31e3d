/** Knows `rentcheck worker`: the program that runs for years. */

import type { Command } from 'commander';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { ExitWith, withCommonOptions } from '../outcome.ts';

export const workerCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('worker')
      .description('run the timetable and the job queue until told to stop');
    withCommonOptions(command).action(async (options: CommonOptions) => {
      const code = await services.runWorker(options.config, services);
      if (code !== 0) throw new ExitWith(code);
    });
  },
};
