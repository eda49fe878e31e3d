/** `rentcheck demo`: a fictional company's quarter, from its bills to a verdict. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliCommand, Services } from '../command.ts';
import { ExitWith } from '../session.ts';

export const demoCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .option('-o, --out <dir>', 'folder to write to', 'out/demo')
      .action(async ({ out }: { out: string }) => {
        const code = await services.runDemo(resolve(services.folder, out), services);
        if (code !== 0) throw new ExitWith(code);
      });
  },
};
