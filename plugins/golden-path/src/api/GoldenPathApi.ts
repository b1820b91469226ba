import { createApiRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseStatus,
  DatabaseSummary,
  NameAvailability,
  RequestPlan,
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';

/**
 * Which databases a list has, and where the next page begins.
 *
 * @public
 */
export interface DatabaseFilter {
  environment?: string;
  /** Entity reference of a group. */
  owner?: string;
  status?: StatusStep | StatusProblem;
  text?: string;
  /** The app's name. */
  component?: string;
  /** 1 to 5000; 100 unless given. */
  limit?: number;
  cursor?: string;
}

/** @public */
export interface DatabaseList {
  items: DatabaseSummary[];
  /** Of all pages. */
  total: number;
  nextCursor?: string;
}

/**
 * The names of a form; empty ones are not asked about.
 *
 * @public
 */
export interface NamesToCheck {
  environment: string;
  component_id?: string;
  databaseName?: string;
  username?: string;
}

/**
 * A request as the form has it, complete or not.
 *
 * @public
 */
export interface PlannedRequest {
  component_id: string;
  databaseName: string;
  username: string;
  owner: string;
  environment: string;
  size?: string;
  risk?: string;
  domain?: string;
  description?: string;
  /** The database is for an app that exists. */
  existingApp?: boolean;
}

/** @public */
export interface CallOptions {
  signal?: AbortSignal;
}

/**
 * The routes of the golden path's backend plugin. All of them throw a ResponseError when the backend refuses.
 *
 * @public
 */
export interface GoldenPathApi {
  listDatabases(
    filter?: DatabaseFilter,
    options?: CallOptions,
  ): Promise<DatabaseList>;
  /** undefined: there is none, or it may not be seen. */
  getDatabase(
    environment: string,
    databaseName: string,
    options?: CallOptions,
  ): Promise<DatabaseStatus | undefined>;
  checkNames(
    names: NamesToCheck,
    options?: CallOptions,
  ): Promise<NameAvailability[]>;
  plan(request: PlannedRequest, options?: CallOptions): Promise<RequestPlan>;
}

/** @public */
export const goldenPathApiRef = createApiRef<GoldenPathApi>().with({
  id: 'plugin.golden-path.api',
  pluginId: 'golden-path',
});
