import { ServerResponse } from 'node:http';

export type Answer = [status: number, body: unknown];
export const NOT_FOUND: Answer = [404, { message: 'Not Found' }];
export const REPO_EXISTS: Answer = [
  422,
  {
    message: 'Repository creation failed.',
    errors: [
      {
        resource: 'Repository',
        code: 'custom',
        field: 'name',
        message: 'name already exists on this account',
      },
    ],
  },
];
export const reply = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => {
  const isText = typeof body === 'string';
  response
    .writeHead(status, {
      'content-type': isText
        ? 'application/vnd.github.raw; charset=utf-8'
        : 'application/json; charset=utf-8',
      ...headers,
    })
    .end(isText || body === undefined ? body : JSON.stringify(body));
};
