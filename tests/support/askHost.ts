import { request } from 'node:http';

export interface HostAnswer {
  status: number;
  text: string;
}

/** The answer of a server on loopback to a request with any Host header, or none: fetch sends only the right one. */
export const askHost = (
  port: number,
  host: string | undefined,
  {
    path = '/',
    method = 'GET',
    headers = {},
  }: { path?: string; method?: string; headers?: Record<string, string> } = {},
) =>
  new Promise<HostAnswer>((resolve, reject) => {
    request({
      host: '127.0.0.1',
      port,
      path,
      method,
      setHost: false,
      headers: { ...headers, ...(host !== undefined && { host }) },
    })
      .on('error', reject)
      .on('response', answer => {
        let text = '';
        answer.on('data', chunk => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text }),
        );
      })
      .end();
  });
