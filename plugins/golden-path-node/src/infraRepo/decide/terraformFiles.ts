/** The file in which an environment declares its databases. */
export const TFVARS_NAME = 'terraform.tfvars';

/**
 * Selects the files of a folder that set variables, in the order in which Terraform loads them: later ones win. Files in
 * subfolders, and other names such as `prod.tfvars`, are not loaded.
 * https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
 */
export const listVariableFiles = (names: readonly string[]): string[] => [
  ...[TFVARS_NAME, `${TFVARS_NAME}.json`].filter(name => names.includes(name)),
  ...names.filter(name => AUTO_LOADED.test(name)).sort(compareBytes),
];

/** Terraform compares exactly this suffix: hidden files are loaded, other cases are not. */
const AUTO_LOADED = /\.auto\.tfvars(?:\.json)?$/s;

/**
 * Selects the configuration files of a folder, in the order in which Terraform merges them: overrides come last.
 * https://developer.hashicorp.com/terraform/language/files/override
 */
export const listConfigurationFiles = (names: readonly string[]): string[] => {
  const loaded = names
    .filter(name => CONFIGURATION.test(name) && !IGNORED.test(name))
    .sort(compareBytes);
  return [
    ...loaded.filter(name => !OVERRIDE.test(name)),
    ...loaded.filter(name => OVERRIDE.test(name)),
  ];
};

const CONFIGURATION = /\.tf(?:\.json)?$/s;
const OVERRIDE = /(?:^|_)override\.tf(?:\.json)?$/s;
/** Hidden files, and those of editors. */
const IGNORED = /^\.|~$|^#.*#$/s;

const compareBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));
