/** The replicas to scrape, with their addresses and labels. */

import type { SeriesLabels } from '../engines/samples.ts';
import type { SourceContext } from '../source.ts';
import { findDnsReplicas, findKubernetesPods, type FoundReplica } from './discovery.ts';
import type { ScrapeOptions } from './options.ts';
import { findRunpodPods } from './runpod.ts';

export interface ScrapeTarget {
  /** The fragment after `#` is not sent. It keeps the labels with the answer. */
  readonly url: string;
  readonly labels: SeriesLabels;
}

/**
 * The replicas by address, without duplicates.
 * @throws {Failure} if they cannot be found.
 */
export async function findScrapeTargets(
  setting: SourceContext<ScrapeOptions>,
): Promise<ScrapeTarget[]> {
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

async function discover(setting: SourceContext<ScrapeOptions>): Promise<readonly FoundReplica[]> {
  const { targets = [], dns, kubernetes, runpod } = setting.options;
  if (dns !== undefined) return findDnsReplicas(dns);
  if (kubernetes !== undefined) return findKubernetesPods(kubernetes, setting);
  if (runpod !== undefined) return findRunpodPods(runpod, setting);
  return targets.map((address) => ({ address }));
}

function toUrl(address: string, { scheme, path }: ScrapeOptions): URL {
  const url = new URL(address.includes('://') ? address : `${scheme}://${address}`);
  if (url.pathname === '/') url.pathname = path;
  return url;
}

function toTarget(address: URL, labels: SeriesLabels): ScrapeTarget {
  const labelQuery = new URLSearchParams(labels as Record<string, string>).toString();
  const url = labelQuery === '' ? address.href : `${address.href}#${labelQuery}`;
  return { url, labels: parseTargetLabels(url) };
}

/** The labels of a target, from the URL that is stored with its answers. */
export function parseTargetLabels(url: string): SeriesLabels {
  const { host, hash } = new URL(url);
  return { ...Object.fromEntries(new URLSearchParams(hash.slice(1))), instance: host };
}
