/** A real mail server for tests: it stores whole messages, and its answers can be set. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface ReceivedMail {
  readonly recipient: string;
  readonly message: Buffer;
  /** Whether the session was encrypted, and its user name. */
  readonly secure: boolean;
  readonly user?: string;
}

export interface MailServer {
  readonly port: number;
  /** Whole messages, in the order in which they came. */
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

export interface MailServerOptions extends Omit<SMTPServerOptions, 'onData'> {
  readonly port?: number;
  /** Called with the whole message, before it counts as taken. An error is sent as the answer. */
  readonly onMessage?: (message: Buffer, recipient: string) => Promise<void>;
  /** Called once the message counts as taken, before the answer is sent. */
  readonly onTaken?: (recipient: string) => Promise<void>;
}

/** An error that the server answers with this code. */
export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Listens on a free port of 127.0.0.1. The caller closes it. */
async function openMailServer(settings: MailServerOptions = {}): Promise<MailServer> {
  const { onMessage, onTaken, port = 0, ...options } = settings;
  const taken: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    ...options,
    onData(stream, session, done) {
      const { secure, user, envelope } = session;
      const as = typeof user === 'string' ? { user } : {};
      const recipient = envelope.rcptTo[0]?.address ?? '';
      const take = async () => {
        const message = Buffer.concat(await stream.toArray());
        await onMessage?.(message, recipient);
        taken.push({ recipient, message, secure, ...as });
        await onTaken?.(recipient);
        return `queued as ${taken.length}`;
      };
      void answering(take, done);
    },
  });
  greetAtOnce(server);
  // These tests are about clients that vanish in mid-session.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: open } = server.server.address() as AddressInfo;
  return {
    port: open,
    received: taken,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** The server would wait 100 ms for clients that talk before the greeting. No test client does. */
function greetAtOnce({ connections }: SMTPServer): void {
  const add = connections.add.bind(connections);
  connections.add = (connection) => {
    connection.init = () => connection._setListeners(() => connection.connectionReady());
    return add(connection);
  };
}

async function answering(
  take: () => Promise<string>,
  done: (error: Error | null, message?: string) => void,
): Promise<void> {
  try {
    done(null, await take());
  } catch (error) {
    done(error as Error);
  }
}

/** A mail server that is closed when the test ends. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await openMailServer({ closeTimeout: 100, ...options });
  onTestFinished(() => server.close());
  return server;
}
