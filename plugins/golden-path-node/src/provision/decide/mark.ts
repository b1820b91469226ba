/** A secret in Secrets Manager, at one of its versions. */
export interface SecretVersion {
  path: string;
  versionId: string;
}

/** Start of every mark. */
export const MARK_BEGINS = 'Managed by goldenpath-rds: ';

/**
 * Prints the comment that marks a role as managed. It is on the role: a tenant can change the comment on its database,
 * but not the one on its role.
 */
export const printMark = ({ path, versionId }: SecretVersion): string =>
  `${MARK_BEGINS}secret ${path}, version ${versionId}`;

/** Parses a mark; undefined for any other comment. */
export const parseMark = (
  comment: string | undefined,
): SecretVersion | undefined => {
  const match =
    /^Managed by goldenpath-rds: secret ([^\s,]+), version ([^\s,]+)$/.exec(
      comment ?? '',
    );
  return match ? { path: match[1], versionId: match[2] } : undefined;
};
