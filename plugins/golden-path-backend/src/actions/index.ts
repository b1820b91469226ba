import { AuthService } from '@backstage/backend-plugin-api';
import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { ScaffolderService } from '@backstage/plugin-scaffolder-node';
import { Audited } from '../routes/audited';
import { registerExplainRequest } from './explainRequest';
import { registerListDatabases } from './listDatabases';
import { registerPlanRequest } from './planRequest';
import { VisibleDatabases } from '../permissions/visibleDatabases';
import { PlanRequest } from '../requests/planRequest';
import { registerRequestDatabase } from './requestDatabase';

/** Registers the actions of the plugin, which the MCP server offers as tools. */
export const registerActions = (services: {
  actionsRegistry: ActionsRegistryService;
  audited: Audited;
  auth: Pick<AuthService, 'isPrincipal'>;
  databases: VisibleDatabases;
  planRequest: PlanRequest;
  scaffolder: Pick<ScaffolderService, 'scaffold'>;
  templateRef: string;
  appBaseUrl: string;
}) => {
  registerListDatabases(services);
  registerExplainRequest(services);
  registerPlanRequest(services);
  registerRequestDatabase(services);
};
