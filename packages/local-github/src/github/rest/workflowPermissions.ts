import { DefaultPermissions } from '../../actions/decide/permissions';
import { answerNoContent, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/actions/permissions/workflow';

/** What a job's GITHUB_TOKEN may do, in general. */
export const workflowPermissionOperations: Operations = {
  'GET /repos/{owner}/{repo}/actions/permissions': ({ repo }) =>
    answerOk({ enabled: !repo.actionsDisabled }),

  [`GET ${PATH}`]: ({ repo }) =>
    answerOk({
      default_workflow_permissions: repo.workflowPermissions ?? 'read',
      can_approve_pull_request_reviews: repo.mayOpenPulls ?? true,
    }),

  [`PUT ${PATH}`]: call => {
    const body = call.readBody<{
      default_workflow_permissions?: DefaultPermissions;
      can_approve_pull_request_reviews?: boolean;
    }>();
    const { repo } = call;
    repo.workflowPermissions =
      body.default_workflow_permissions ?? repo.workflowPermissions;
    repo.mayOpenPulls =
      body.can_approve_pull_request_reviews ?? repo.mayOpenPulls;
    return answerNoContent();
  },
};
