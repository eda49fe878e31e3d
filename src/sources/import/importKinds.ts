/** The kinds of imports, by their names on the command line and in `Fetched`. */

import type { FactKind, StandaloneImportName } from './factKind.ts';
import { chargesKind } from './kinds/charges.ts';
import { exchangeRatesKind } from './kinds/exchangeRates.ts';
import { invoiceKind } from './kinds/invoice.ts';
import { opsKind } from './kinds/ops.ts';
import { pricesKind } from './kinds/prices.ts';
import { ratesKind } from './kinds/rates.ts';
import { usageKind } from './kinds/usage.ts';

export const importKinds: { readonly [Name in StandaloneImportName]: FactKind<Name> } = {
  charges: chargesKind,
  exchangeRates: exchangeRatesKind,
  usage: usageKind,
  prices: pricesKind,
  rates: ratesKind,
  ops: opsKind,
  invoice: invoiceKind,
};
