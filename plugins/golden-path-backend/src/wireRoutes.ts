import {
  AuditorService,
  AuthService,
  HttpAuthService,
  LoggerService,
  PermissionsRegistryService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  goldenPathPermissions,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  createCheckExistingApp,
  createCheckOwner,
  createContents,
  createRepositories,
  OctokitFor,
  WaitSettings,
} from '@goldenpath/plugin-golden-path-node';
import { createDatabaseAccess } from './permissions/access';
import { databaseResourceRef, databaseRules } from './permissions/rules';
import { createVisibleDatabases } from './permissions/visibleDatabases';
import { DatabaseStore } from './ports';
import { createCheckNames } from './requests/checkNames';
import { createDescribeInfraFailure } from './requests/describeInfraFailure';
import { createPlanRequest } from './requests/planRequest';
import { createSharedReads } from './requests/sharedReads';
import { createTokenBucket } from './requests/tokenBucket';
import { createAudited } from './routes/audited';
import { createRouter } from './routes/createRouter';
import { RoutesConfig } from './routesConfig';

/** GitHub is asked the same at most this often, in ms. */
const GITHUB_INTERVAL_MS = 10_000;
/** Calls to GitHub at a time, and those that may wait for their turn. */
const GITHUB_CALLS = 4;
const WAITING_CALLS = 100;
const KEPT_ANSWERS = 1_000;
/** Repositories are asked for by name, and names are without number: at most 1,800 an hour of GitHub's 5,000, in each replica. */
const REPOSITORY_CALLS = { burst: 20, everyMs: 2_000 };

/** Somebody waits for the answer: a read that GitHub rejects or fails isn't repeated. */
const WAITS: WaitSettings = {
  longestWaitMs: 0,
  sleep: async () => {
    throw new ServiceUnavailableError('GitHub failed to answer a read.');
  },
};

/**
 * Registers permissions and rules, and creates the routes and what the actions share with them.
 * @param deps - `createOctokitFor`: clients with Backstage's own GitHub credentials
 */
export const wireRoutes = async (deps: {
  config: RoutesConfig;
  store: DatabaseStore;
  createOctokitFor(waits: WaitSettings): OctokitFor;
  auditor: AuditorService;
  auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  catalog: Pick<
    CatalogService,
    'getEntities' | 'getEntitiesByRefs' | 'getEntityByRef'
  >;
  httpAuth: HttpAuthService;
  logger: LoggerService;
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  now?: () => number;
  /** How long catalog and GitHub may take to say whether a name is free, in ms. */
  answerWithinMs?: () => number;
}) => {
  const { config, store, permissionsRegistry } = deps;
  const { infraRepo } = config;
  permissionsRegistry.addResourceType({
    resourceRef: databaseResourceRef,
    permissions: goldenPathPermissions,
    rules: Object.values(databaseRules),
    getResources: ids => Promise.all(ids.map(id => store.get(parseId(id)))),
  });

  const now = deps.now ?? Date.now;
  const createReads = <Value>(admit?: () => boolean) =>
    createSharedReads<Value>({
      admit,
      maxAgeMs: GITHUB_INTERVAL_MS,
      concurrency: GITHUB_CALLS,
      maxWaiting: WAITING_CALLS,
      maxKept: KEPT_ANSWERS,
      now,
    });
  const readRepository = createReads<string | undefined>(
    createTokenBucket({ ...REPOSITORY_CALLS, now }),
  );
  const readFile = createReads<string | undefined>();
  const listFiles = createReads<string[]>();
  const octokitFor = deps.createOctokitFor(WAITS);
  const repositories = createRepositories(octokitFor);
  // It remembers folders for ever, so each read has one of its own.
  const openInfraRepo = () =>
    createContents(octokitFor, infraRepo, infraRepo.branch);

  const findRepository = (repo: string) =>
    readRepository(
      repo,
      async () =>
        (await repositories.get({ owner: config.appOwner, repo }))?.url,
    );

  const access = createDatabaseAccess(
    deps.permissions,
    permissionsRegistry.getPermissionRuleset(databaseResourceRef),
  );
  const databases = createVisibleDatabases(store, access);
  const checkNames = createCheckNames({
    options: config,
    store,
    access,
    // A name is taken for those too who may not see its entity.
    hasEntity: async ref =>
      (await deps.catalog.getEntityByRef(ref, {
        credentials: await deps.auth.getOwnServiceCredentials(),
      })) !== undefined,
    findRepository,
    answerWithinMs: deps.answerWithinMs,
  });
  const planRequest = createPlanRequest({
    config,
    access,
    checkNames,
    describeInfraFailure: createDescribeInfraFailure({
      store,
      access,
      logger: deps.logger,
    }),
    checkOwner: createCheckOwner(config.owners, deps.catalog),
    existingApp: createCheckExistingApp(deps.catalog),
    findRepository,
    infraFiles: {
      read: path => readFile(path, () => openInfraRepo().read(path)),
      files: path => listFiles(path, () => openInfraRepo().files(path)),
    },
    today: () => new Date(now()),
  });
  const router = await createRouter({
    httpAuth: deps.httpAuth,
    audited: createAudited(deps),
    access,
    databases,
    checkNames,
    planRequest,
  });
  return { access, databases, planRequest, router };
};

/** An environment's name has no hyphen. */
const parseId = (requestId: string): RequestKey => {
  const [environment, ...rest] = requestId.split('-');
  return { environment, databaseName: rest.join('-') };
};
