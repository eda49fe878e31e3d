/** The sentences of warnings about bills, inventories and prices of providers. */

import { dollarText, exactDollarText, formatCount } from '../../domain/figures.ts';
import type { BillWarning } from '../../domain/billWarning.ts';
import { decimal } from '../../domain/exact.ts';
import type { TokenPrices } from '../../domain/price.ts';
import { namedText, type SentencesOf } from '../format.ts';

const usd = (text: string) => dollarText(decimal(text));
const exactUsd = (text: string) => exactDollarText(decimal(text));

export const BILL_SENTENCES: SentencesOf<BillWarning> = {
  'unknown-bill-items': ({ bill, items }) => `The ${bill} bill has unknown items: ${items}.`,
  'unknown-products': (fact) =>
    `RunPod bills ${usd(fact.usd)} for unknown products. They are stored as ${fact.resources}.`,
  'unexplained-amount': ({ bill, day, records, usd: amount }) => {
    const of = day === undefined ? '' : ` of ${day}`;
    return (
      `In ${formatCount(records, 'record')}${of}, the items of the ${bill} bill differ from the ` +
      `total by ${usd(amount)} in all. The difference is stored as unexplained charges.`
    );
  },
  'invoice-items-differ': ({ invoice, usd: amount }) =>
    `The items of invoice ${invoice} differ from its amount by ${exactUsd(amount)}. The ` +
    'difference is stored as an unexplained charge.',
  'invoice-items-elsewhere': ({ invoice, items, month }) =>
    `Invoice ${invoice} has ${formatCount(items, 'item')} ` +
    `from other months. They count in ${month}.`,
  'more-than-a-day-billed': ({ day, contracts }) =>
    `Vast.ai bills more than 24 hours on ${day} for ${contracts}. The amounts may ` +
    'cover more than this day and count several times. Compare them with the invoice.',
  'no-total-stated': () => 'RunPod stated no readable total to check against.',
  'total-differs': totalDiffers,
  'account-total-differs': ({ statedUsd, foundUsd }) => {
    const stated = statedUsd === undefined ? 'no total' : `a total of ${exactUsd(statedUsd)}`;
    return (
      `RunPod's bill of the whole account states ${stated}, but its records add up to ` +
      `${exactUsd(foundUsd)}. The bills of its products are not checked against it.`
    );
  },
  'account-bill-differs': ({ product, accountUsd, productUsd }) =>
    `RunPod's bill of the whole account has ${exactUsd(accountUsd)} for ${product}, but its ` +
    `${product} bill has ${exactUsd(productUsd)}. Only the ${product} bill counts. Compare both ` +
    'with the invoice.',
  'other-period-returned': ({ bill, returned, requested }) =>
    `RunPod returned the ${bill} bill for ${returned} instead of ${requested}. Only the returned ` +
    'part is known.',
  'cluster-pods-repeated': ({ usd: amount }) =>
    `The pods bill repeats ${usd(amount)} of pods that are nodes of a cluster. It counts once, ` +
    'in the clusters bill.',
  'billed-above-rate': ({ resource, buckets }) =>
    `"${resource}" is billed above its current rate ` +
    `in ${formatCount(buckets, 'bucket')}. The rate ` +
    'has changed, so its hours there are unknown.',
  'billed-below-rate': ({ resource, buckets }) =>
    `"${resource}" ran for all of ${formatCount(buckets, 'bucket')} and is billed below its rate ` +
    'there. If a savings plan covers it, add the plan under commitments in rentcheck.yaml, with ' +
    'usdUpfront, from, until and covers.',
  'hours-from-list-price': ({ endpoint }) =>
    `The hours of the serverless endpoint "${endpoint}" are its GPU cost divided by today's list ` +
    'price. They are wrong if you pay another price or the price has changed.',
  'worker-hours-uncertain': workerHours,
  'replicas-not-reported': replicas,
  'storage-not-priced': ({ fileSystems, gib }) => {
    const size = gib === undefined ? '' : ` (${gib} GiB)`;
    return (
      'Lambda reports no storage price, so nothing is charged for ' +
      `${formatCount(fileSystems, 'file system')}${size}. Import that part of the invoice.`
    );
  },
  'unknown-log-actions': ({ actions }) =>
    `The audit log has unknown actions on instances: ${actions}. They show that the instance ` +
    'existed, but not its start or end.',
  'costs-not-reported': ({ start, end }) =>
    `Crusoe reports no costs from ${start} to ${end}. If there were any, export them as CSV from ` +
    'its console and import them.',
  'reservation-without-cost': ({ rows }) =>
    `A reservation without a cost covers ${formatCount(rows, 'usage row')}. Add the reservation ` +
    'under commitments in rentcheck.yaml.',
  'usage-without-cost': ({ lines, quantity, line }) =>
    `Crusoe reports usage without a cost in ` +
    `${formatCount(lines, 'line')}, such as ${quantity} of ` +
    `${line}. Nothing was withdrawn. Compare the costs with the invoice.`,
  'list-price-charged': ({ sku, unit, listedOn, isReserved }) => {
    const reserved = isReserved ? ', reserved hours at the on-demand price' : '';
    return (
      `The SKU ${sku} is charged at the list price of ${listedOn}${reserved}. If you pay ` +
      `another price, add your rate per ${unit} under rates in rentcheck.yaml.`
    );
  },
  'focus-costs-not-read': () =>
    'CoreWeave now reports costs in its FOCUS export, which this version cannot read. Charges ' +
    'remain quantity times rate. Update rentcheck.',
  'completeness-not-read': () =>
    "Cannot read data_as_of, the time up to which CoreWeave's usage is complete. All hours are " +
    'treated as complete.',
  'priority-tier-not-billed': () =>
    'The usage includes priority tier tokens, but no cost report does. Import their costs as ' +
    'charges.',
  'model-not-listed': ({ model }) => `The list of models does not have ${model}.`,
  'no-provider-listed': ({ model }) => `No provider is listed for ${model}.`,
  'model-renamed': ({ model, returned }) =>
    `The response for ${model} has the model ${returned} instead.`,
  'offer-repeated': ({ host, model }) =>
    `The provider ${host} sells ${model} more than once under one name. The more expensive ` +
    'offers are numbered.',
  'unknown-price-conditions': ({ host, model, conditions }) =>
    `The provider ${host} has other prices for ${model} under unknown conditions ` +
    `(${conditions}). They are not used.`,
  'price-in-doubt': ({ price, host, model, usd: amount }) => {
    const unit = price === 'perRequest' ? 'a request' : 'a million tokens';
    return (
      `The ${PRICES[price]} price of ${host} for ${model} is $${amount} for ${unit}. It is ` +
      'stored, but not used until prices.trust in rentcheck.yaml names it. Check whether its ' +
      'unit has changed.'
    );
  },
  'more-prices-in-doubt': ({ prices }) =>
    `${formatCount(prices, 'more price')} like it. ` +
    `To list them, run rentcheck prices --quarantined.`,
  'two-gpu-prices': ({ gpu }) => `The pricebook has two prices for ${gpu}. Neither is used.`,
  'catalog-rows-skipped': ({ provider, rows, names, nameCount }) =>
    `${formatCount(rows, 'row')} of ${provider} ` +
    `skipped: ${namedText(names, nameCount)}. Parts of ` +
    'GPUs and GPUs of unclear model or memory are not compared.',
};

