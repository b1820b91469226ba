import type {
  AuthService,
  DiscoveryService,
  LoggerService,
  SchedulerService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import {
  DefaultGithubCredentialsProvider,
  type ScmIntegrationRegistry,
} from '@backstage/integration';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  createContents,
  createRequestReader,
  createRunReader,
  createUrlFiles,
  fileUrl,
  octokitFromIntegrations,
} from '@goldenpath/plugin-golden-path-node';
import { createFollowEvents } from './act/followEvents';
import { createLookAtRequest } from './act/lookAtRequest';
import { createLooksAtRequests } from './act/looks';
import { createReadClaims } from './act/readClaims';
import { createReadInfra } from './act/readInfra';
import { createRefresh } from './act/refresh';
import { createSourceReads } from './act/sources';
import type { StatusConfig } from './config';
import type { StatusContext } from './decide/decideStatus';
import { CLAIM_TOPIC, GITHUB_TOPICS } from './decide/readHint';
import type { Store } from './store';

const TASK = 'golden-path-status';

/** Builds what keeps the status up to date. */
export const createStatus = (
  config: StatusConfig,
  integrations: ScmIntegrationRegistry,
  deps: {
    auth: AuthService;
    discovery: DiscoveryService;
    events: EventsService;
    logger: LoggerService;
    scheduler: SchedulerService;
    urlReader: UrlReaderService;
    store: Store;
    now?: () => number;
  },
) => {
  const { store, logger, scheduler, events, now = Date.now } = deps;
  const { infraRepo, patience, platformTeam, secretPrefix, instances } = config;
  const octokitFor = octokitFromIntegrations({
    host: config.host,
    integrations,
    credentials:
      DefaultGithubCredentialsProvider.fromIntegrations(integrations),
    // A refresh doesn't wait: the next one comes soon.
    longestWaitMs: 0,
  });
  const contextOf = (catalogPath: string): StatusContext => ({
    now: now(),
    patience,
    platformTeam,
    catalogPath,
    catalogUrl: fileUrl(infraRepo, catalogPath),
    secretPrefix,
    instances,
  });
  const requests = createRequestReader(octokitFor, infraRepo);
  const looks = createLooksAtRequests({
    store,
    logger,
    now,
    contextNow: () => refresh.context(),
    lookAt: createLookAtRequest(
      {
        requests,
        runs: createRunReader(octokitFor, infraRepo),
        filesAt: branch => createContents(octokitFor, infraRepo, branch),
      },
      infraRepo,
      now,
    ),
  });
  const refresh = createRefresh({
    store,
    sources: createSourceReads({ store, logger, now }),
    readInfra: createReadInfra(
      createUrlFiles(deps.urlReader, infraRepo),
      infraRepo,
    ),
    readClaims: createReadClaims(deps),
    requests,
    looks,
    baseBranch: infraRepo.branch,
    contextOf,
    now,
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
          refreshSoon: () => scheduler.triggerTask(TASK),
          logger,
        }),
      });
    },
    stop: looks.stop,
  };
};
