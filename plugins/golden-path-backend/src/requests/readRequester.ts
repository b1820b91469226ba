import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { Requester } from '@goldenpath/plugin-golden-path-node';

/** The caller as the requester: a user, or a service by its subject in the characters of a user's name. */
export const readRequester = ({
  principal,
}: BackstageCredentials): Requester => {
  const { userEntityRef: ref, subject = 'service' } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  const name =
    ref === undefined
      ? subject.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63)
      : parseEntityRef(ref).name;
  return { ref, name };
};
