import {
  isDatabaseRequest,
  RequestPlan,
} from '@goldenpath/plugin-golden-path-common';
import type { PlannedRequest } from '../api/GoldenPathApi';
import type { FormValues } from './fillNames';

const REQUIRED = [
  'component_id',
  'databaseName',
  'username',
  'owner',
  'environment',
] as const;
const OPTIONAL = ['size', 'risk', 'domain', 'description'] as const;

/** What the backend is asked to plan; undefined while a required field is empty. */
export const toPlannedRequest = (
  form: FormValues,
): PlannedRequest | undefined => {
  if (!isDatabaseRequest(form)) return undefined;
  const values: Record<string, string> = {};
  for (const field of [...REQUIRED, ...OPTIONAL]) {
    const value = form[field];
    if (typeof value === 'string' && value !== '') values[field] = value;
  }
  const [component_id, databaseName, username, owner, environment] =
    REQUIRED.map(field => values[field]);
  return component_id && databaseName && username && owner && environment
    ? {
        ...values,
        component_id,
        databaseName,
        username,
        owner,
        environment,
        existingApp: form.existingApp === true,
      }
    : undefined;
};

/** What the rows of a plan say, in the order in which it comes to be; rows that say nothing are left out. */
export const listPlanRows = (plan: RequestPlan) => {
  const rows = {
    repository: [plan.repositoryUrl],
    pullRequest: [plan.pullRequest?.title],
    branch: [plan.pullRequest?.branch],
    labels: plan.pullRequest?.labels ?? [],
    approvals: plan.approvals,
    secret: [plan.secretName],
    kubernetesSecret: [plan.kubernetesSecretName],
    entity: [plan.entityRef],
  };
  return (Object.keys(rows) as Array<keyof typeof rows>)
    .map(key => ({
      key,
      values: [...rows[key]].filter((value): value is string => Boolean(value)),
    }))
    .filter(({ values }) => values.length > 0);
};
