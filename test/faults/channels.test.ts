/**
 * Puts every channel through every fault: sent once and reported as sent, or reported as not sent.
 */

import { describe, expect, test } from 'vitest';
import { channelSchema, MAIL_CHANNEL } from '../../src/delivery/options.ts';
import { makeOutgoing } from '../support/outgoing.ts';
import { CHANNEL_WORLDS, type ChannelCell, type ChannelWorld } from './channelFaults.ts';

test('every registered kind of channel is put through the faults', () => {
  const kinds = channelSchema.options.map(({ shape }) => shape.kind.value);
  const missing = [MAIL_CHANNEL, ...kinds].filter(
    (kind) => !CHANNEL_WORLDS.some((world) => world.kind === kind),
  );
  expect(
    missing.map((kind) => `add ${kind} to CHANNEL_WORLDS in test/faults/channelFaults.ts`),
  ).toEqual([]);
});

describe.each(CHANNEL_WORLDS)('$kind', ({ cells, spared }: ChannelWorld) => {
  test('each fault that does not apply has a reason', () => {
    expect(spared).toMatch(/\S{2}/);
  });

  test.each(cells.map((cell) => [cell.name, cell] as const))(
    '%s ends in an honest result',
    async (_name: string, cell: ChannelCell) => {
      const opened = await cell.open();
      const { channel, recipient } = opened;
      const message = await channel.prepare(makeOutgoing({ recipient }));
      let points = 0;
      const beforeSend = async () => void (points += 1);
      const end = await channel.send(message, { recipient, beforeSend });
      const arrived = opened.arrivals();
      await opened.close();
      expect(cell.may).toContain(end.kind);
      const said = end.kind === 'ambiguous' ? end.reason : end.reply;
      expect(said).toMatch(/\S{3}/);
      // Handed over at most once, and not before the intent was recorded.
      expect(arrived).toBeLessThanOrEqual(points);
      expect(points).toBeLessThanOrEqual(1);
      expect(said).not.toContain('secret-path-1234');
    },
  );
});
