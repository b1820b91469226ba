import {
  createServer,
  IncomingMessage,
  OutgoingHttpHeaders,
  request as sendRequest,
  ServerResponse,
} from 'node:http';
import { AddressInfo } from 'node:net';

/** Before the request reaches GitHub, or after GitHub has done what it asks. */
export type When = 'before' | 'after';

/** A request of an app's task, such as `POST /api/v3/orgs/acme/repos`, and which of the same kind. */
export interface Hold {
  app: string;
  request: string;
  nth: number;
  when: When;
}

interface Exchange {
  method: string;
  path: string;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}
interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/**
 * A proxy before GitHub: records what a backend asks for each app, and holds a chosen request or its answer, so that the
 * backend can be killed meanwhile. GitHub's own addresses in answers become the proxy's.
 */
export const startGitHubGate = async (
  github: { port: number },
  /** Of the app in a request, `undefined` when it concerns none; and how to write a request without its names. */
  naming: {
    appIn(text: string): string | undefined;
    normalise(text: string): string;
  },
) => {
  const holds = new Map<string, Hold>();
  const parked = new Set<string>();
  const requests: Array<{ app: string | undefined; request: string }> = [];
  const appOfRun = new Map<string, string>();
  const tokens = new Set<string>();
  let sockets = new Set<ServerResponse>();

  const toOrigin = (text: string, from: number, to: number) =>
    text.replaceAll(`localhost:${from}`, `localhost:${to}`);

  const findApp = ({ path, body, headers }: Exchange): string | undefined => {
    const run = /\/actions\/runs\/(\d+)/.exec(path)?.[1];
    if (run) return appOfRun.get(run);
    const isText = String(headers['content-type'] ?? '').includes('json');
    return naming.appIn(
      `${decodeURIComponent(path)} ${isText ? body.toString('utf8') : ''}`,
    );
  };
  const nameOf = ({ method, path }: Exchange): string => {
    const [pathname, query = ''] = path.split('?');
    const service = /service=[\w-]+/.exec(query)?.[0];
    const name = naming
      .normalise(decodeURIComponent(pathname))
      .replace(/\/actions\/runs\/\d+/, '/actions/runs/{run}')
      .replace(/[0-9a-f]{40}/g, '{sha}');
    return `${method} ${name}${service ? `?${service}` : ''}`;
  };

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const { port } = server.address() as AddressInfo;
    const exchange: Exchange = {
      method: message.method!,
      path: message.url!,
      headers: { ...message.headers },
      body: await collect(message),
    };
    tokens.add(readToken(message.headers.authorization));
    const app = findApp(exchange);
    const request = nameOf(exchange);
    requests.push({ app, request });
    const hold = app === undefined ? undefined : holds.get(app);
    const nth = requests.filter(
      one => one.app === app && one.request === request,
    ).length;
    const isChosen = hold?.request === request && hold.nth === nth;
    // What a client sends while its request is held, such as another attempt, is held as well.
    const isParked = app !== undefined && parked.has(app);
    const keep = () => {
      sockets.add(response);
      if (app !== undefined) parked.add(app);
    };
    if (isParked || (isChosen && hold.when === 'before')) return keep();
    const answer = await forward(exchange, github.port);
    if (exchange.path.endsWith('/dispatches') && app !== undefined) {
      const run = /"workflow_run_id":\s*(\d+)/.exec(
        answer.body.toString('utf8'),
      )?.[1];
      if (run) appOfRun.set(run, app);
    }
    if (isChosen) return keep();
    const rewritten = rewrite(answer, text =>
      toOrigin(text, github.port, port),
    );
    response.writeHead(rewritten.status, rewritten.headers);
    return response.end(rewritten.body);
  };

  const server = createServer((message, response) => {
    handle(message, response).catch(() => response.destroy());
  });
  // A client that reuses a connection at the moment that it is closed here gets a reset.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;

  return {
    host: `localhost:${port}`,
    /** The requests that concern an app, in order. */
    requestsOf: (app: string) =>
      requests.filter(one => one.app === app).map(one => one.request),
    /** Every token that was sent. */
    tokens: () => [...tokens],
    hold: (hold: Hold) => {
      holds.set(hold.app, hold);
    },
    isParked: (app: string) => parked.has(app),
    /** Drops every held request without an answer, and holds nothing from now on. */
    drop: () => {
      for (const response of sockets) response.destroy();
      sockets = new Set();
      holds.clear();
      parked.clear();
    },
    stop: async () => {
      const closed = new Promise(done => {
        server.close(done);
      });
      server.closeAllConnections();
      await closed;
    },
  };
};
export type GitHubGate = Awaited<ReturnType<typeof startGitHubGate>>;

/** Of REST clients, and of git, which sends it as a password. */
const readToken = (header = ''): string => {
  const [scheme, value = ''] = header.split(' ');
  return scheme.toLowerCase() === 'basic'
    ? Buffer.from(value, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '')
    : value;
};

const collect = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const forward = (exchange: Exchange, port: number) =>
  new Promise<Answer>((done, fail) => {
    const {
      'accept-encoding': _encoding,
      connection: _connection,
      'transfer-encoding': _chunked,
      ...headers
    } = exchange.headers;
    const request = sendRequest(
      {
        host: '127.0.0.1',
        port,
        method: exchange.method,
        path: exchange.path,
        headers: {
          ...headers,
          host: `localhost:${port}`,
          'content-length': exchange.body.length,
        },
      },
      answer =>
        collect(answer).then(
          body =>
            done({ status: answer.statusCode!, headers: answer.headers, body }),
          fail,
        ),
    );
    request.on('error', fail);
    request.end(exchange.body);
  });

const rewrite = (answer: Answer, change: (text: string) => string): Answer => {
  const type = String(answer.headers['content-type'] ?? '');
  const body = /json|text\/(plain|html)/.test(type)
    ? Buffer.from(change(answer.body.toString('utf8')))
    : answer.body;
  const {
    'transfer-encoding': _chunked,
    connection: _connection,
    ...headers
  } = answer.headers;
  for (const name of ['location', 'link'])
    if (typeof headers[name] === 'string')
      headers[name] = change(headers[name] as string);
  return {
    status: answer.status,
    headers:
      answer.status === 204 || answer.status === 304
        ? headers
        : { ...headers, 'content-length': body.length },
    body,
  };
};
