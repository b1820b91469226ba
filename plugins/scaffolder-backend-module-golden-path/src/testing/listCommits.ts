/** The commits of a branch as GitHub's API lists them, newest first; none when the branch doesn't exist. */
export const listCommits = (git: (args: string[]) => string, branch: string) =>
  git(['log', '--format=%H%x09%T%x09%P%x09%ae%x09%ce%x09%s', branch])
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [sha, tree, parents, author, committer, message] = line.split('\t');
      return {
        sha,
        parents: parents.split(' ').flatMap(one => (one ? { sha: one } : [])),
        commit: {
          message,
          tree: { sha: tree },
          author: { email: author },
          committer: { email: committer },
        },
      };
    });
