import { REMOVAL_ALLOWED_LABEL } from '@goldenpath/plugin-golden-path-common';
import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { CHANGE_ALLOWED_LABEL, PLATFORM_ALLOWED_LABEL } from './labels';

/**
 * A change of a Terraform plan that requires an approver's label on the merged pull request.
 *
 * @public
 */
export interface PlannedChange {
  /** Address of the resource, as Terraform prints it. */
  address: string;
  /** Terraform's own words, such as `delete`, or `delete, create` for a replacement. */
  actions: string;
  /** Key of application_databases; undefined if the resource belongs to no database. */
  key: string | undefined;
  /** The label that allows it. */
  label: string;
}

// https://developer.hashicorp.com/terraform/internals/json-format, format version 1.x.
const planSchema = z.object({
  format_version: z.string().regex(/^1\./),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        index: z.union([z.string(), z.number()]).optional(),
        module_address: z.string().optional(),
        change: z.object({ actions: z.array(z.string()) }),
      }),
    )
    .default([]),
});
const SECRET = 'aws_secretsmanager_secret';
const ROTATION = 'aws_secretsmanager_secret_rotation';
const SECRETS = [SECRET, 'aws_secretsmanager_secret_version', ROTATION];
const HARMLESS = ['no-op', 'read'];

/**
 * Lists the changes of a plan that a merged pull request must have a label for: everything but new secrets of databases, and
 * the rotation that comes with a new secret.
 * @param text - output of `terraform show -json <plan>`
 * @throws InputError if it isn't that
 *
 * @public
 */
export const listPlannedChanges = (
  text: string,
  path: string,
): PlannedChange[] => {
  const resources = parsePlan(text, path).resource_changes;
  const created = new Set(
    resources
      .filter(
        resource =>
          isOfDatabase(resource) &&
          resource.type === SECRET &&
          resource.change.actions.join() === 'create',
      )
      .map(({ index }) => index),
  );
  return resources.flatMap(resource => {
    const { address, change } = resource;
    const actions = change.actions.filter(name => !HARMLESS.includes(name));
    if (actions.length === 0) return [];
    const isSecret = isOfDatabase(resource);
    // Rotation of a secret that exists is a change of the platform team's; the one of a new secret comes with it.
    const isNew = resource.type !== ROTATION || created.has(resource.index);
    if (isSecret && actions.join() === 'create' && isNew) return [];
    return [
      {
        address,
        actions: actions.join(', '),
        key: isSecret ? String(resource.index) : undefined,
        label: selectLabel(isSecret, actions),
      },
    ];
  });
};

type Resource = z.infer<typeof planSchema>['resource_changes'][number];

/** Whether it is one of the kit's own resources for a declared database. */
const isOfDatabase = (resource: Resource): boolean =>
  resource.mode === 'managed' &&
  SECRETS.includes(resource.type) &&
  resource.name === 'database' &&
  resource.module_address === undefined &&
  typeof resource.index === 'string';

const selectLabel = (isSecret: boolean, actions: string[]): string => {
  if (!isSecret) return PLATFORM_ALLOWED_LABEL;
  return actions.some(name => name === 'delete' || name === 'forget')
    ? REMOVAL_ALLOWED_LABEL
    : CHANGE_ALLOWED_LABEL;
};

const parsePlan = (text: string, path: string): z.infer<typeof planSchema> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `${path} is not a plan of Terraform as JSON, format 1.x; create it with terraform show -json <plan file>.`,
  );
};
