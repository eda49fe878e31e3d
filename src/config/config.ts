/** Types of the parsed `rentcheck.yaml`: frozen, with exact numbers. */

import type { Secret } from '../platform/secret.ts';
import type { DeploymentSection } from './deploymentSchema.ts';
import type { ConfigSections } from './schema.ts';
import type { SourceConfig } from './sourceSections.ts';

/** The same type, with everything inside it read-only. */
type Frozen<T> = T extends string | number | bigint | boolean | null | undefined | Secret
  ? T
  : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** A section that is absent from the file is absent here, or has its defaults. */
export interface Config extends Frozen<Omit<ConfigSections, 'sources' | 'deployments' | 'ops'>> {
  /** Absolute path of the file that was read. */
  readonly file: string;
  /** In the file's order; a source of kind import has no options. */
  readonly sources: readonly SourceConfig[];
  /** In the file's order. */
  readonly deployments: readonly DeploymentConfig[];
  readonly ops: {
    /** Assigns incidents to deployments, in the file's order: the first matching pattern counts. */
    readonly services: readonly ServiceConfig[];
  };
}

export interface DeploymentConfig extends Frozen<Omit<DeploymentSection, 'usage'>> {
  readonly id: string;
  readonly usage?: UsageConfig;
}

/** `engine` has its default. */
export interface UsageConfig extends Frozen<NonNullable<DeploymentSection['usage']>> {
  readonly engine: string;
}

export interface ServiceConfig {
  /** The name of a service or team, with `*` as a wildcard. */
  readonly pattern: string;
  /** ID of a deployment. */
  readonly deployment: string;
}

export type EquivalentConfig = NonNullable<DeploymentConfig['hosted']>['equivalents'][number];
export type ResourceMatchConfig = DeploymentConfig['resources'][number];
export type CommitmentConfig = Config['commitments'][number];
export type LaborConfig = Config['labor'];
export type LaborSideConfig = LaborConfig['hosted'];
export type RangeConfig = LaborSideConfig['fixedHours'];
export type MigrationConfig = Config['migration'];
export type PolicyConfig = Config['policy'];
export type ReportConfig = NonNullable<Config['report']>;
