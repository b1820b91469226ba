import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { itWhen } from './needs';

/** Runs the machine's own Terraform to its end. */
export const terraform = (...args: string[]) =>
  spawnSync('terraform', args, { encoding: 'utf8' });

export const itNeedsTerraform = itWhen(
  terraform('version', '-json').status === 0,
  'terraform',
);

/** A folder with providers for machines without a registry, laid out as a filesystem mirror. */
export const providerMirror = [
  process.env.TERRAFORM_PROVIDERS,
  '/opt/tf-plugins',
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
].find(
  folder =>
    folder && existsSync(join(folder, 'registry.terraform.io/hashicorp/aws')),
);

export const itNeedsAwsProvider = itWhen(
  providerMirror !== undefined && terraform('version', '-json').status === 0,
  'terraform, and the AWS provider in a folder that TERRAFORM_PROVIDERS names',
);
