import { createNote, createOpenPoint, SetupPoint } from './setupPoint';

/** The files of an infra repo, as far as the installation depends on them. */
export interface FileSetup {
  /** Paths of the kit that don't exist. */
  missing: string[];
  roots: EnvironmentRoot[];
  codeOwners: TextFile | undefined;
  /** Files that may still have placeholders. */
  texts: TextFile[];
  /** The path that GOLDENPATH_CLI names; undefined if it names no path. */
  cli: { path: string; exists: boolean } | undefined;
}

interface TextFile {
  path: string;
  text: string;
}

/** The Terraform root of an environment. */
export interface EnvironmentRoot {
  environment: string;
  /** Why it can't be used, one line each. */
  problems: string[];
  folder?: string;
  hasLockFile?: boolean;
  /** Of the S3 backend; undefined without one, empty without a key. */
  stateKey?: string;
}

/** Compares the files of an infra repo with docs/install.md, step 4. */
export const findFilePoints = (
  { missing, roots, codeOwners, texts, cli }: FileSetup,
  settings: { approvers: string; environmentsPath: string },
): SetupPoint[] => [
  ...missing.map(path =>
    createOpenPoint(`${path}: missing`, {
      why: 'The workflows require it.',
      next: 'Copy it from platform/.',
    }),
  ),
  ...roots.flatMap(findRootPoints),
  ...findSharedStates(roots),
  ...findOwnerPoints(codeOwners, settings),
  ...texts.flatMap(findPlaceholders),
  ...(cli === undefined || cli.exists
    ? []
    : [
        createOpenPoint(`GOLDENPATH_CLI: there is no ${cli.path} in the repo`, {
          why: 'Every workflow fails.',
          next: 'Add the file, or correct the variable.',
        }),
      ]),
];

const findRootPoints = ({
  environment,
  problems,
  folder,
  hasLockFile,
  stateKey,
}: EnvironmentRoot): SetupPoint[] => {
  const points = problems.map(problem =>
    createOpenPoint(
      `environment ${environment}: ${problem.replace(/\.$/, '')}`,
      {
        why: 'Requests for it are refused, and it is never applied.',
        next: 'Correct it, copy the folder of another environment, or remove it from environments in goldenpath.yaml.',
      },
    ),
  );
  if (folder === undefined) return points;
  if (!hasLockFile)
    points.push(
      createOpenPoint(`${folder}/.terraform.lock.hcl: missing`, {
        why: 'Apply refuses a root whose providers have no checksums.',
        next: `Run make rds-lock ENV=${environment}, and commit the file.`,
      }),
    );
  if (!stateKey)
    points.push(
      createOpenPoint(
        stateKey === undefined
          ? `${folder}: no backend "s3"`
          : `${folder}: the backend "s3" has no key`,
        {
          why: 'The state would be lost with the runner.',
          next: 'Take versions.tf of platform/envs/dev-rds, with the name of this folder in the key.',
        },
      ),
    );
  else if (stateKey !== `envs/${folder.split('/').pop()}/terraform.tfstate`)
    points.push(
      createNote(
        `${folder}: the key of its state is ${stateKey}; the policies in platform/iam name another one, so the roles must allow this one.`,
      ),
    );
  return points;
};

const findSharedStates = (roots: readonly EnvironmentRoot[]): SetupPoint[] =>
  roots.flatMap(({ folder, stateKey }, index) => {
    const other =
      stateKey &&
      roots.slice(0, index).find(before => before.stateKey === stateKey);
    return other
      ? [
          createOpenPoint(
            `${folder}: the key of its state, ${stateKey}, is that of ${other.folder}`,
            {
              why: 'Each apply would delete what the other created.',
              next: "Replace the environment's name in the key.",
            },
          ),
        ]
      : [];
  });

const findOwnerPoints = (
  file: TextFile | undefined,
  {
    approvers,
    environmentsPath,
  }: { approvers: string; environmentsPath: string },
): SetupPoint[] => {
  const why = "Nobody is asked to review changes of the platform's own files.";
  if (!file)
    return [
      createOpenPoint('.github/CODEOWNERS: missing', {
        why,
        next: 'Copy it from platform/, and replace OWNER.',
      }),
    ];
  const rules = file.text
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([pattern]) => pattern !== '');
  const owners = rules.flatMap(([, ...names]) => names);
  const point = (what: string, next: string) =>
    createOpenPoint(`${file.path}: ${what}`, { why, next });
  if (owners.some(owner => owner.startsWith('@OWNER/')))
    return [
      point(
        'has the placeholder OWNER',
        'Replace it with the organization on GitHub.',
      ),
    ];
  return [
    ...(owners.some(owner => owner.endsWith(`/${approvers}`))
      ? []
      : [
          point(
            `doesn't name the team ${approvers}`,
            'Replace the team with the approvers of goldenpath.yaml.',
          ),
        ]),
    ...(rules.some(([pattern]) => pattern === `/${environmentsPath}/`)
      ? []
      : [
          point(
            `has no rule for /${environmentsPath}/`,
            'Replace /envs/ with the environmentsPath of goldenpath.yaml.',
          ),
        ]),
  ];
};

/** As docs/install.md writes them, such as `<account>`. */
const PLACEHOLDER = /<[a-z][a-z0-9-]*>/g;

const findPlaceholders = ({ path, text }: TextFile): SetupPoint[] => {
  const code = text.replace(/^\s*#.*$/gm, '');
  const names = [...new Set(code.match(PLACEHOLDER))];
  return names.length === 0
    ? []
    : [
        createOpenPoint(`${path}: has ${names.join(', ')}`, {
          why: 'It is a placeholder, so the file has no effect or the wrong one.',
          next: 'Replace it, or delete the folder if you do not use it.',
        }),
      ];
};
