import { environmentTerms } from '@goldenpath/plugin-golden-path-common';
import {
  APP_ID,
  APP_KEY,
  ExpectedSetup,
  GitHubEnvironment,
  GitHubSetup,
  nameCheckEnvironment,
  nameRotateEnvironment,
  nameVariable,
  readVariable,
  REQUEST_ENVIRONMENT,
  REVIEW_APP_ID,
  REVIEW_APP_KEY,
  REVIEW_ENVIRONMENT,
  ROTATION_VARIABLE,
} from './githubSetup';
import { checkReading, createOpenPoint, SetupPoint } from './setupPoint';

/** What one GitHub environment must have. */
interface Wanted {
  name: string;
  needsReviewers: boolean;
  /** By name: why it is required, and its value. */
  variables: Record<string, { why: string; value: string; exactly?: string }>;
  /** The key that it must hold. */
  key: string | undefined;
}

/** Checks the GitHub environments: which there are, who may use them, and what they hold. */
export const findEnvironmentPoints = (
  setup: Pick<GitHubSetup, 'environments' | 'variables'>,
  expected: Pick<ExpectedSetup, 'environments' | 'branch'>,
): SetupPoint[] =>
  checkReading('environments of the repo', setup.environments, found => {
    const wanted = [
      ...listWanted(setup, expected),
      ...listRotating(setup, expected, found),
    ];
    // GitHub compares names of environments without case.
    const names = wanted.map(({ name }) => name.toLowerCase());
    const others = found.filter(
      ({ name }) => !names.includes(name.toLowerCase()),
    );
    return [
      ...wanted.flatMap(one => {
        const environment = found.find(
          ({ name }) => name.toLowerCase() === one.name.toLowerCase(),
        );
        return environment
          ? checkEnvironment(environment, one, expected.branch)
          : [createMissing(one.name, expected.branch)];
      }),
      ...others.flatMap(other => findExposedKeys(other, expected.branch)),
    ];
  });

const listWanted = (
  { variables }: Pick<GitHubSetup, 'variables'>,
  { environments }: Pick<ExpectedSetup, 'environments'>,
): Wanted[] => {
  const keyOf = (id: string, key: string) =>
    readOf(variables, id) === undefined ? undefined : key;
  const bare = { needsReviewers: false, variables: {}, key: undefined };
  const appKey = keyOf(APP_ID, APP_KEY);
  return [
    ...environments.flatMap((name): Wanted[] => {
      const { needsApproval } = environmentTerms(name);
      return [
        {
          name,
          needsReviewers: needsApproval,
          variables: {
            AWS_APPLY_ROLE_ARN: {
              why: 'Apply fails without it.',
              value: 'the ARN of the apply role',
            },
            ...(needsApproval && {
              ALLOW_DB_PROVISION: {
                why: 'The provisioner refuses to run without it.',
                value: 'true',
                exactly: 'true',
              },
            }),
          },
          key: appKey,
        },
        {
          ...bare,
          name: nameCheckEnvironment(name),
          variables: {
            AWS_CHECK_ROLE_ARN: {
              why: 'The drift check fails without it.',
              value: 'the ARN of the check role',
            },
            [nameVariable('GOLDENPATH_MASTER_SECRET', name)]: {
              why: "Without it the drift check asks for the master's secret, which its role can't read.",
              value: 'the secret of the check login',
            },
          },
        },
      ];
    }),
    { ...bare, name: REQUEST_ENVIRONMENT, key: appKey },
    {
      ...bare,
      name: REVIEW_ENVIRONMENT,
      key: keyOf(REVIEW_APP_ID, REVIEW_APP_KEY),
    },
  ];
};

/** Rotation is optional; an environment that is left of it still opens the rotation role. */
const listRotating = (
  { variables }: Pick<GitHubSetup, 'variables'>,
  { environments }: Pick<ExpectedSetup, 'environments'>,
  found: readonly GitHubEnvironment[],
): Wanted[] =>
  environments
    .map(nameRotateEnvironment)
    .filter(
      name =>
        readOf(variables, ROTATION_VARIABLE) === 'true' ||
        found.some(one => one.name.toLowerCase() === name.toLowerCase()),
    )
    .map(name => ({
      name,
      needsReviewers: false,
      variables: {
        AWS_ROTATION_ROLE_ARN: {
          why: 'rds-rotate.yml fails without it.',
          value: 'the ARN of the rotation role',
        },
      },
      key: readOf(variables, APP_ID) === undefined ? undefined : APP_KEY,
    }));

