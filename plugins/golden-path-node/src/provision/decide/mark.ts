/** A secret in Secrets Manager, at one of its versions. */
export interface SecretVersion {
  path: string;
  versionId: string;
}

/** What the comment of a managed role says. */
export interface Mark extends SecretVersion {
  /** The owner role, in the mark of its second login. */
  cloneOf?: string;
}

/** Start of every mark. */
export const MARK_BEGINS = 'Managed by goldenpath-rds: ';

/**
 * Prints the comment that marks a role as managed. It is on the role: a tenant can change the comment on its database,
 * but not the one on its role.
 */
export const printMark = ({ path, versionId, cloneOf }: Mark): string =>
  `${MARK_BEGINS}secret ${path}, version ${versionId}${
    cloneOf === undefined ? '' : `, clone of ${cloneOf}`
  }`;

/** Parses a mark; undefined for any other comment. */
export const parseMark = (comment: string | undefined): Mark | undefined => {
  const match =
    /^Managed by goldenpath-rds: secret ([^\s,]+), version ([^\s,]+?)(?:, clone of ([^\s,]+))?$/.exec(
      comment ?? '',
    );
  if (!match) return undefined;
  const [, path, versionId, cloneOf] = match;
  return { path, versionId, ...(cloneOf === undefined ? {} : { cloneOf }) };
};
