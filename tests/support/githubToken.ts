const ISSUER = 'token.actions.githubusercontent.com';

/** What GitHub puts into a token (docs.github.com, OpenID Connect reference), as far as these policies look. */
export interface Claims {
  repository_owner: string;
  repository_owner_id: string;
  repository: string;
  repository_id: string;
  ref: string;
  event_name: string;
  environment?: string;
  job_workflow_ref: string;
}
export interface SubjectForm {
  /** The organisation's or repository's `include_claim_keys`. */
  keys?: string[];
  /** GHES, and repositories from before July 2026 that haven't opted in. */
  byName?: boolean;
}
const subject = (claims: Claims, { keys, byName }: SubjectForm = {}) => {
  const [owner, repo] = claims.repository.split('/');
  const values: Record<string, string> = {
    ...claims,
    repo: byName
      ? claims.repository
      : `${owner}@${claims.repository_owner_id}/${repo}@${claims.repository_id}`,
  };
  let context = `ref:${claims.ref}`;
  if (claims.environment !== undefined)
    context = `environment:${claims.environment.replace(/:/g, '%3A')}`;
  else if (claims.event_name === 'pull_request') context = 'pull_request';
  return (keys ?? ['repo', 'context'])
    .map(key => (key === 'context' ? context : `${key}:${values[key]}`))
    .join(':');
};
/** The keys that AWS takes from a token of GitHub's; `onlySubject` as it was until January 2026. */
export const contextOf = (
  claims: Claims,
  form: SubjectForm & { onlySubject?: boolean; audience?: string } = {},
) => {
  const { environment, job_workflow_ref, ref, repository, repository_id } =
    claims;
  return Object.fromEntries(
    Object.entries({
      aud: form.audience ?? 'sts.amazonaws.com',
      sub: subject(claims, form),
      ...(form.onlySubject
        ? {}
        : { environment, job_workflow_ref, ref, repository, repository_id }),
    }).flatMap(([key, value]) =>
      value === undefined ? [] : [[`${ISSUER}:${key}`, value]],
    ),
  );
};
