import {
  removalBranchName,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { RemovalSeen } from './evidence';

/** Parses the name of a removal's branch; undefined for other branches. */
export const parseRemovalBranch = (
  branch: string,
  environments: readonly string[],
): RequestKey | undefined => {
  const [, environment = '', databaseName = ''] = branch.split('/');
  const key = { environment, databaseName };
  return databaseName !== '' &&
    environments.includes(environment) &&
    branch === removalBranchName(key)
    ? key
    : undefined;
};

export const describeOpenRemoval = ({ number }: RemovalSeen): string =>
  `Pull request #${number} takes it out and requires two approvals.`;
