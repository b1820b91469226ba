import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Environment variables the hook reads: a line for each protected branch. */
export const REFUSED = 'LOCAL_GITHUB_REFUSED';
export const NO_FORCE = 'LOCAL_GITHUB_NO_FORCE';
export const NO_DELETE = 'LOCAL_GITHUB_NO_DELETE';

const HOOK = `#!/bin/sh
# Refuses pushes to protected branches, in GitHub's words. Called as: update <ref> <old> <new>
refuse() {
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo "error: $2" >&2
  exit 1
}
zero=0000000000000000000000000000000000000000
if [ "$3" = "$zero" ]; then
  printf '%s\\n' "$${NO_DELETE}" | grep -Fqx -- "$1" && refuse "$1" "Cannot delete this protected branch."
  exit 0
fi
reason=$(printf '%s\\n' "$${REFUSED}" | awk -v ref="$1" 'index($0, ref "\\t") == 1 { print substr($0, length(ref) + 2); exit }')
[ -n "$reason" ] && refuse "$1" "$reason"
if [ "$2" != "$zero" ] && printf '%s\\n' "$${NO_FORCE}" | grep -Fqx -- "$1"; then
  git merge-base --is-ancestor "$2" "$3" || refuse "$1" "Cannot force-push to this branch."
fi
exit 0
`;

/** Writes the hook, the same one for all repositories. @returns its folder, for core.hooksPath */
export const writeUpdateHook = async (stateDir: string): Promise<string> => {
  const folder = join(stateDir, 'hooks');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'update'), HOOK);
  await chmod(join(folder, 'update'), 0o755);
  return folder;
};
