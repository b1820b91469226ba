import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { AppRequest } from '@goldenpath/plugin-golden-path-common';
import { CheckedClaims } from '../claimFacts';
import { Claim, Claims } from '../claims';
import { explainContinue, listDifferences } from '../claimVerdict';
import { GoldenPathConfig } from '../config';
import { GitHub } from '../github';
import { Requester } from '../requester';
import { appRepo } from '../requestInput';
import { checkAppRepo } from './appRepoFree';
import { Questions } from './checkRequest';
import { CheckEntityNames } from './entityNameFree';
import { CheckExistingApp, checkExistingRepo } from './existingApp';
import { CheckOwner } from './mayOwn';

/** Page of a repository, whose own entities are no conflict. */
export const pageOf = (
  { owner, repo }: { owner: string; repo: string },
  { infraRepo }: Pick<GoldenPathConfig, 'infraRepo'>,
) => ({ url: `${infraRepo.webUrl}/${owner}/${repo}` });

/** What is asked about an app that exists already: its repository, and its component in the catalog. */
export const createExistingAppQuestions = (
  deps: {
    config: GoldenPathConfig;
    checkExistingApp: CheckExistingApp;
  },
  task: {
    credentials: BackstageCredentials;
    github: Pick<GitHub, 'repositories'>;
  },
): Pick<Questions<AppRequest>, 'app' | 'entityName'> => ({
  app: componentId => {
    const { host: _, ...app } = appRepo(
      { component_id: componentId },
      deps.config,
    );
    return checkExistingRepo(app, {
      repository: task.github.repositories.get,
    });
  },
  entityName: componentId =>
    deps.checkExistingApp.component(
      componentId,
      pageOf(appRepo({ component_id: componentId }, deps.config), deps.config),
      task.credentials,
    ),
});

/** What is asked about every new app: its owner, its repository, and its name in the catalog. */
export const createAppQuestions = <Request extends AppRequest>(
  deps: {
    config: GoldenPathConfig;
    claims: Pick<Claims, 'around'>;
    checkOwner: CheckOwner;
    checkEntityNames: CheckEntityNames;
  },
  task: {
    id: string;
    requester: Requester;
    credentials: BackstageCredentials;
    github: Pick<GitHub, 'repositories'>;
    what: 'a database' | 'an app';
    checkedClaims(request: Request): Promise<CheckedClaims>;
  },
): Pick<Questions<Request>, 'owner' | 'app' | 'entityName'> => {
  const { config, claims } = deps;
  const { requester, credentials, what } = task;
  return {
    owner: owner => deps.checkOwner({ owner, requester, what }, credentials),
    entityName: componentId =>
      deps.checkEntityNames.app(
        componentId,
        pageOf(appRepo({ component_id: componentId }, config), config),
        credentials,
      ),
    app: async (componentId, request) => {
      const { host, ...app } = appRepo({ component_id: componentId }, config);
      const around = await claims.around({
        requestId: '',
        repo: `${host}/${app.owner}/${app.repo}`.toLocaleLowerCase('en'),
      });
      const checked = request && (await task.checkedClaims(request));
      const isContinued = ({ taskId }: Claim) =>
        taskId === task.id || taskId === checked?.continued?.claim.taskId;
      return checkAppRepo(app, around, {
        repository: task.github.repositories.get,
        isContinued,
        explainContinue: creator => {
          const facts = checked?.facts.find(
            ({ claim }) => claim.taskId === creator.taskId,
          );
          return (
            facts &&
            request &&
            explainContinue(facts, listDifferences(creator, request))
          );
        },
      });
    },
  };
};
