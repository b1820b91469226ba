import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { formatOwnerRef, Problem } from '@goldenpath/plugin-golden-path-common';
import { OwnersConfig } from '../config';
import { Requester } from '../requester';

/** Checks whether a group may own a database or an app, and whether this user may request one for it. */
export type CheckOwner = (
  request: {
    owner: string;
    requester: Requester;
    /** Default: a database. */
    what?: 'a database' | 'an app';
  },
  credentials: BackstageCredentials,
) => Promise<Problem[]>;

/** The catalog is asked with the task's credentials, so a user learns only about entities that they may see. */
export const createCheckOwner =
  (owners: OwnersConfig, catalog: OwnerCatalog): CheckOwner =>
  async ({ owner, requester, what = 'a database' }, credentials) => {
    const ask = createQuestions(catalog, credentials);
    const problems = [
      ...(await findGroupProblems(parseGroup(owner), owners, what, ask)),
      ...findServiceProblems(parseGroup(owner), requester, owners, what),
    ];
    return problems.length > 0
      ? problems
      : findRequesterProblems({ owner, requester, what }, owners, ask);
  };

/**
 * Checks whether this user may request something for the owner of what exists: `what`, such as `the end of a database`.
 * The rules for new owners don't hold for it.
 */
export type CheckMember = (
  request: { owner: string; requester: Requester; what: string },
  credentials: BackstageCredentials,
) => Promise<Problem[]>;

export const createCheckMember =
  (owners: OwnersConfig, catalog: OwnerCatalog): CheckMember =>
  (request, credentials) =>
    findRequesterProblems(
      request,
      owners,
      createQuestions(catalog, credentials),
    );

const findRequesterProblems = async (
  { owner, requester, what }: Parameters<CheckMember>[0],
  owners: OwnersConfig,
  ask: Questions,
): Promise<Problem[]> => {
  const group = parseGroup(owner);
  if (requester.ref === undefined)
    return findServiceProblems(group, requester, owners, what);
  return owners.membership === 'none'
    ? []
    : findMembershipProblems(group, requester.ref, what, ask);
};

type OwnerCatalog = Pick<CatalogService, 'getEntities' | 'getEntitiesByRefs'>;

const createQuestions = (
  catalog: OwnerCatalog,
  credentials: BackstageCredentials,
) => ({
  entities: async (refs: string[]) =>
    (
      await catalog.getEntitiesByRefs(
        {
          entityRefs: refs.map(ref => ref.toLocaleLowerCase('en')),
          fields: ['kind', 'metadata.namespace', 'metadata.name', 'relations'],
        },
        { credentials },
      )
    ).items,
  matches: async (
    { namespace, name }: Group,
    filter: OwnersConfig['filter'],
  ) => {
    const isGroup = {
      kind: 'Group',
      'metadata.namespace': namespace,
      'metadata.name': name,
    };
    const { items } = await catalog.getEntities(
      // A filter may repeat these paths, as the form's does; it can't change them.
      { filter: { ...isGroup, ...filter, ...isGroup }, fields: ['kind'] },
      { credentials },
    );
    return items.length > 0;
  },
});
type Questions = ReturnType<typeof createQuestions>;

interface Group {
  ref: string;
  namespace: string;
  name: string;
}

const parseGroup = (owner: string): Group => {
  const [name, namespace = 'default'] = owner.split('/').reverse();
  return { ref: formatOwnerRef(owner), namespace, name };
};

const ownerProblem = (message: string): Problem[] => [
  { field: 'owner', message: `Owner: ${message}` },
];

const findGroupProblems = async (
  group: Group,
  { namespaces, filter }: OwnersConfig,
  what: string,
  ask: Questions,
): Promise<Problem[]> => {
  const { ref, namespace } = group;
  if (!namespaces.includes(namespace)) {
    return ownerProblem(
      `${ref} may not own ${what}: goldenPath.owners.namespaces allows groups of ${namespaces
        .map(name => `"${name}"`)
        .join(' and ')}. Choose another team.`,
    );
  }
  if (!(await ask.entities([ref]))[0]) {
    return ownerProblem(
      `the catalog has no ${ref}, or you may not see it; choose an existing team.`,
    );
  }
  return Object.keys(filter).length === 0 || (await ask.matches(group, filter))
    ? []
    : ownerProblem(
        `${ref} may not own ${what}: goldenPath.owners.filter allows ${formatFilter(
          filter,
        )}. Choose another team.`,
      );
};

const findServiceProblems = (
  { ref }: Group,
  requester: Requester,
  { membership }: OwnersConfig,
  what: string,
): Problem[] =>
  requester.ref !== undefined || membership === 'none'
    ? []
    : [
        {
          field: 'requestedBy',
          message: `Requesting user: this task has no signed-in user (it runs as "${requester.name}"), and only members of ${ref} may request ${what} for it (goldenPath.owners.membership). Ask a member to fill in the form.`,
        },
      ];

/** Walks from the user's groups up to the owner. Visits each group once, so a cycle ends too. */
const findMembershipProblems = async (
  owner: Group,
  userRef: string,
  what: string,
  ask: Questions,
): Promise<Problem[]> => {
  const [user] = await ask.entities([userRef]);
  if (!user) {
    return ownerProblem(
      `the catalog has no ${userRef}, or you may not see it, so it doesn't show whether you are a member of ${owner.ref}. Ask the platform team to add you to the catalog.`,
    );
  }
  const visited = new Set<string>();
  let groups = findTargets(user, 'memberOf');
  while (groups.length > 0) {
    if (groups.includes(owner.ref.toLocaleLowerCase('en'))) return [];
    for (const group of groups) visited.add(group);
    const entities = await ask.entities(groups);
    groups = [
      ...new Set(
        entities.flatMap(group => (group ? findTargets(group, 'childOf') : [])),
      ),
    ].filter(group => !visited.has(group));
  }
  return ownerProblem(
    `${userRef} is not a member of ${owner.ref}, neither directly nor through a group below it, and only its members may request ${what} for it (goldenPath.owners.membership). Ask a member of ${owner.name} to request it, or have yourself added to the team.`,
  );
};

const findTargets = ({ relations = [] }: Entity, type: string): string[] =>
  relations
    .filter(relation => relation.type === type)
    .map(({ targetRef }) => targetRef.toLocaleLowerCase('en'));

const formatFilter = (filter: OwnersConfig['filter']): string =>
  Object.entries(filter)
    .map(([path, values]) => `${path} ${[values].flat().join(' or ')}`)
    .join(', ');
