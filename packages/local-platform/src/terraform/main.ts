import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import {
  deleteSecret,
  makeSecret,
  readRoot,
  TerraformRoot,
} from './makeSecrets';
import { planRoot, showPlan, TerraformPlan } from './planRoot';

const NOTE =
  'This is the stand-in of the local platform: it reads terraform.tfvars, creates and deletes the secrets, and nothing else.';

type Print = (line: string) => void;

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
      case 'plan':
        return await plan(args.slice(1), print);
      case 'show':
        return await show(args.slice(1), print);
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
        return await apply(args.slice(1), print);
      default:
        process.stderr.write(
          `${NOTE}\nIt has init, plan, show, apply, output, fmt and version, not ${
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

/** `plan [-out=<file>]` */
const plan = async (args: string[], print: Print): Promise<number> => {
  const planned = await planRoot(
    await readHere(),
    new SecretsManagerClient({}),
  );
  const { create, destroy } = planned;
  print(
    `${NOTE}\nPlan: ${create.length} to add, 0 to change, ${destroy.length} to destroy.`,
  );
  for (const key of create)
    print(`  + aws_secretsmanager_secret.database["${key}"]`);
  for (const key of destroy)
    print(`  - aws_secretsmanager_secret.database["${key}"]`);
  const out = args.find(arg => arg.startsWith('-out='))?.slice('-out='.length);
  if (out) await writeFile(out, JSON.stringify(planned));
  return 0;
};

/** `show [-json] <file>` */
const show = async (args: string[], print: Print): Promise<number> => {
  const planned = await readPlan(args);
  if (planned) print(JSON.stringify(showPlan(planned)));
  else process.stderr.write(`${NOTE}\nshow takes -json and a saved plan.\n`);
  return planned ? 0 : 1;
};

/** `apply <file>`, or `apply -auto-approve` for a plan of now. */
const apply = async (args: string[], print: Print): Promise<number> => {
  const saved = await readPlan(args);
  if (!saved && !args.includes('-auto-approve')) {
    process.stderr.write(
      `${NOTE}\nNobody can be asked here: call it with -auto-approve or a saved plan.\n`,
    );
    return 1;
  }
  const client = new SecretsManagerClient({});
  const now = await planRoot(saved?.root ?? (await readHere()), client);
  if (saved && !isSame(saved, now)) {
    process.stderr.write(
      'Error: Saved plan is stale\n\nThe secrets have changed since the plan was created.\n',
    );
    return 1;
  }
  const { root, create, destroy } = now;
  print(NOTE);
  for (const entry of root.entries.filter(({ key }) => create.includes(key)))
    print(`Created ${await makeSecret(root, entry, client)}`);
  for (const key of destroy)
    print(`Deleted ${await deleteSecret(root, key, client)}`);
  print(
    `Apply complete! Resources: ${create.length} added, 0 changed, ${destroy.length} destroyed.`,
  );
  return 0;
};

const readPlan = async (args: string[]): Promise<TerraformPlan | undefined> => {
  const file = args.find(arg => !arg.startsWith('-'));
  return file && JSON.parse(await readFile(file, 'utf8'));
};

const isSame = (one: TerraformPlan, other: TerraformPlan) =>
  one.create.join() === other.create.join() &&
  one.destroy.join() === other.destroy.join();

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
