/** A price of output tokens alone is never shown beside, or assigned to, a price of all tokens. */

import { expect, test } from 'vitest';
import { decimal, type Exact, toDecimal } from '../../src/domain/exact.ts';
import {
  type AllTokens,
  allTokens,
  type NanoUsd,
  type NanoUsdPerMtok,
  nanoUsd,
  nanoUsdPerMtok,
  sumTokens,
  type UsdPerMtok,
  usd,
  usdPerMtok,
} from '../../src/domain/money.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { deployment, HOST_A, series, six, stack } from '../economics/stackFixture.ts';
import { onlyFact, readImportText } from '../sources/import/readImportText.ts';

/** True where a value of one type is assignable to the other; a wrong claim fails to compile. */
type Fits<From, To> = [From] extends [To] ? true : false;

test('dollars are divided by prompt and output tokens together, and by no other count', () => {
  const served = { tokens: allTokens(13_000_000, 2_600_000), outputTokens: 2_600_000 };
  const price = usdPerMtok(decimal('6'), served.tokens);
  expect(price && toDecimal(price, 6)).toBe('0.384615');
  expect(usdPerMtok(decimal('6'), allTokens(0, 0))).toBeUndefined();
  expect(sumTokens([served.tokens, served.tokens])).toBe(31_200_000);
  const isAccepted: Fits<typeof served.outputTokens, AllTokens> = false;
  expect(isAccepted).toBe(false);
});

test('a price for one kind of token is neither dollars nor a price of all tokens', () => {
  expect(toDecimal(usd(nanoUsd(300_000_000n)), 6)).toBe('0.300000');
  const accepted = {
    // `usd` accepts no price for one kind of token.
    asDollars: false satisfies Fits<NanoUsdPerMtok, Parameters<typeof usd<NanoUsdPerMtok>>[0]>,
    asPriceOfAll: false satisfies Fits<NanoUsdPerMtok, UsdPerMtok>,
    // A bare number has no basis.
    bare: false satisfies Fits<Exact, UsdPerMtok>,
    dollars: true satisfies Fits<NanoUsd, Parameters<typeof usd<NanoUsd>>[0]>,
  };
  expect(Object.values(accepted)).toEqual([false, false, false, true]);
});

test('both sides of an audit divide by the same tokens', () => {
  const [chat] = weighStack(stack({})).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  const hosted = chat.hosted.chosen?.usd && usdPerMtok(chat.hosted.chosen.usd, chat.served.tokens);
  expect([six(chat.effectiveUsdPerMtok), six(hosted)]).toEqual(['0.384615', '0.136271']);
});

test('a file that gives one price without naming its tokens is refused', async () => {
  const file = 'host,model,valid_from,usd_per_mtok\nh,m,2026-04-01,0.20\n';
  await expect(readImportText('prices', file)).rejects.toThrow(
    'f.csv has no columns "input_usd_per_mtok"',
  );
});

test('a provider with only an output price in a file is no counterfactual', async () => {
  const result = await onlyFact('prices', 'host-x,open/model,fp8,2026-04-01,,,0.01,');
  const price = { ...HOST_A, host: 'host-x', outputPerMtok: nanoUsdPerMtok(10_000_000n) };
  const { inputPerMtok: _, cachedInputPerMtok: __, ...outputOnly } = price;
  expect(result).not.toHaveProperty('inputPerMtok');
  const deployments = [deployment({ usage: series([{ at: 0, output: 1_000_000 }]) })];
  const [chat] = weighStack(stack({ prices: [outputOnly], deployments })).deployments;
  expect(chat?.hosted.chosen).toBeUndefined();
  expect(chat?.hosted.reason).toMatchObject({
    code: 'no-host-eligible',
    hosts: [{ host: 'host-x', why: { code: 'no-input-price' } }],
  });
});
