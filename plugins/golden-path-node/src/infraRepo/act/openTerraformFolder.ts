import {
  listConfigurationFiles,
  listVariableFiles,
  TFVARS_NAME,
} from '../decide/terraformFiles';
import {
  findVariableArgument,
  findVariableStart,
  parseVariableFile,
  VariableArgument,
  VariableSource,
} from '../decide/terraformVariables';
import { hasAttribute } from '../decide/hcl';
import type { TextFile } from '../decide/text';
import type { InfraListing } from '../ports';

/** A folder as Terraform loads it. Variables of the environment, `TF_VAR_…`, and files given by `-var-file` are unknown here. */
export interface TerraformFolder {
  path: string;
  /** Its terraform.tfvars. */
  tfvars: TextFile | undefined;
  /** Finds where files other than terraform.tfvars set a variable, in Terraform's order: the last one wins. */
  findOtherSources(name: string): Promise<VariableSource[]>;
  /** The same with terraform.tfvars, which comes first. */
  findSources(name: string): Promise<VariableSource[]>;
  /** Whether terraform.tfvars sets a variable. */
  isInTfvars(name: string): Promise<boolean>;
  /** Finds what the block of a variable says; overrides win. */
  findArgument(
    name: string,
    argument: VariableArgument,
  ): Promise<VariableSource | undefined>;
}

/**
 * Opens a folder of an infra repo by Terraform's rules of precedence. Files are read when asked for.
 * @throws InputError when it, or a file in it that Terraform loads, is a symbolic link or can't be read
 */
export const openTerraformFolder = async (
  files: InfraListing,
  path: string,
): Promise<TerraformFolder> => {
  const names = await files.files(path);
  const read = async (name: string): Promise<TextFile> => {
    const file = `${path}/${name}`;
    return { path: file, text: (await files.read(file)) ?? '' };
  };
  const tfvars = names.includes(TFVARS_NAME)
    ? await read(TFVARS_NAME)
    : undefined;
  const others = await Promise.all(
    listVariableFiles(names)
      .filter(name => name !== TFVARS_NAME)
      .map(read),
  );
  return {
    path,
    tfvars,
    findOtherSources: name => findAssignments(others, name),
    findSources: name =>
      findAssignments([...(tfvars ? [tfvars] : []), ...others], name),
    isInTfvars: async name =>
      tfvars !== undefined && hasAttribute(tfvars.text, name),
    findArgument: async (name, argument) => {
      let last: VariableSource | undefined;
      for (const file of listConfigurationFiles(names))
        last =
          (await findVariableArgument(await read(file), name, argument)) ??
          last;
      return last;
    },
  };
};

const findAssignments = async (
  variableFiles: readonly TextFile[],
  name: string,
): Promise<VariableSource[]> => {
  const sources: VariableSource[] = [];
  for (const file of variableFiles) {
    const values = await parseVariableFile(file);
    if (!Object.hasOwn(values, name)) continue;
    const offset = await findVariableStart(file, name);
    sources.push({ ...file, offset, value: values[name] });
  }
  return sources;
};
