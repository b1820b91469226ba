import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';

/** The caller as a request's `requestedBy`: a user's name, or a service's subject in the characters of one. */
export const requesterName = ({ principal }: BackstageCredentials): string => {
  const { userEntityRef, subject = 'service' } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return userEntityRef === undefined
    ? subject.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63)
    : parseEntityRef(userEntityRef).name;
};
