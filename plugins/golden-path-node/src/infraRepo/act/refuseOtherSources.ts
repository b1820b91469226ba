import { posix } from 'node:path';
import { InputError } from '@backstage/errors';
import { findAttributeStart, parseHclValues } from '../decide/hcl';
import { TFVARS_ATTRIBUTE } from '../decide/readTfvars';
import { createFileError } from '../decide/text';
import type { InfraListing } from '../ports';

/**
 * What Terraform loads after terraform.tfvars, so that its values win.
 * https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
 */
const LOADED_LATER =
  /^(?:terraform\.tfvars\.json|.*\.auto\.tfvars(?:\.json)?)$/;

/**
 * Makes sure that no other file beside a terraform.tfvars declares the databases, because Terraform would take them from
 * there.
 * @throws InputError `path:line:column: reason` for the first file that declares some, or can't be read
 */
export const refuseOtherSources = async (
  files: InfraListing,
  tfvarsPath: string,
): Promise<void> => {
  const folder = posix.dirname(tfvarsPath);
  const names = (await files.files(folder)).filter(name =>
    LOADED_LATER.test(name),
  );
  for (const name of names) {
    const path = `${folder}/${name}`;
    const text = (await files.read(path)) ?? '';
    const isJson = name.endsWith('.json');
    const values = isJson
      ? parseJson(text, path)
      : await parseHclValues(text, path);
    if (!Object.hasOwn(values, TFVARS_ATTRIBUTE)) continue;
    throw createFileError(
      path,
      text,
      isJson
        ? text.indexOf(TFVARS_ATTRIBUTE)
        : await findAttributeStart(text, TFVARS_ATTRIBUTE),
      `Terraform takes ${TFVARS_ATTRIBUTE} from here, not from ${tfvarsPath}; declare the databases there alone.`,
    );
  }
};

const parseJson = (text: string, path: string): object => {
  try {
    const values: unknown = JSON.parse(text);
    return typeof values === 'object' && values !== null ? values : {};
  } catch (error) {
    throw new InputError(`${path}: ${(error as Error).message}`, error);
  }
};
