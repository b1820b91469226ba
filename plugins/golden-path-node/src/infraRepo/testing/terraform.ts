import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const VARIABLES = `variable "application_databases" {
  type = map(object({ database_name = string, username = string, createdb = optional(bool, false), connection_limit = optional(number, -1) }))
}
`;

/** Evaluates the databases of a terraform.tfvars with Terraform; undefined when it rejects the file. */
export const readByTerraform = (text: string): unknown =>
  evaluateByTerraform(
    { 'main.tf': VARIABLES, 'terraform.tfvars': text },
    'var.application_databases',
  );

/** Evaluates an expression in a folder with these files; undefined when Terraform rejects one. */
export const evaluateByTerraform = (
  files: Record<string, string>,
  expression: string,
): unknown => {
  const folder = mkdtempSync(join(tmpdir(), 'tfvars-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { status, stdout } = spawnSync('terraform', ['console'], {
      cwd: folder,
      input: `jsonencode(${expression})\n`,
      encoding: 'utf8',
      env: {
        ...process.env,
        TF_CLI_CONFIG_FILE: '/dev/null',
        CHECKPOINT_DISABLE: '1',
      },
    });
    // Warnings about variables that main.tf doesn't declare come first.
    const answer = stdout.trim().split('\n').at(-1) ?? '';
    return status === 0 ? JSON.parse(JSON.parse(answer)) : undefined;
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Only the real terraform can evaluate a file; a stand-in has no console. */
export const isTerraformHere = (): boolean =>
  JSON.stringify(readByTerraform('application_databases = {}\n')) === '{}';
