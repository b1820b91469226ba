import { DatabaseStatus } from './databaseStatus';
import { ENVIRONMENTS } from './environments';

/** The template whose form requests a database, unless a platform team has registered a copy of its own. */
const REQUEST_TEMPLATE = 'template:default/backend-app-rds';

/**
 * The template whose form takes a database out of use; its field `database` takes an entity reference.
 *
 * @public
 */
export const DECOMMISSION_TEMPLATE = 'template:default/rds-decommission';

/**
 * What a promotion takes from a database. A {@link DatabaseStatus} has it.
 *
 * @public
 */
export type PromotedDatabase = Pick<
  DatabaseStatus,
  | 'component'
  | 'databaseName'
  | 'username'
  | 'ownerRef'
  | 'domain'
  | 'risk'
  | 'size'
>;

/**
 * The environment after one, in the order of `goldenPath.environments`.
 * @returns undefined after the last one, and after one that is not on the list
 *
 * @public
 */
export const nextEnvironment = (
  environment: string,
  environments: readonly string[] = ENVIRONMENTS,
): string | undefined => {
  const at = environments.indexOf(environment);
  return at < 0 ? undefined : environments[at + 1];
};

/**
 * The values of the form that requests the same database in another environment, for the app that exists already. The
 * names stay: each overlay of the app expects a database of the same name (ADR 4).
 *
 * @public
 */
export const promotionFormData = (
  database: PromotedDatabase,
  environment: string,
): Record<string, string | boolean> => {
  const { component, databaseName, username, ownerRef } = database;
  const { size, risk, domain } = database;
  return {
    component_id: component,
    existingApp: true,
    databaseName,
    username,
    owner: ownerRef,
    environment,
    ...(size && { size }),
    ...(risk && { risk }),
    ...(domain && { domain }),
  };
};

/**
 * The path of a template's form with values filled in, as Backstage's "Start over" links it.
 * @param templateRef - entity reference of the template
 *
 * @public
 */
export const formPath = (
  formData: Record<string, string | boolean>,
  templateRef: string = REQUEST_TEMPLATE,
): string => {
  const [namespace, name] = templateRef.replace(/^template:/, '').split('/');
  return `/create/templates/${namespace}/${name}?formData=${encodeURIComponent(
    JSON.stringify(formData),
  )}`;
};