const PRICES: Readonly<Record<keyof TokenPrices, string>> = {
  inputPerMtok: 'input',
  cachedInputPerMtok: 'cached input',
  cacheWritePerMtok: 'cache write',
  outputPerMtok: 'output',
  perRequest: 'request',
};

type Of<Code extends BillWarning['code']> = Extract<BillWarning, { readonly code: Code }>;

function totalDiffers({ bill, period = 'the period', ...fact }: Of<'total-differs'>): string {
  const [stated, found] = [fact.statedUsd, fact.foundUsd].map(exactUsd);
  switch (bill) {
    case 'runpod':
      return `RunPod states a total of ${stated}, but its records add up to ${found}.`;
    case 'hyperstack':
      return (
        `Hyperstack's total of ${period} is ${stated}, but its lists add up to ${found}. Nothing ` +
        'was withdrawn. Compare them with the billing page.'
      );
    case 'deepinfra':
      return (
        `The lines of ${period} add up to ${found}, but its total is ${stated}. Compare both ` +
        'with the invoice.'
      );
  }
}

function workerHours({ endpoint, by, ...hours }: Of<'worker-hours-uncertain'>): string {
  const between = `${hours.leastHours} to ${hours.mostHours}`;
  return by === 'samples'
    ? `The workers of the serverless endpoint "${endpoint}" ran for ${between} worker-hours in ` +
        'the buckets without hours. They start or stop between two samples. Sample more often ' +
        '(schedule.inventory) if that matters.'
    : `The bill pays for ${between} worker-hours of the serverless endpoint "${endpoint}". Its ` +
        'GPUs have several prices, and the observed workers do not explain the amount.';
}

function replicas({ endpoint, least, most, ...fact }: Of<'replicas-not-reported'>): string {
  const { mostUsdPerHour: cost } = fact;
  const bound = cost === undefined ? '' : `, up to ${usd(cost)} per hour`;
  const stored =
    least > 0
      ? `Its GPUs and its rate are those of ${least}.`
      : 'It is stored without a number of GPUs and without a rate.';
  return (
    `The endpoint "${endpoint}" has ${least} to ${most} replicas${bound}, and Together does not ` +
    `report how many. ${stored}`
  );
}
