import { PermissionRuleParams } from '@backstage/plugin-permission-common';
import {
  createConditionExports,
  createPermissionResourceRef,
  PermissionRule,
} from '@backstage/plugin-permission-node';
import {
  DATABASE_RESOURCE_TYPE,
  DatabaseSummary,
} from '@goldenpath/plugin-golden-path-common';
import { z } from 'zod';

/**
 * What rules read of a database.
 *
 * @public
 */
export type DatabaseResource = Pick<
  DatabaseSummary,
  'environment' | 'databaseName' | 'ownerRef'
>;

/**
 * What a rule asks of the list of databases: that one of these entity references owns it.
 *
 * @public
 */
export interface DatabaseQuery {
  ownerRefs: readonly string[];
}

/**
 * Databases, for permission rules of other modules. The resource reference of a database is its request id,
 * `<environment>-<databaseName>`.
 *
 * @public
 */
export const databaseResourceRef = createPermissionResourceRef<
  DatabaseResource,
  DatabaseQuery
>().with({
  pluginId: 'golden-path',
  resourceType: DATABASE_RESOURCE_TYPE,
});

/** The catalog compares entity references in any case. */
const fold = (ref: string) => ref.toLocaleLowerCase('en');

/** A rule, as its type has no name of its own in Backstage. */
type DatabaseRule<Params extends object> = PermissionRule<
  DatabaseResource,
  DatabaseQuery,
  typeof DATABASE_RESOURCE_TYPE,
  Params & PermissionRuleParams
>;

const isOwnedByMe: DatabaseRule<{ claims: string[] }> = {
  name: 'IS_OWNED_BY_ME',
  description: 'Allow databases whose owner is one of the claims',
  resourceType: DATABASE_RESOURCE_TYPE,
  // Backstage may have another copy of zod, whose types TypeScript can't compare with these.
  paramsSchema: z.object({
    claims: z
      .array(z.string())
      .describe(
        "Entity references, such as a user's ownershipEntityRefs: the database's owner is one of them",
      ),
  }) as unknown as Exclude<
    DatabaseRule<{ claims: string[] }>['paramsSchema'],
    { _def: unknown }
  >,
  apply: ({ ownerRef }, { claims }) =>
    claims.map(fold).includes(fold(ownerRef)),
  toQuery: ({ claims }) => ({ ownerRefs: claims }),
};

/** The rules that this plugin registers. */
export const databaseRules = { isOwnedByMe };

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: databaseResourceRef,
  rules: databaseRules,
});

/**
 * Conditions for permission policies, such as `goldenPathConditions.isOwnedByMe({ claims })`.
 *
 * @public
 */
export const goldenPathConditions = conditions;

/**
 * The decision of a permission policy to allow a database permission under conditions.
 *
 * @public
 */
export const createGoldenPathConditionalDecision = createConditionalDecision;
