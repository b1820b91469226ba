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
  InfraListing,
  loadSettings,
  planInfraRequest,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { DatabaseAccess } from '../permissions/access';
import { RoutesConfig } from '../routesConfig';
import { CheckNames } from './checkNames';
import { listApprovals } from './listApprovals';
import { requesterName } from './requesterName';

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

  /** What keeps the entry from being added to the infra repo. */
  const findInfraProblems = async (
    request: DatabaseRequest,
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
      return [toInfraProblem(error as Error, environment)];
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
      { ...fields, requestedBy: requesterName(credentials) },
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
    const [takenNames, infraProblems, approvers] = await Promise.all([
      taken,
      findInfraProblems(request),
      readApprovers(),
    ]);
    const { environment, databaseName, component_id, risk } = request;
    return {
      requestId: requestId(request),
      problems: keepOnePerField([...takenNames, ...infraProblems]),
      ...(!existingApp && {
        repositoryUrl: `${config.infraRepo.webUrl}/${config.appOwner}/${component_id}`,
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

/** The infra repo and the store tell the same of a name. */
const keepOnePerField = (problems: Problem[]): Problem[] =>
  problems.filter(
    ({ field }, index) =>
      problems.findIndex(other => other.field === field) === index,
  );

/** A conflict is the requester's to resolve; everything else the platform's. */
const toInfraProblem = (error: Error, environment: string): Problem => {
  if (error.name === 'ConflictError')
    return { field: 'databaseName', message: error.message };
  if (error.name === 'InputError' || error.name === 'NotFoundError')
    return {
      field: '(platform)',
      message: `Can't add a database for ${environment} to the infra repo: ${error.message}`,
    };
  return {
    field: '(platform)',
    message:
      "Can't read the infra repo on GitHub now, so this plan is incomplete. Try again in a minute; if it lasts, tell the platform team.",
  };
};
