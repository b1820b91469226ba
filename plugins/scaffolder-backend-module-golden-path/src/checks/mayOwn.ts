import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  CheckMember as CheckMemberAs,
  CheckOwner as CheckOwnerAs,
} from '@goldenpath/plugin-golden-path-node';

/** Asks the catalog with the task's credentials. */
export type CheckOwner = CheckOwnerAs<BackstageCredentials>;
export type CheckMember = CheckMemberAs<BackstageCredentials>;
