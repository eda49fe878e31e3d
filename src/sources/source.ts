/** What every source promises: asked for a window, it hands back what each fetch brought. */

import type { z } from 'zod';
import type { Resource } from '../domain/charge.ts';
import type { ModelListing } from '../domain/equivalents.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate } from '../domain/price.ts';
import type { Fetched, SourceSection } from '../domain/provenance.ts';
import type { Told } from '../domain/rhythm.ts';
import type { SeenEngine } from '../domain/seenEngine.ts';
import type { StatesByKind } from '../domain/uptime.ts';
import type { UsageWish } from '../domain/usageWish.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http.ts';

/** What a source can tell; `pull` jobs ask for all of it. */
export type SourceFact = Told;

/** A deployment whose usage one source is to read. */
export interface UsageTarget extends UsageWish {
  readonly deployment: string;
}

/** A deployment whose GPUs one source is to watch. */
export interface TelemetryTarget {
  readonly deployment: string;
  /** As that of usage; labels of a pod are those of the pod that has the GPU. */
  readonly match: Readonly<Record<string, string>>;
}

/** What the ledger knows of a source's resources from before. */
export interface Earlier {
  /** Oldest first; of what may have run in the window at least. */
  readonly sightings: readonly Resource[];
  /** When lists were read without a fault, oldest first; `status` is that of HTTP. */
  readonly listings: readonly Listing[];
  readonly rates: readonly GpuRate[];
}

export interface Listing {
  readonly url: string;
  readonly atMs: number;
  readonly status?: number;
}

/** Which resources a source's charges want the earlier sightings of. */
export interface Recalled {
  readonly kind: Resource['kind'];
  /** Kind of the fetches that list them. */
  readonly listing: string;
}

/** An answer that the source had before, as much of it as was kept. */
export interface EarlierAnswer {
  readonly url: string;
  /** When it was asked for. */
  readonly atMs: number;
  readonly body: Uint8Array;
}

/** Which of its own answers a source reads again. */
export interface Reread {
  /** Kind of their fetches. */
  readonly kind: string;
  /** So far back from the newest of them. */
  readonly forMs: number;
  /** None where the newest is older. */
  readonly mostMs: number;
}

export interface PullRequest {
  /** Half-open UTC; sources widen it to their own buckets and say so in the fetch. */
  readonly window: Period;
  readonly usage: readonly UsageTarget[];
  readonly telemetry?: readonly TelemetryTarget[];
  /** Hosted models whose prices are wanted, as this source names them. */
  readonly models: readonly string[];
  /** What is wanted, all that the source tells where absent. More may come; what is asked must. */
  readonly facts?: readonly SourceFact[];
  /** An earlier try of this very pull told all before this moment: it is not asked again. */
  readonly resumeAtMs?: number;
  /** Sightings of earlier pulls, for a bill that does not tell hours; absent without a ledger. */
  readonly earlier?: Earlier;
  /** Its own answers of before, oldest first; absent without a ledger. */
  readonly answers?: readonly EarlierAnswer[];
  /**
   * Sections that are in at these versions: they need not be read again. Data like all of a
   * request, for another process may ask the source.
   */
  readonly known?: readonly SourceSection[];
}

/** Whether a request wants any of the facts. */
export function wants({ facts }: PullRequest, ...any: readonly SourceFact[]): boolean {
  return facts === undefined || any.some((fact) => facts.includes(fact));
}

export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly tells: readonly SourceFact[];
  /** Days after which its bill no longer changes; 14 unless told. */
  readonly trailingDays?: number;
  /**
   * Facts of which it tells the present alone and on whose samples its bill stands: asked every few
   * minutes where config does not say otherwise. `rates` go along with an inventory.
   */
  readonly samples?: readonly ('usage' | 'inventory' | 'rates')[];
  /** Which words of its inventory mean that a machine is billed; all that have one say so. */
  readonly states?: StatesByKind;
  /** What its charges want of earlier pulls (`PullRequest.earlier`). */
  readonly recalls?: Recalled;
  /** What it reads of its own answers of before (`PullRequest.answers`). */
  readonly rereads?: Reread;
  /** True where it marks in its answers up to which moment all is told (`toldUpToMs`). */
  readonly resumes?: boolean;
  /**
   * One value for each answer, in a stable order. A part that fails is yielded as a fetch with
   * its `failure` and the other parts go on; only a bug throws. Asking twice yields the same facts.
   */
  pull(request: PullRequest): AsyncIterable<Fetched>;
  /**
   * The engines whose counters it has of the time, of sources that read metrics.
   * @throws {Failure} why it could not tell.
   */
  seen?(window: Period): Promise<readonly SeenEngine[]>;
  /**
   * How far back it can be asked for the usage of these deployments, of servers that forget;
   * `undefined` where neither the server nor its samples tell.
   */
  retention?(usage: readonly UsageTarget[]): Promise<Retention | undefined>;
  /**
   * The models that it has prices of, of sources that list them.
   * @throws {Failure} why it could not tell.
   */
  listings?(): Promise<readonly ModelListing[]>;
}

