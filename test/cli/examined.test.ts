/** What the doctor finds inside a ledger, and warnings for a clock behind it. */

import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock, systemClock } from '../../src/platform/clock.ts';
import { folderWith, rentcheck } from '../support/cli.ts';
import { fillFolder } from './cliFixture.ts';

interface Finding {
  readonly area: string;
  readonly state: string;
  readonly says: string;
  readonly fix?: string;
}

async function ofLedger(folder: string): Promise<{ code: number; findings: readonly Finding[] }> {
  const { code, stdout } = await rentcheck(folder, ['doctor', '--json']);
  const { findings }: { findings: readonly Finding[] } = JSON.parse(stdout);
  return { code, findings: findings.filter(({ area }) => area === 'ledger') };
}

const staged = async () => fillFolder(await folderWith({}));

describe('a row that another program changed', () => {
  it('is named with its table and fetch, and what to do', async () => {
    const folder = await staged();
    const db = new Sqlite(join(folder, 'rentcheck.db'));
    db.exec("UPDATE hosted_price SET input_nano_usd_per_mtok = 1 WHERE host = 'host-a'");
    db.close();
    const { code, findings } = await ofLedger(folder);
    expect(code).toBe(1);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.state).toBe('fail');
    expect(findings[0]?.says).toMatch(
      /^Table hosted_price, source_id import, model example\/model, host host-a, .* \(fetch 3, /,
    );
    expect(findings[0]?.says).toMatch(
      / import\.prices of import, .*: the row differs from what the fetch /,
    );
    expect(findings[0]?.fix).toContain(
      'Restore a backup from before that, or pull or import the facts',
    );
  });

  it('does not exist in a sound ledger', async () => {
    expect((await ofLedger(await staged())).findings).toMatchObject([{ state: 'ok' }]);
  });
});

describe('a clock that is behind the ledger', () => {
  it('is reported by audit and doctor, and figures stay right', async () => {
    const folder = await staged();
    const path = join(folder, 'rentcheck.db');
    const ahead = settableClock(systemClock.nowMs() + 30 * DAY_MS);
    const ledger = await openLedger(path, { clock: ahead });
    await ledger.facts.asOfNow(ahead.nowMs());
    await ledger.close();
    const warning = / is 30 days behind the newest record in the ledger /;
    const { code, findings } = await ofLedger(folder);
    expect({ code, states: findings.map(({ state }) => state) }).toEqual({
      code: 0,
      states: ['ok', 'warn'],
    });
    expect(findings[1]?.says).toMatch(warning);
    const audited = await rentcheck(folder, ['audit']);
    expect(audited.stderr).toMatch(warning);
    expect(audited.stderr).toContain('timedatectl set-ntp true');
    expect(audited.stdout).toContain('$6.00');
  });
});
