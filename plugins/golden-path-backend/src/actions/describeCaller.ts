import { BackstageCredentials } from '@backstage/backend-plugin-api';

/** The caller for the audit: an action has no HTTP request that the auditor could read it from. */
export const describeCaller = ({ principal }: BackstageCredentials): string => {
  const { userEntityRef, subject } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return userEntityRef ?? subject ?? 'unknown';
};
