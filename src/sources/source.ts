/** The interface of a source: `pull` gets a window and yields what each fetch brought. */

import type { z } from 'zod';
import type { Resource } from '../domain/charge.ts';
import type { ModelListing } from '../domain/equivalents.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate } from '../domain/price.ts';
import type { Fetched, SourceSection, ProvidedFact } from '../domain/provenance.ts';
import type { DetectedEngine, UsageSettings } from '../domain/engine.ts';
import type { StatesByKind } from '../domain/uptime.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient } from '../platform/http.ts';

/** A deployment whose usage a source reads. */
export interface UsageTarget extends UsageSettings {
  readonly deployment: string;
}

/** A deployment whose GPUs a source monitors. */
export interface TelemetryTarget {
  readonly deployment: string;
  /** Labels to match, as for usage. Pod labels are those of the pod that has the GPU. */
  readonly match: Readonly<Record<string, string>>;
}

/** What the ledger has on a source's resources from earlier pulls. */
export interface EarlierFacts {
  /** Oldest first. At least the resources that may have run in the window. */
  readonly sightings: readonly Resource[];
  /** When complete lists were read, oldest first. `status` is the HTTP status. */
  readonly listings: readonly Listing[];
  readonly rates: readonly GpuRate[];
}

export interface Listing {
  readonly url: string;
  readonly atMs: number;
  readonly status?: number;
}

/** Which earlier sightings a source needs to compute its charges. */
export interface RecallRule {
  readonly kind: Resource['kind'];
  /** The kind of the fetches that list the resources. */
  readonly listing: string;
}

/** An earlier answer of the source, as far as it was stored. */
export interface StoredAnswer {
  readonly url: string;
  /** When it was requested. */
  readonly atMs: number;
  readonly body: Uint8Array;
}

/** Which of its own earlier answers a source reads again. */
export interface RereadRule {
  /** Kind of their fetches. */
  readonly kind: string;
  /** How far back from the newest answer. */
  readonly forMs: number;
  /** The oldest that the newest answer may be. If it is older, none are read. */
  readonly mostMs: number;
}

export interface PullRequest {
  /** Half-open, in UTC. Sources widen it to their own buckets and record that in the fetch. */
  readonly window: Period;
  readonly usage: readonly UsageTarget[];
  readonly telemetry?: readonly TelemetryTarget[];
  /** Hosted models whose prices are requested, by this source's names. */
  readonly models: readonly string[];
  /**
   * The requested facts. If absent, all that the source provides. A source may return more facts.
   */
  readonly facts?: readonly ProvidedFact[];
  /**
   * An earlier attempt of this pull stored everything before this moment, so it is not requested
   * again.
   */
  readonly resumeAtMs?: number;
  /** Sightings of earlier pulls, for bills without hours. Absent without a ledger. */
  readonly earlier?: EarlierFacts;
  /** The source's own earlier answers, oldest first. Absent without a ledger. */
  readonly answers?: readonly StoredAnswer[];
  /**
   * Sections that are stored in these versions and need not be read again. This is plain data,
   * since another process may run the pull.
   */
  readonly known?: readonly SourceSection[];
}

/** Whether a request asks for any of the facts. */
export function requestsFact({ facts }: PullRequest, ...any: readonly ProvidedFact[]): boolean {
  return facts === undefined || any.some((fact) => facts.includes(fact));
}