const readOf = (
  variables: GitHubSetup['variables'],
  name: string,
): string | undefined =>
  'value' in variables ? readVariable(variables.value, name) : undefined;

const pageOf = (name: string) => `Settings → Environments → ${name}`;

const createMissing = (name: string, branch: string): SetupPoint =>
  createOpenPoint(`environment ${name}: missing`, {
    why: 'GitHub creates it at its first use, open to every branch.',
    next: `Create it, restricted to the branch ${branch} (Settings → Environments).`,
  });

const checkEnvironment = (
  environment: GitHubEnvironment,
  { name, needsReviewers, variables, key }: Wanted,
  branch: string,
): SetupPoint[] => [
  ...checkRefs(environment, branch),
  ...(needsReviewers && !environment.hasReviewers
    ? [
        createOpenPoint(`environment ${name}: no required reviewers`, {
          why: 'Whatever is merged is applied at once.',
          next: `Add them (${pageOf(name)}).`,
        }),
      ]
    : []),
  ...(Object.keys(variables).length === 0
    ? []
    : checkReading(
        `variables of the environment ${name}`,
        environment.variables,
        values =>
          Object.entries(variables).flatMap(
            ([variable, { why, value, exactly }]) => {
              const actual = readVariable(values, variable);
              const isSet =
                exactly === undefined
                  ? actual !== undefined
                  : actual === exactly;
              return isSet
                ? []
                : [
                    createOpenPoint(
                      `environment ${name}: variable ${variable} ${
                        actual === undefined
                          ? 'missing'
                          : `is ${JSON.stringify(actual)}`
                      }`,
                      {
                        why,
                        next: `Set it to ${value} (${pageOf(name)}).`,
                      },
                    ),
                  ];
            },
          ),
      )),
  ...(key === undefined
    ? []
    : checkReading(
        `secrets of the environment ${name}`,
        environment.secrets,
        names =>
          names.includes(key)
            ? []
            : [
                createOpenPoint(`environment ${name}: secret ${key} missing`, {
                  why: 'Its jobs create their token with this key.',
                  next: `Add it (${pageOf(name)}).`,
                }),
              ],
      )),
];

const checkRefs = (
  { name, openTo }: GitHubEnvironment,
  branch: string,
): SetupPoint[] =>
  checkReading(`branches of the environment ${name}`, openTo, open => {
    const found = describeOpenTo(open, branch);
    return found === undefined
      ? []
      : [
          createOpenPoint(`environment ${name}: ${found}`, {
            why: 'A workflow there can use its roles and read its secrets.',
            next: `Choose "Selected branches and tags", and only the branch ${branch} (${pageOf(
              name,
            )}).`,
          }),
        ];
  });

/** Undefined if only this branch may use the environment. */
const describeOpenTo = (
  open: Extract<GitHubEnvironment['openTo'], { value: unknown }>['value'],
  branch: string,
): string | undefined => {
  if (open === 'all') return 'open to every branch';
  if (open === 'protected branches') return 'open to every protected branch';
  const others = open.filter(
    ({ name, type }) => type !== 'branch' || name !== branch,
  );
  if (others.length > 0)
    return `open to ${others
      .map(({ name, type }) => `the ${type} ${JSON.stringify(name)}`)
      .join(' and ')}`;
  return open.length > 0 ? undefined : `closed, also to ${branch}`;
};

/** Another environment that holds a key must be as closed. */
const findExposedKeys = (
  environment: GitHubEnvironment,
  branch: string,
): SetupPoint[] =>
  checkReading(
    `secrets of the environment ${environment.name}`,
    environment.secrets,
    names =>
      [APP_KEY, REVIEW_APP_KEY].some(key => names.includes(key))
        ? checkRefs(environment, branch)
        : [],
  );
