import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

interface Manifest {
  name: string;
  version: string;
}
/** What `npm publish` sends, and what a registry answers. */
interface PackageDocument {
  name: string;
  versions: Record<string, Manifest>;
  'dist-tags': Record<string, string>;
  time?: Record<string, string>;
  _attachments?: Record<string, { data: string }>;
}

/** An npm registry for one scope, as a company has for its own packages: publish with a token, install without. */
export const startPackageRegistry = async (token: string) => {
  // npm's cache knows documents by their address, and a later run may get the same port.
  const prefix = `/${randomUUID()}`;
  const documents = new Map<string, PackageDocument>();
  const archives = new Map<string, Buffer>();

  const publish = (name: string, sent: PackageDocument): number => {
    const { _attachments: attachments = {}, ...document } = sent;
    const [version] = Object.keys(document.versions);
    if (documents.has(name)) return 409;
    for (const [file, { data }] of Object.entries(attachments))
      archives.set(`/${name}/-/${file}`, Buffer.from(data, 'base64'));
    const now = new Date().toISOString();
    documents.set(name, {
      ...document,
      time: { created: now, modified: now, [version]: now },
    });
    return 201;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '')
      .replace(/\?.*$/, '')
      .replace(prefix, '');
    const json = (status: number, body: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    if (request.method === 'PUT') {
      if (request.headers.authorization !== `Bearer ${token}`)
        return json(401, { error: 'a token is required to publish' });
      const status = publish(path.slice(1), JSON.parse(await textOf(request)));
      return json(status, { ok: status === 201 });
    }
    const archive = archives.get(path);
    if (archive) return response.writeHead(200).end(archive);
    const document = documents.get(path.slice(1));
    return document ? json(200, document) : json(404, { error: 'not found' });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}/`,
    /** Names of the published packages. */
    published: () => [...documents.keys()].sort(),
    stop: () =>
      new Promise<void>(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