export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly provides: readonly ProvidedFact[];
  /** Days after which its bill no longer changes. The default is 14. */
  readonly trailingDays?: number;
  /**
   * Facts that the source reports only for the present and that its bill depends on. They are
   * sampled every few minutes unless the config sets another interval. `rates` are sampled together
   * with the inventory.
   */
  readonly samples?: readonly ('usage' | 'inventory' | 'rates')[];
  /**
   * Which inventory states mean that a resource is billed. Resources with a state are billed by it.
   */
  readonly states?: StatesByKind;
  /** Which earlier sightings its charges need (`PullRequest.earlier`). */
  readonly recalls?: RecallRule;
  /** Which of its own earlier answers it reads (`PullRequest.answers`). */
  readonly rereads?: RereadRule;
  /** Whether its answers state up to when everything has been read (`toldUpToMs`). */
  readonly resumes?: boolean;
  /**
   * Yields one value per answer, in a stable order. A part that fails is yielded as a fetch with
   * its `failure`, and the other parts continue. Only a bug throws. Repeating a pull yields the
   * same facts.
   */
  pull(request: PullRequest): AsyncIterable<Fetched>;
  /**
   * The engines that have counters in the window. Only sources that read metrics have this.
   * @throws {Failure} if the engines cannot be listed.
   */
  seen?(window: Period): Promise<readonly DetectedEngine[]>;
  /**
   * How far back usage of these deployments can be requested. Only servers with limited retention
   * have this. `undefined` if neither the server's settings nor its samples show it.
   */
  retention?(usage: readonly UsageTarget[]): Promise<Retention | undefined>;
  /**
   * The models that the source has prices for. Only sources with price lists have this.
   * @throws {Failure} if the models cannot be listed.
   */
  listings?(): Promise<readonly ModelListing[]>;
}

/** How far back a server has data. */
export interface Retention {
  readonly keepsMs: number;
  /** From the server's settings, or from its oldest sample of the deployments. */
  readonly told: 'settings' | 'oldest sample';
}

export interface SourceTools {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** A kind of source: its strict options schema and a factory. Each kind has a folder of its own. */
export interface SourceKind<Options = unknown> {
  readonly kind: string;
  readonly provides: readonly ProvidedFact[];
  readonly options: z.ZodType<Options>;
  /** The request fields by which a deployment may be matched. Only gateways have this. */
  matchKeys?(options: Options): readonly string[];
  create(id: string, options: Options, tools: SourceTools): Source;
}

/** One configured source with its tools. */
export interface SourceContext<Options> {
  readonly id: Source['id'];
  readonly options: Options;
  readonly tools: SourceTools;
}

/** The part of a kind that reading a config needs. */
export type KindDeclaration<Options> = Pick<
  SourceKind<Options>,
  'kind' | 'provides' | 'options' | 'matchKeys'
> &
  Pick<Source, 'trailingDays' | 'samples' | 'recalls' | 'rereads' | 'states' | 'resumes'> & {
    /** Its puller has `seen`: it lists the engines that have counters. */
    readonly seesEngines?: true;
    /** Its puller has `retention`: it reports how far back it has data. */
    readonly forgets?: true;
    /** Its puller has `listings`: it lists the models that it has prices for. */
    readonly listsModels?: true;
  };

/** The part of a kind that sends requests and reads answers. */
export interface Puller<Options> {
  pull(setting: SourceContext<Options>, request: PullRequest): AsyncIterable<Fetched>;
  /** For kinds that are declared with `seesEngines`. */
  seen?(setting: SourceContext<Options>, window: Period): Promise<readonly DetectedEngine[]>;
  /** Of kinds that are declared with `forgets`. */
  retention?(
    setting: SourceContext<Options>,
    usage: readonly UsageTarget[],
  ): Promise<Retention | undefined>;
  /** Of kinds that are declared with `listsModels`. */
  listings?(setting: SourceContext<Options>): Promise<readonly ModelListing[]>;
}

/** A kind whose puller is imported at its first use, because every command reads the config. */
export function lazyKind<Options>(
  {
    trailingDays,
    samples,
    recalls,
    rereads,
    states,
    resumes,
    ...declared
  }: KindDeclaration<Options>,
  load: () => Promise<Puller<Options>>,
): SourceKind<Options> {
  const { seesEngines, forgets, listsModels, ...kind } = declared;
  return {
    ...kind,
    create: (id, options, tools) => ({
      id,
      kind: kind.kind,
      provides: kind.provides,
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
