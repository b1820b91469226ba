import { spawnSync } from 'node:child_process';
import { itWhen } from './needs';

/** Runs the machine's own Terraform to its end. */
export const terraform = (...args: string[]) =>
  spawnSync('terraform', args, { encoding: 'utf8' });

export const itNeedsTerraform = itWhen(
  terraform('version', '-json').status === 0,
  'terraform',
);
