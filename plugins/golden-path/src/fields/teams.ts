import {
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';

/** A filter of the catalog, as `ui:options.catalogFilter` and OwnerPicker have it. */
export type CatalogFilter = Record<
  string,
  string | string[] | { exists?: boolean }
>;

export interface Team {
  ref: string;
  title: string;
}

/** The fields that {@link toTeam} reads. */
export const TEAM_FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'spec.profile.displayName',
];

interface GroupSpec {
  profile?: { displayName?: string };
}

export const toTeam = (group: Entity): Team => ({
  ref: stringifyEntityRef(group),
  title:
    (group.spec as GroupSpec | undefined)?.profile?.displayName ??
    group.metadata.title ??
    group.metadata.name,
});

/** The filters of `catalogFilter` as the catalog's client takes them. `exists` is its own sign for "any value". */
export const toQueryFilters = (
  filter: CatalogFilter | CatalogFilter[],
  exists: symbol,
): Array<Record<string, string | symbol | (string | symbol)[]>> =>
  [filter]
    .flat()
    .map(one =>
      Object.fromEntries(
        Object.entries(one).map(([key, value]) => [
          key,
          typeof value === 'object' && !Array.isArray(value) ? exists : value,
        ]),
      ),
    );

/** Narrows the filters to groups by their references. A filter that names names itself is left as it is. */
export const narrowToRefs = <Filter extends Record<string, unknown>>(
  filters: Filter[],
  refs: string[],
) =>
  filters.map(filter => ({
    'metadata.name': refs.map(ref => parseEntityRef(ref).name),
    ...filter,
  }));

/** Whether a team is what somebody types. */
export const matchesTeam = ({ ref, title }: Team, typed: string) =>
  `${title} ${ref}`
    .toLocaleLowerCase('en')
    .includes(typed.toLocaleLowerCase('en'));

/** Own teams first, and each team once. The chosen one is always there, because the field shows its title. */
export const arrangeTeams = (
  own: Team[],
  others: Team[],
  chosen?: Team,
): { own: Team[]; others: Team[] } => {
  const ownRefs = new Set(own.map(({ ref }) => ref));
  const rest = others.filter(({ ref }) => !ownRefs.has(ref));
  const isOffered = (team: Team) =>
    [...own, ...rest].some(({ ref }) => ref === team.ref);
  return {
    own,
    others: chosen && !isOffered(chosen) ? [...rest, chosen] : rest,
  };
};
