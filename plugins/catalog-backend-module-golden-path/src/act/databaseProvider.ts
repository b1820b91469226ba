import type { LoggerService } from '@backstage/backend-plugin-api';
import { ANNOTATION_LOCATION, Entity } from '@backstage/catalog-model';
import { isError } from '@backstage/errors';
import type {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import {
  CATALOG_PATH,
  InfraSettings,
} from '@goldenpath/plugin-golden-path-common';
import { InfraFiles, loadSettings } from '@goldenpath/plugin-golden-path-node';
import createLimit from 'p-limit';
import type { ProviderConfig } from '../config';
import { EntityContext, instanceEntity, withProblem } from '../decide/entities';
import { isRelevantPush } from '../decide/isRelevantPush';
import { listEntities } from '../decide/listEntities';
import { readState } from './readState';

/** Emits the databases of the infra repo and the instances of its environments. */
export interface DatabaseProvider extends EntityProvider {
  /**
   * Reads the infra repo and updates the catalog. A broken file changes no database: its reason is logged, and shown on
   * the instances.
   * @throws when the infra repo can't be read; nothing is changed
   */
  refresh(): Promise<void>;
  /** Refreshes if the push may have changed an entity. `payload`: GitHub's push event. */
  onPush(payload: unknown): Promise<void>;
}

export const createDatabaseProvider = (
  { infraRepo, instanceOwner, region }: ProviderConfig,
  { files, logger }: { files: InfraFiles; logger: LoggerService },
): DatabaseProvider => {
  let connection: EntityProviderConnection | undefined;
  let settings: InfraSettings | undefined;
  let catalogPath = infraRepo.catalogPath ?? CATALOG_PATH;
  const context = (): EntityContext => ({
    infraRepo,
    catalogPath,
    instanceOwner,
    region,
  });

  const readEntities = async (): Promise<Entity[]> => {
    settings = await loadSettings(files);
    const state = await readState(files, settings, infraRepo);
    catalogPath = state.catalogPath;
    return listEntities(state.catalog, settings, state.runs, context());
  };

  /** Only the instances are updated: every database stays as the last readable file had it. */
  const showProblem = (message: string) =>
    connection?.applyMutation({
      type: 'delta',
      added: (settings?.environments ?? []).map(environment =>
        deferred(withProblem(instanceEntity(environment, context()), message)),
      ),
      removed: [],
    });

  const refresh = async () => {
    if (!connection) throw new Error('The provider is not connected.');
    let entities: Entity[];
    try {
      entities = await readEntities();
    } catch (error) {
      if (!isError(error) || error.name !== 'InputError') throw error;
      logger.error(
        `The databases of ${infraRepo.owner}/${infraRepo.repo} stay as they were: ${error.message}`,
      );
      await showProblem(error.message);
      return;
    }
    await connection.applyMutation({
      type: 'full',
      entities: entities.map(deferred),
    });
    logger.debug(`Emitted ${entities.length} entities.`);
  };

  // One at a time. A refresh that waits will read what is there then: a second one need not wait too.
  const limit = createLimit(1);
  const refreshOnce = async () => {
    if (limit.pendingCount === 0) await limit(refresh);
  };
  return {
    getProviderName: () => 'golden-path',
    connect: async to => {
      connection = to;
    },
    refresh: refreshOnce,
    onPush: async payload => {
      if (isRelevantPush(payload, infraRepo, catalogPath)) await refreshOnce();
    },
  };
};

const deferred = (entity: Entity) => ({
  entity,
  locationKey: entity.metadata.annotations?.[ANNOTATION_LOCATION],
});
