/** The stdout channel: writes messages to standard output, e.g. for a pipe into another mailer. */

import { formatCount } from '../../domain/figures.ts';
import type { Channel, OutgoingMessage } from '../channel.ts';

/** Resolves when the text has left this process. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/** Writes complete messages, one after the other. `compose` builds the bytes of one. */
export function stdoutChannel(
  write: WriteBytes,
  compose: (outgoing: OutgoingMessage) => Promise<Uint8Array>,
): Channel {
  return {
    kind: 'stdout',
    prepare: compose,
    async send(message, handing) {
      await handing.beforeSend();
      try {
        await write(message);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { kind: 'ambiguous', reason: `standard output was closed: ${problem}` };
      }
      return { kind: 'sent', reply: `${formatCount(message.length, 'byte')} on standard output` };
    },
    check: () => Promise.resolve({ code: 'stdout-there' }),
  };
}
