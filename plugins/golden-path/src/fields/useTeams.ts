import { useEffect, useRef, useState } from 'react';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import {
  arrangeTeams,
  CatalogFilter,
  narrowToRefs,
  Team,
  TEAM_FIELDS,
  toQueryFilters,
  toTeam,
} from './teams';
import { useDebouncedAnswer } from './useDebouncedAnswer';

/** How many other teams are offered at once. Typing finds the rest. */
const OFFERED = 50;

/**
 * The teams to choose from: the person's own, and others by what was typed. The catalog searches, so thousands of groups
 * cost no more than {@link OFFERED}.
 */
export const useTeams = (
  catalogFilter: CatalogFilter | CatalogFilter[],
  typed: string,
  chosen: string | undefined,
) => {
  const catalog = useApi(catalogApiRef);
  const identity = useApi(identityApiRef);
  const filterText = JSON.stringify(catalogFilter);
  const [ownRefs, setOwnRefs] = useState<string[]>();
  const [own, setOwn] = useState<Team[]>();
  const [chosenTeam, setChosenTeam] = useState<Team>();

  useEffect(() => {
    let isLeft = false;
    const readOwn = async () => {
      const { ownershipEntityRefs } = await identity.getBackstageIdentity();
      const refs = ownershipEntityRefs.filter(ref => ref.startsWith('group:'));
      if (!isLeft) setOwnRefs(refs);
      if (refs.length === 0) return [];
      const { items } = await catalog.queryEntities({
        filter: narrowToRefs(
          toQueryFilters(JSON.parse(filterText), CATALOG_FILTER_EXISTS),
          refs,
        ),
        fields: TEAM_FIELDS,
        limit: 500,
      });
      return items.map(toTeam).filter(({ ref }) => refs.includes(ref));
    };
    readOwn().then(
      teams => isLeft || setOwn(teams),
      // The others are offered all the same.
      () => isLeft || setOwn([]),
    );
    return () => {
      isLeft = true;
    };
  }, [catalog, identity, filterText]);

  useEffect(() => {
    let isLeft = false;
    if (chosen)
      catalog
        .getEntityByRef(chosen)
        .then(group => isLeft || (group && setChosenTeam(toTeam(group))))
        // Its reference is shown as it is.
        .catch(() => {});
    return () => {
      isLeft = true;
    };
  }, [catalog, chosen]);

  const others = useDebouncedAnswer(
    JSON.stringify([filterText, typed]),
    async () => {
      const { items, totalItems } = await catalog.queryEntities({
        filter: toQueryFilters(JSON.parse(filterText), CATALOG_FILTER_EXISTS),
        fields: TEAM_FIELDS,
        limit: OFFERED,
        orderFields: { field: 'metadata.name', order: 'asc' },
        ...(typed === ''
          ? {}
          : {
              fullTextFilter: {
                term: typed,
                fields: [
                  'metadata.name',
                  'metadata.title',
                  'spec.profile.displayName',
                ],
              },
            }),
      });
      return { teams: items.map(toTeam), total: totalItems };
    },
  );
  // What was offered stays until there is an answer: the field leaves out what doesn't match.
  const offered = useRef<{ teams: Team[]; total: number }>();
  if (others.phase === 'answered') offered.current = others.answer;

  return {
    ...arrangeTeams(
      own ?? [],
      offered.current?.teams ?? [],
      chosenTeam?.ref === chosen ? chosenTeam : undefined,
    ),
    isLoading:
      own === undefined ||
      others.phase === 'waiting' ||
      others.phase === 'asking',
    /** False also while it isn't known. */
    isOfOthers: Boolean(
      chosen && ownRefs && !ownRefs.includes(chosen.toLocaleLowerCase('en')),
    ),
    hasFailed: others.phase === 'failed',
    /** Teams that match and aren't offered. */
    more:
      others.phase === 'answered'
        ? others.answer.total - others.answer.teams.length
        : 0,
  };
};
