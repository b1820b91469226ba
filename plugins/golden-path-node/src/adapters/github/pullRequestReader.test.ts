import { Octokit } from '@octokit/rest';
import { createPullRequestReader } from './pullRequestReader';

const repo = { owner: 'acme', repo: 'platform-infra' };

describe('listOpen', () => {
  it('lists the branches and ages of all open pull requests into the base branch', async () => {
    const pages = [
      [
        {
          head: { ref: 'database/dev/users_db' },
          created_at: '2026-11-24T10:00:00Z',
        },
      ],
      [{ head: { ref: 'fix/readme' }, created_at: '2026-11-25T10:00:00Z' }],
    ];
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      const page = asked.length;
      const next = url.replace(/&page=\d+|$/, `&page=${page + 1}`);
      return new Response(JSON.stringify(pages[page - 1]), {
        headers: {
          'content-type': 'application/json',
          ...(page < pages.length && { link: `<${next}>; rel="next"` }),
        },
      });
    };
    const reader = createPullRequestReader(
      async () => new Octokit({ request: { fetch } }),
    );
    expect(await reader.listOpen(repo, 'main')).toEqual([
      {
        branch: 'database/dev/users_db',
        createdAt: new Date('2026-11-24T10:00:00Z'),
      },
      { branch: 'fix/readme', createdAt: new Date('2026-11-25T10:00:00Z') },
    ]);
    expect(asked.map(url => new URL(url))).toMatchObject([
      {
        pathname: '/repos/acme/platform-infra/pulls',
        search: '?base=main&state=open&per_page=100',
      },
      { search: '?base=main&state=open&per_page=100&page=2' },
    ]);
  });
});
