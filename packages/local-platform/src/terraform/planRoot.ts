import {
  ListSecretsCommand,
  SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import { MANAGED, TerraformRoot } from './makeSecrets';

/** What `terraform plan` found, and `terraform apply <file>` does. Keys of `application_databases`. */
export interface TerraformPlan {
  root: TerraformRoot;
  create: string[];
  destroy: string[];
}

/** Compares what the root declares with the secrets that are there. The tag stands in for Terraform's state. */
export const planRoot = async (
  root: TerraformRoot,
  client: SecretsManagerClient,
): Promise<TerraformPlan> => {
  const nameOf = (key: string) =>
    secretName(root.environment, key, root.secretPrefix);
  const existing = new Set<string>();
  const managed = new Set<string>();
  for (const { Name = '', Tags } of await listSecrets(client)) {
    existing.add(Name);
    if (Tags?.some(tag => tag.Key === MANAGED.Key)) managed.add(Name);
  }
  const declared = root.entries.map(({ key }) => key);
  const [start, end] = nameOf('\0').split('\0');
  return {
    root,
    create: declared.filter(key => !existing.has(nameOf(key))),
    destroy: [...managed]
      .filter(name => name.startsWith(start) && name.endsWith(end))
      .map(name => name.slice(start.length, name.length - end.length))
      .filter(key => !key.includes('/') && !declared.includes(key)),
  };
};

/** As `terraform show -json` has it, the parts that a reader of changes looks at. */
export const showPlan = ({ create, destroy }: TerraformPlan) => ({
  format_version: '1.2',
  resource_changes: [
    ...create.map(key => describeResource(key, 'create')),
    ...destroy.map(key => describeResource(key, 'delete')),
  ],
});

const describeResource = (key: string, action: string) => ({
  address: `aws_secretsmanager_secret.database["${key}"]`,
  mode: 'managed',
  type: 'aws_secretsmanager_secret',
  name: 'database',
  index: key,
  change: { actions: [action] },
});

const listSecrets = async (
  client: SecretsManagerClient,
): Promise<SecretListEntry[]> => {
  const found: SecretListEntry[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListSecretsCommand({ NextToken }));
    found.push(...(page.SecretList ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
};
