/** Where a role's password comes from: a secret in Secrets Manager, at one of its versions. */
export interface SecretVersion {
  path: string;
  versionId: string;
}

/** How every mark begins. */
export const MARK_BEGINS = 'Managed by goldenpath-rds: ';

/**
 * The comment by which a role is known as ours. It is on the role, because a tenant can overwrite the comment of its
 * database, but not of its role.
 */
export const printMark = ({ path, versionId }: SecretVersion): string =>
  `${MARK_BEGINS}secret ${path}, version ${versionId}`;

/** Reads the mark back; undefined for any other comment, or none. */
export const parseMark = (
  comment: string | undefined,
): SecretVersion | undefined => {
  const match =
    /^Managed by goldenpath-rds: secret ([^\s,]+), version ([^\s,]+)$/.exec(
      comment ?? '',
    );
  return match ? { path: match[1], versionId: match[2] } : undefined;
};
