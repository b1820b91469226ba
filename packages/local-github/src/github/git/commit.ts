/** Fields end in US, commits (by `git log -z`) in NUL: neither can stand in a name or message. */
const FIELD = '\x1f';
export const COMMIT_FORMAT = [
  '%H',
  '%T',
  '%P',
  '%an',
  '%ae',
  '%aI',
  '%cn',
  '%ce',
  '%cI',
  '%B',
].join('%x1f');

export interface Person {
  name: string;
  email: string;
  /** ISO 8601. */
  date: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Person;
  committer: Person;
  message: string;
}

/** What `git log -z --format=COMMIT_FORMAT` wrote. */
export const parseCommits = (text: string): Commit[] =>
  text
    .split('\0')
    .filter(Boolean)
    .map(record => {
      const [sha, tree, parents, an, ae, ad, cn, ce, cd, ...message] =
        record.split(FIELD);
      return {
        sha,
        tree,
        parents: parents.split(' ').filter(Boolean),
        author: { name: an, email: ae, date: toUtc(ad) },
        committer: { name: cn, email: ce, date: toUtc(cd) },
        message: message.join(FIELD).replace(/\n$/, ''),
      };
    });

/** A commit object as git stores it. */
export const parseCommitObject = (sha: string, content: Buffer): Commit => {
  const text = content.toString('utf8');
  const end = text.indexOf('\n\n');
  // Lines that begin with a space continue the one before, as of a signature.
  const headers = text.slice(0, end).replace(/\n .*/g, '').split('\n');
  const values = (name: string) =>
    headers.flatMap(line =>
      line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : [],
    );
  const person = (name: string): Person => {
    const [, who = '', email = '', seconds = '0'] =
      /^(.*?) ?<(.*?)> (\d+) [+-]\d{4}$/.exec(values(name)[0] ?? '') ?? [];
    const date = new Date(Number(seconds) * 1000).toISOString();
    return { name: who, email, date: toUtc(date) };
  };
  return {
    sha,
    tree: values('tree')[0],
    parents: values('parent'),
    author: person('author'),
    committer: person('committer'),
    message: text.slice(end + 2).replace(/\n$/, ''),
  };
};

/** GitHub gives times in UTC, without fractions of a second. */
const toUtc = (date: string): string =>
  new Date(date).toISOString().replace('.000Z', 'Z');

export const getTitle = (message: string): string => message.split('\n', 1)[0];

export const getBody = (message: string): string =>
  message.split('\n').slice(1).join('\n').trim();
