import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  DatabaseSummary,
  entityRef,
  FIELD_RULES,
  NameAvailability,
  RequestOptions,
  requestSchema,
} from '@goldenpath/plugin-golden-path-common';
import { DatabaseAccess } from '../permissions/access';
import { DatabaseStore } from '../ports';

type NameField = NameAvailability['field'];
const NAME_FIELDS = ['component_id', 'databaseName', 'username'] as const;

/** The names of a form, as far as it is filled in. */
export type Names = { environment?: string } & Partial<
  Record<NameField, string>
>;

/** Checks the names that are given. */
export type CheckNames = (
  names: Names,
  credentials: BackstageCredentials,
) => Promise<NameAvailability[]>;

/** How long catalog and GitHub may take, in ms. */
const ANSWER_WITHIN_MS = 1_500;

/** More databases than one app has. */
const MANY = 100;

/**
 * Checks each name by the contract, then in the store, the catalog and on GitHub, until one has it. The last two answer in
 * time or the name is `unknown`.
 */
export const createCheckNames =
  (deps: {
    options: RequestOptions & { environments: readonly string[] };
    store: DatabaseStore;
    access: Pick<DatabaseAccess, 'keepVisible'>;
    /** Whether the catalog has an entity, seen or not. */
    hasEntity(ref: string): Promise<boolean>;
    /** Page of an app's repository; undefined if there is none. */
    findRepository(componentId: string): Promise<string | undefined>;
    answerWithinMs?(): number;
  }): CheckNames =>
  (names, credentials) => {
    const { store } = deps;
    const environment = checkEnvironment(names, deps.options.environments);
    const { shape } = requestSchema(deps.options);

    /** The first database that the caller may see, or, if they may see none of them, only that there is one. */
    const describeHolder = async (
      found: DatabaseSummary[],
      describe: (seen: DatabaseSummary) => string,
      hidden: string,
    ): Promise<string | undefined> => {
      const holders = found.filter(holdsItsNames);
      const [seen] = await deps.access.keepVisible(holders, credentials);
      if (seen) return describe(seen);
      return holders.length > 0 ? hidden : undefined;
    };

    const inStore: Record<
      NameField,
      (value: string) => Promise<string | undefined>
    > = {
      component_id: async component =>
        describeHolder(
          (await store.list({ component, limit: MANY })).items,
          seen =>
            `${component} has the database ${seen.databaseName} in ${seen.environment} already (to request one for it in another environment, check "The app exists already")`,
          `${component} is taken`,
        ),
      databaseName: async databaseName => {
        const status = await store.get({ environment, databaseName });
        return describeHolder(
          status ? [summarize(status)] : [],
          seen =>
            `${databaseName} is requested or exists in ${environment} already, for ${seen.component} of ${seen.ownerRef}`,
          `${databaseName} is taken in ${environment}`,
        );
      },
      username: async username =>
        describeHolder(
          (await store.findByUsername({ environment, username })).filter(
            one => one.databaseName !== names.databaseName,
          ),
          seen =>
            `${username} is the role of ${seen.databaseName} in ${environment} already`,
          `${username} is taken in ${environment}`,
        ),
    };
    const elsewhere: Record<
      NameField,
      Array<(value: string) => Promise<string | undefined>>
    > = {
      component_id: [
        async component => {
          if (await deps.hasEntity(`component:default/${component}`))
            return `the catalog has component:default/${component} already`;
          const page = await deps.findRepository(component);
          return page && `the repository ${page} exists already`;
        },
      ],
      databaseName: [
        async databaseName =>
          (await deps.hasEntity(entityRef({ environment, databaseName })))
            ? `${databaseName} is taken in ${environment}`
            : undefined,
      ],
      username: [],
    };

    const check = async (
      field: NameField,
      value: string,
    ): Promise<NameAvailability> => {
      const parsed = shape[field].safeParse(value);
      if (!parsed.success)
        return {
          field,
          state: 'invalid',
          message: parsed.error.issues.map(({ message }) => message).join(' '),
        };
      const answer =
        (await inStore[field](value)) ??
        (await findFirst(
          elsewhere[field].map(ask => ask(value)),
          deps.answerWithinMs?.() ?? ANSWER_WITHIN_MS,
        ));
      const { title } = FIELD_RULES[field];
      if (answer === UNANSWERED)
        return {
          field,
          state: 'unknown',
          message: `${title}: it is unknown whether ${value} is free, because catalog or GitHub did not answer in time. Continue: the request checks it again.`,
        };
      return answer === undefined
        ? { field, state: 'free', message: '' }
        : {
            field,
            state: 'taken',
            message: `${title}: ${answer}; choose another name.`,
          };
    };
    return Promise.all(
      NAME_FIELDS.flatMap(field => {
        const value = names[field];
        return value === undefined ? [] : [check(field, value)];
      }),
    );
  };

/** Names of databases and roles belong to an environment. Returns '' where none is required. */
const checkEnvironment = (
  { environment, databaseName, username }: Names,
  known: readonly string[],
): string => {
  const isRequired = databaseName !== undefined || username !== undefined;
  if (environment === undefined ? !isRequired : known.includes(environment))
    return environment ?? '';
  throw new InputError(
    `Environment: choose one of ${known.join(', ')}.${
      environment === undefined ? '' : ` Got ${JSON.stringify(environment)}.`
    }`,
  );
};

const summarize = ({
  problem,
  ...status
}: NonNullable<
  Awaited<ReturnType<DatabaseStore['get']>>
>): DatabaseSummary => ({ ...status, problem: problem?.kind });

/** A request that failed before it was merged left no database, and may be made again. */
const holdsItsNames = ({ step, problem }: DatabaseSummary): boolean =>
  problem !== 'failed' ||
  !['requested', 'pull_request', 'approved'].includes(step);

const UNANSWERED: unique symbol = Symbol('unanswered');

/** The first answer that isn't undefined; UNANSWERED if a question failed or lasts longer, and no other has an answer. */
const findFirst = async (
  questions: Array<Promise<string | undefined>>,
  withinMs: number,
): Promise<string | undefined | typeof UNANSWERED> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof UNANSWERED>(resolve => {
    timer = setTimeout(resolve, withinMs, UNANSWERED);
  });
  try {
    const answers = await Promise.all(
      questions.map(question =>
        Promise.race<string | undefined | typeof UNANSWERED>([
          question.catch((): typeof UNANSWERED => UNANSWERED),
          timeout,
        ]),
      ),
    );
    return (
      answers.find(answer => typeof answer === 'string') ??
      answers.find(answer => answer === UNANSWERED)
    );
  } finally {
    clearTimeout(timer);
  }
};
