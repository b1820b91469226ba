import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  fileUrl,
  type InfraFiles,
  loadSettings,
  type RequestReader,
  type RunReader,
} from '@goldenpath/plugin-golden-path-node';
import { createFollowEvents } from './act/followEvents';
import { type Later, startTimer } from './act/later';
import { createLookAtRequest } from './act/lookAtRequest';
import { createLooksAtRequests } from './act/looks';
import { createReadInfra } from './act/readInfra';
import { createRefresh, type RefreshDeps } from './act/refresh';
import { createRefreshSoon } from './act/refreshSoon';
import { createSourceReads } from './act/sources';
import type { StatusConfig } from './config';
import type { StatusContext } from './decide/decideStatus';
import { CLAIM_TOPIC, GITHUB_TOPICS } from './decide/readHint';
import type { Store } from './store';

const TASK = 'golden-path-status';

/** How long a replica that doesn't refresh uses the infra repo's settings, in ms. */
const SETTINGS_MS = 5 * 60_000;

/** The clients of the sources; created in plugin.ts. */
export interface StatusClients {
  requests: RequestReader;
  runs: RunReader;
  readClaims: RefreshDeps['readClaims'];
  /** The base branch. */
  files: InfraFiles;
  /** Another branch. */
  filesAt(branch: string): InfraFiles;
}

/** Builds what keeps the status up to date. */
export const createStatus = (
  config: StatusConfig,
  clients: StatusClients,
  deps: {
    events: Pick<EventsService, 'subscribe'>;
    logger: Pick<LoggerService, 'info' | 'warn' | 'debug'>;
    scheduler: Pick<SchedulerService, 'scheduleTask' | 'triggerTask'>;
    store: Store;
    now?: () => number;
    later?: Later;
  },
) => {
  const { store, logger, scheduler, events } = deps;
  const { now = Date.now, later = startTimer } = deps;
  const { infraRepo, patience, platformTeam, secretPrefix, instances } = config;
  const { environments } = config;
  const contextOf = (catalogPath: string): StatusContext => ({
    now: now(),
    patience,
    platformTeam,
    catalogPath,
    catalogUrl: fileUrl(infraRepo, catalogPath),
    secretPrefix,
    environments,
    instances,
  });
  let settings: { readAt: number; catalogPath: string } | undefined;
  /** Another replica may do all refreshes. */
  const readCatalogPath = async () => {
    const known = refresh.catalogPath();
    if (known) return known;
    if (!settings || now() - settings.readAt > SETTINGS_MS) {
      const readAt = now();
      const { catalog } = await loadSettings(clients.files);
      settings = { readAt, catalogPath: infraRepo.catalogPath ?? catalog };
    }
    return settings.catalogPath;
  };
  const looks = createLooksAtRequests({
    store,
    logger,
    now,
    later,
    readContext: async () => contextOf(await readCatalogPath()),
    lookAt: createLookAtRequest(clients, infraRepo, now),
  });
  const refresh = createRefresh({
    store,
    sources: createSourceReads({ store, logger, now }),
    readInfra: createReadInfra(clients.files, infraRepo),
    readClaims: clients.readClaims,
    requests: clients.requests,
    looks,
    defaultCatalogPath: infraRepo.catalogPath ?? CATALOG_PATH,
    baseBranch: infraRepo.branch,
    contextOf,
    now,
  });
  const soon = createRefreshSoon({
    trigger: () => scheduler.triggerTask(TASK),
    now,
    later,
  });
  return {
    refresh: refresh.refresh,
    start: async () => {
      await scheduler.scheduleTask({
        ...config.schedule,
        id: TASK,
        scope: 'global',
        fn: refresh.refresh,
      });
      await events.subscribe({
        id: TASK,
        topics: [...GITHUB_TOPICS, CLAIM_TOPIC],
        onEvent: createFollowEvents({
          infraRepo,
          environments: refresh.environments,
          looks,
          refreshSoon: soon.refreshSoon,
          logger,
        }),
      });
    },
    stop: () => {
      looks.stop();
      soon.stop();
    },
  };
};
