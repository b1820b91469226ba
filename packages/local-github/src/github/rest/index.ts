import { accountOperations } from './accounts';
import { actionOperations } from './actions';
import { activityOperations } from './activity';
import { appOperations } from './apps';
import { branchOperations } from './branches';
import { Operations } from './call';
import { commitOperations } from './commits';
import { contentOperations } from './contents';
import { deploymentOperations } from './deployments';
import { environmentOperations } from './environments';
import { gitDataOperations } from './gitData';
import { issueOperations } from './issues';
import { memberOperations } from './members';
import { metaOperations } from './meta';
import { pullOperations } from './pulls';
import { pullReviewOperations } from './pullReviews';
import { repositoryOperations } from './repositories';
import { secretOperations } from './secrets';
import { variableOperations } from './variables';
import { workflowPermissionOperations } from './workflowPermissions';

/** Every operation of the REST API that the local GitHub has. */
export const operations: Operations = {
  ...metaOperations,
  ...accountOperations,
  ...memberOperations,
  ...appOperations,
  ...repositoryOperations,
  ...activityOperations,
  ...branchOperations,
  ...commitOperations,
  ...contentOperations,
  ...gitDataOperations,
  ...pullOperations,
  ...pullReviewOperations,
  ...issueOperations,
  ...actionOperations,
  ...deploymentOperations,
  ...environmentOperations,
  ...variableOperations,
  ...secretOperations,
  ...workflowPermissionOperations,
};
