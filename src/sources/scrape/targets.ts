/** The replicas to scrape, with their addresses and labels. */

import type { Labels } from '../engines/samples.ts';
import type { Setting } from '../source.ts';
import { dnsTargets } from './dns.ts';
import type { Found } from './found.ts';
import { kubernetesTargets } from './kubernetes.ts';
import type { ScrapeOptions } from './options.ts';
import { runpodTargets } from './runpod.ts';

export interface ScrapeTarget {
  /** The fragment after `#` is not sent. It keeps the labels with the answer. */
  readonly url: string;
  readonly labels: Labels;
}

/**
 * The replicas by address, without duplicates.
 * @throws {Failure} if they cannot be found.
 */
export async function targetsOf(setting: Setting<ScrapeOptions>): Promise<ScrapeTarget[]> {
  const { options } = setting;
  const found = await discover(setting);
  const byUrl = new Map(
    found.map(({ address, labels = {} }) => {
      const target = toTarget(toUrl(address, options), labels);
      return [target.url, target];
    }),
  );
  return [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}

async function discover(setting: Setting<ScrapeOptions>): Promise<readonly Found[]> {
  const { targets = [], dns, kubernetes, runpod } = setting.options;
  if (dns !== undefined) return dnsTargets(dns);
  if (kubernetes !== undefined) return kubernetesTargets(kubernetes, setting);
  if (runpod !== undefined) return runpodTargets(runpod, setting);
  return targets.map((address) => ({ address }));
}

function toUrl(address: string, { scheme, path }: ScrapeOptions): URL {
  const url = new URL(address.includes('://') ? address : `${scheme}://${address}`);
  if (url.pathname === '/') url.pathname = path;
  return url;
}

function toTarget(address: URL, labels: Labels): ScrapeTarget {
  const labelQuery = new URLSearchParams(labels as Record<string, string>).toString();
  const url = labelQuery === '' ? address.href : `${address.href}#${labelQuery}`;
  return { url, labels: labelsOf(url) };
}

/** The labels of a target, from the URL that is stored with its answers. */
export function labelsOf(url: string): Labels {
  const { host, hash } = new URL(url);
  return { ...Object.fromEntries(new URLSearchParams(hash.slice(1))), instance: host };
}
