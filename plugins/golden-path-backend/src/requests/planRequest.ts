import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  branchName,
  DatabaseRequest,
  entityRef,
  kubernetesSecretName,
  listPullRequestLabels,
  parseRequest,
  Problem,
  renderPullRequestTitle,
  requestId,
  RequestPlan,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import {
  CheckExistingApp,
  checkExistingRepo,
  CheckOwner,
  InfraListing,
  loadSettings,
  planInfraRequest,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { DatabaseAccess } from '../permissions/access';
import { RoutesConfig } from '../routesConfig';
import { CheckNames } from './checkNames';
import { DescribeInfraFailure } from './describeInfraFailure';
import { listApprovals } from './listApprovals';
import { readRequester } from './readRequester';

/** The fields of the form, unchecked. `existingApp`: the app exists already, so no repository is created. */
export type PlanInput = Readonly<Record<string, unknown>>;

/**
 * Plans a request, as the form's actions would run it. Changes nothing.
 * @throws NotAllowedError when the caller may not request databases
 */
export type PlanRequest = (
  fields: PlanInput,
  credentials: BackstageCredentials,
) => Promise<RequestPlan>;

export const createPlanRequest = (deps: {
  config: RoutesConfig;
  /** The infra repo at its base branch. */
  infraFiles: InfraListing;
  access: Pick<DatabaseAccess, 'assertMayRequest'>;
  checkNames: CheckNames;
  describeInfraFailure: DescribeInfraFailure;
  checkOwner: CheckOwner<BackstageCredentials>;
  existingApp: CheckExistingApp<BackstageCredentials>;
  /** Page of an app's repository; undefined if there is none. */
  findRepository(componentId: string): Promise<string | undefined>;
  today: () => Date;
}): PlanRequest => {
  const { config, infraFiles } = deps;

  /** Names that are taken. Those that break a rule are among the problems of the request. */
  const findTakenNames = async (
    fields: PlanInput,
    credentials: BackstageCredentials,
  ): Promise<Problem[]> => {
    const environment = toText(fields.environment);
    if (!environment || !config.environments.includes(environment)) return [];
    const names = await deps.checkNames(
      {
        environment,
        databaseName: toText(fields.databaseName),
        username: toText(fields.username),
        component_id: fields.existingApp
          ? undefined
          : toText(fields.component_id),
      },
      credentials,
    );
    return names
      .filter(({ state }) => state === 'taken')
      .map(({ field, message }) => ({ field, message }));
  };

  const repositoryPage = (componentId: string) =>
    `${config.infraRepo.webUrl}/${config.appOwner}/${componentId}`;

  /** What keeps the caller from requesting it for the owner and, where the app exists, for the app. */
  const findOwnerProblems = async (
    request: DatabaseRequest,
    credentials: BackstageCredentials,
  ): Promise<Problem[]> => {
    const requester = readRequester(credentials);
    try {
      const { owner, component_id, existingApp } = request;
      const app = { owner: config.appOwner, repo: component_id };
      const page = { url: repositoryPage(component_id) };
      const found = await Promise.all([
        deps.checkOwner({ owner, requester }, credentials),
        ...(existingApp
          ? [
              deps.existingApp.component(component_id, page, credentials),
              deps.existingApp.owner(request, credentials),
              checkExistingRepo(app, {
                repository: ({ repo }) => deps.findRepository(repo),
              }),
            ]
          : []),
      ]);
      return found.flat();
    } catch {
      return [
        {
          field: '(platform)',
          message:
            "Can't ask catalog or GitHub now, so it is unknown whether you may request a database for this owner. Try again in a minute; if it lasts, tell the platform team.",
        },
      ];
    }
  };

  /** What keeps the entry from being added to the infra repo. */
  const findInfraProblems = async (
    request: DatabaseRequest,
    credentials: BackstageCredentials,
  ): Promise<Problem[]> => {
    const { databaseName, environment } = request;
    try {
      const files = await readInfraRequestFiles(infraFiles, environment, {
        mode: 'auto',
        catalogPath: config.catalogPath,
        environmentsPath: config.environmentsPath,
      });
      const { changes } = await planInfraRequest(files, request, {
        createdDate: deps.today().toISOString().slice(0, 10),
        secretPrefix: config.secretPrefix,
      });
      return changes.length > 0
        ? []
        : [
            {
              field: 'databaseName',
              message: `Database name: the infra repo declares ${databaseName} for ${environment} already; choose another name, or use the existing database.`,
            },
          ];
    } catch (error) {
      return deps.describeInfraFailure(error as Error, request, credentials);
    }
  };

  const readApprovers = async (): Promise<string> => {
    try {
      return (await loadSettings(infraFiles)).approvers;
    } catch {
      // findInfraProblems tells that the infra repo can't be read.
      return 'the platform team';
    }
  };

  return async ({ existingApp = false, ...fields }, credentials) => {
    await deps.access.assertMayRequest(credentials);
    const parsed = parseRequest(
      {
        ...fields,
        existingApp,
        requestedBy: readRequester(credentials).name,
      },
      config,
    );
    const taken = findTakenNames({ ...fields, existingApp }, credentials);
    if ('problems' in parsed)
      return {
        requestId: requestId({
          environment: toText(fields.environment) ?? '',
          databaseName: toText(fields.databaseName) ?? '',
        }),
        problems: [...parsed.problems, ...(await taken)],
        approvals: [],
      };
    const { request } = parsed;
    const [takenNames, owner, infra, approvers] = await Promise.all([
      taken,
      findOwnerProblems(request, credentials),
      findInfraProblems(request, credentials),
      readApprovers(),
    ]);
    const { environment, databaseName, component_id, risk } = request;
    return {
      requestId: requestId(request),
      problems: keepOnePerField([...takenNames, ...infra, ...owner]),
      ...(!existingApp && {
        repositoryUrl: repositoryPage(component_id),
      }),
      pullRequest: {
        title: renderPullRequestTitle(request),
        branch: branchName(request),
        labels: listPullRequestLabels(environment, risk),
      },
      secretName: secretName(environment, databaseName, config.secretPrefix),
      kubernetesSecretName: kubernetesSecretName(component_id),
      entityRef: entityRef(request),
      approvals: listApprovals(request, approvers),
    };
  };
};

const toText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Several sources tell the same of a name. */
const keepOnePerField = (problems: Problem[]): Problem[] =>
  problems.filter(
    ({ field }, index) =>
      problems.findIndex(other => other.field === field) === index,
  );