/** How far back a server can be asked. */
export interface Retention {
  readonly keepsMs: number;
  /** By what it says of itself, or by the oldest sample that it has of the deployments. */
  readonly told: 'settings' | 'oldest sample';
}

export interface SourceTools {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** A provider: its strict options and how to make a source of them. One folder each. */
export interface SourceKind<Options = unknown> {
  readonly kind: string;
  readonly tells: readonly SourceFact[];
  readonly options: z.ZodType<Options>;
  /** Of gateways: the fields of their requests by which a deployment may be matched. */
  matchKeys?(options: Options): readonly string[];
  create(id: string, options: Options, tools: SourceTools): Source;
}

/** One source at work. */
export interface Setting<Options> {
  readonly id: Source['id'];
  readonly options: Options;
  readonly tools: SourceTools;
}

/** What reading a config needs of a kind. */
export type Declared<Options> = Pick<
  SourceKind<Options>,
  'kind' | 'tells' | 'options' | 'matchKeys'
> &
  Pick<Source, 'trailingDays' | 'samples' | 'recalls' | 'rereads' | 'states' | 'resumes'> & {
    /** Its puller tells which engines it has counters of. */
    readonly seesEngines?: true;
    /** Its puller tells how far back it can be asked. */
    readonly forgets?: true;
    /** Its puller tells which models it has prices of. */
    readonly listsModels?: true;
  };

/** What asks and reads. */
export interface Puller<Options> {
  pull(setting: Setting<Options>, request: PullRequest): AsyncIterable<Fetched>;
  /** Of kinds that are declared with `seesEngines`. */
  seen?(setting: Setting<Options>, window: Period): Promise<readonly SeenEngine[]>;
  /** Of kinds that are declared with `forgets`. */
  retention?(
    setting: Setting<Options>,
    usage: readonly UsageTarget[],
  ): Promise<Retention | undefined>;
  /** Of kinds that are declared with `listsModels`. */
  listings?(setting: Setting<Options>): Promise<readonly ModelListing[]>;
}

/** A kind whose puller is imported when it is first pulled: every command reads the config. */
export function lazyKind<Options>(
  { trailingDays, samples, recalls, rereads, states, resumes, ...declared }: Declared<Options>,
  load: () => Promise<Puller<Options>>,
): SourceKind<Options> {
  const { seesEngines, forgets, listsModels, ...kind } = declared;
  return {
    ...kind,
    create: (id, options, tools) => ({
      id,
      kind: kind.kind,
      tells: kind.tells,
      ...(trailingDays === undefined ? {} : { trailingDays }),
      ...(samples === undefined ? {} : { samples }),
      ...(recalls === undefined ? {} : { recalls }),
      ...(rereads === undefined ? {} : { rereads }),
      ...(states === undefined ? {} : { states }),
      ...(resumes === undefined ? {} : { resumes }),
      async *pull(request) {
        const puller = await load();
        yield* puller.pull({ id, options, tools }, request);
      },
      ...(seesEngines === true && {
        seen: async (window: Period) =>
          (await (await load()).seen?.({ id, options, tools }, window)) ?? [],
      }),
      ...(forgets === true && {
        retention: async (usage: readonly UsageTarget[]) =>
          (await load()).retention?.({ id, options, tools }, usage),
      }),
      ...(listsModels === true && {
        listings: async () => (await (await load()).listings?.({ id, options, tools })) ?? [],
      }),
    }),
  };
}
