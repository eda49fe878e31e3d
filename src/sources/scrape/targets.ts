/** The replicas to scrape: each with its address, and the labels by which it is known. */

import type { Labels } from '../engines/samples.ts';
import type { Setting } from '../source.ts';
import { dnsTargets } from './dns.ts';
import type { Found } from './found.ts';
import { kubernetesTargets } from './kubernetes.ts';
import type { ScrapeOptions } from './options.ts';
import { runpodTargets } from './runpod.ts';

export interface ScrapeTarget {
  /** What stands behind `#` is not sent: it keeps the labels with the answer. */
  readonly url: string;
  readonly labels: Labels;
}

/**
 * By address, each once.
 * @throws {Failure} where they cannot be found out.
 */
export async function targetsOf(setting: Setting<ScrapeOptions>): Promise<ScrapeTarget[]> {
  const { options } = setting;
  const found = await foundBy(setting);
  const byUrl = new Map(
    found.map(({ address, labels = {} }) => {
      const target = targetAt(addressOf(address, options), labels);
      return [target.url, target];
    }),
  );
  return [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}

async function foundBy(setting: Setting<ScrapeOptions>): Promise<readonly Found[]> {
  const { targets = [], dns, kubernetes, runpod } = setting.options;
  if (dns !== undefined) return dnsTargets(dns);
  if (kubernetes !== undefined) return kubernetesTargets(kubernetes, setting);
  if (runpod !== undefined) return runpodTargets(runpod, setting);
  return targets.map((address) => ({ address }));
}

function addressOf(address: string, { scheme, path }: ScrapeOptions): URL {
  const url = new URL(address.includes('://') ? address : `${scheme}://${address}`);
  if (url.pathname === '/') url.pathname = path;
  return url;
}

function targetAt(address: URL, labels: Labels): ScrapeTarget {
  const told = new URLSearchParams(labels as Record<string, string>).toString();
  const url = told === '' ? address.href : `${address.href}#${told}`;
  return { url, labels: labelsOf(url) };
}

/** The labels of a target, by the address that is kept with its answers. */
export function labelsOf(url: string): Labels {
  const { host, hash } = new URL(url);
  return { ...Object.fromEntries(new URLSearchParams(hash.slice(1))), instance: host };
}
