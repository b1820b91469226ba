import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import {
  makeSecret,
  findMissingSecrets,
  readRoot,
  TerraformRoot,
} from './makeSecrets';

const NOTE =
  'This is the stand-in of the local platform: it only reads terraform.tfvars and creates the secrets.';

/** `terraform` as the workflows call it, in the folder of the kit's Terraform root. @returns the exit code */
export const main = async (args: string[]): Promise<number> => {
  const [command] = args;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    switch (command) {
      case 'version':
      case '-version':
        print(`Terraform stand-in\n${NOTE}`);
        return 0;
      case 'init':
        await readHere();
        print(`${NOTE}\nNothing to initialise.`);
        return 0;
      case 'plan': {
        const root = await readHere();
        const missing = await findMissingSecrets(
          root,
          new SecretsManagerClient({}),
        );
        print(
          `${NOTE}\nPlan: ${missing.length} to add, 0 to change, 0 to destroy.`,
        );
        for (const { key } of missing)
          print(`  + aws_secretsmanager_secret.database["${key}"]`);
        return 0;
      }
      case 'output':
        print(JSON.stringify(listOutputs(await readHere()), null, 2));
        return 0;
      case 'fmt':
        await readHere();
        print(
          `${NOTE}\nterraform.tfvars can be read; its layout was not looked at.`,
        );
        return 0;
      case 'apply':
        return await apply(args, print);
      default:
        process.stderr.write(
          `${NOTE}\nIt has init, plan, apply, output, fmt and version, not ${
            command ?? 'no command'
          }.\n`,
        );
        return 1;
    }
  } catch (error) {
    process.stderr.write(`Error: ${(error as Error).message}\n`);
    return 1;
  }
};

const apply = async (
  args: string[],
  print: (line: string) => void,
): Promise<number> => {
  if (!args.includes('-auto-approve')) {
    process.stderr.write(
      `${NOTE}\nNobody can be asked here: call it with -auto-approve.\n`,
    );
    return 1;
  }
  const root = await readHere();
  const client = new SecretsManagerClient({});
  const missing = await findMissingSecrets(root, client);
  print(NOTE);
  for (const entry of missing)
    print(`Created ${await makeSecret(root, entry, client)}`);
  print(
    `Apply complete! Resources: ${missing.length} added, 0 changed, 0 destroyed.`,
  );
  return 0;
};

/** The outputs of the kit's root, as `terraform output -json` prints them. */
const listOutputs = ({
  environment,
  secretPrefix,
  entries,
}: TerraformRoot) => ({
  secret_names: {
    sensitive: false,
    value: Object.fromEntries(
      entries.map(({ key }) => [
        key,
        secretName(environment, key, secretPrefix),
      ]),
    ),
  },
});

const readHere = async (): Promise<TerraformRoot> => {
  const file = 'terraform.tfvars';
  return readRoot(await readFile(join(process.cwd(), file), 'utf8'), file);
};
