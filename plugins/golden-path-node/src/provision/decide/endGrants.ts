import {
  changeOwner,
  isSameGrant,
  lendAgain,
  revokePrivileges,
} from './grantChains';
import type { DatabaseGrant } from './observation';

/** Whose grants on a database end, and who may be asked to end them. */
export interface Ending {
  owner: string;
  /** The grants as they are now: the statements must also work before the changes that a run plans. */
  now: readonly DatabaseGrant[];
  /** Whether a grant has to end. */
  isForeign(grant: DatabaseGrant): boolean;
  /** Whether a role may lose all that it has on the database. */
  mayLose(role: string): boolean;
  /** Members of the owner that are no members any more when the statements run. */
  leaving: ReadonlySet<string>;
}

/**
 * Ends the privileges that one role, or PUBLIC, has from one grantor. `revoke`: the grantor revokes them. `lend`: the
 * grantor has lost its grant option, so the owner grants it again and revokes it. `merge`: the grantor becomes the owner
 * for a moment, so its grants become the owner's.
 */
export interface EndOfGrant {
  by: 'revoke' | 'lend' | 'merge';
  grantee: string | null;
  grantor: string;
  privileges: string[];
  /** REVOKE requires CASCADE. */
  cascades: boolean;
  /** What goes with it. */
  taken: DatabaseGrant[];
}

/** Plans statements that end all foreign grants, in an order that works: each for what those before have left. */
export const planEnds = (
  grants: readonly DatabaseGrant[],
  ending: Ending,
): { ends: EndOfGrant[]; left: DatabaseGrant[] } => {
  const ends: EndOfGrant[] = [];
  let left = grants.map(grant =>
    ending.leaving.has(grant.grantor)
      ? { ...grant, isOwnersMember: false }
      : grant,
  );
  for (;;) {
    const first = chooseNext(left, ending);
    if (!first) return { ends, left };
    const { end, after } = endGrant(left, first, ending);
    ends.push({
      ...end,
      taken: left.filter(
        one =>
          // The owner's now, and next.
          end.by !== 'merge' &&
          ending.isForeign(one) &&
          !isEnded(one, end) &&
          !after.some(it => isSameGrant(it, one)),
      ),
    });
    left = after;
  }
};

/** PostgreSQL takes a REVOKE of a member of the owner for the owner's (`select_best_grantor`). */
const mayRevoke = (
  left: readonly DatabaseGrant[],
  owner: string,
  { grantor, privilege, isOwnersMember }: DatabaseGrant,
): boolean =>
  grantor === owner ||
  (!isOwnersMember &&
    left.some(
      one =>
        one.grantee === grantor &&
        one.privilege === privilege &&
        one.isGrantable,
    ));

/** First what others depend on. In a circle of grants every one depends on another. */
const chooseNext = (
  left: readonly DatabaseGrant[],
  { owner, isForeign }: Ending,
): DatabaseGrant | undefined => {
  const foreign = left.filter(isForeign);
  const dependsOnForeign = ({ grantor, privilege }: DatabaseGrant) =>
    foreign.some(one => one.grantee === grantor && one.privilege === privilege);
  return (
    foreign.find(({ grantor }) => grantor === owner) ??
    foreign.find(one => !dependsOnForeign(one)) ??
    foreign.find(one => one.isGrantable && mayRevoke(left, owner, one)) ??
    foreign.find(one => mayRevoke(left, owner, one)) ??
    foreign[0]
  );
};

const isEnded = (
  { grantee, grantor, privilege }: DatabaseGrant,
  end: Pick<EndOfGrant, 'grantee' | 'grantor' | 'privileges'>,
): boolean =>
  grantee === end.grantee &&
  grantor === end.grantor &&
  end.privileges.includes(privilege);

type Ended = { end: Omit<EndOfGrant, 'taken'>; after: DatabaseGrant[] };

const endGrant = (
  left: readonly DatabaseGrant[],
  first: DatabaseGrant,
  { owner, now, isForeign, mayLose }: Ending,
): Ended => {
  const { grantee, grantor } = first;
  const revoke = (
    by: EndOfGrant['by'],
    from: readonly DatabaseGrant[],
    ended: readonly DatabaseGrant[],
    revokes = { grantee, grantor },
  ): Ended => {
    const privileges = ended.map(({ privilege }) => privilege);
    return {
      end: {
        by,
        grantee,
        grantor,
        privileges,
        cascades: [...ended, ...now].some(
          one =>
            one.isGrantable &&
            one.grantee === grantee &&
            privileges.includes(one.privilege),
        ),
      },
      after: revokePrivileges(from, owner, { ...revokes, privileges }).grants,
    };
  };
  const alike = left.filter(
    one =>
      one.grantee === grantee &&
      one.grantor === grantor &&
      isForeign(one) &&
      mayRevoke(left, owner, one),
  );
  if (alike.length > 0) return revoke('revoke', left, alike);
  if (mayLose(grantor)) {
    const lent = revoke('lend', lendAgain(left, owner, first), [first], {
      grantee: grantor,
      grantor: owner,
    });
    if (!lent.after.some(one => isSameGrant(one, first))) return lent;
  }
  const merged = changeOwner(changeOwner(left, owner, grantor), grantor, owner);
  return revoke('merge', merged, [first], { grantee, grantor: owner });
};
