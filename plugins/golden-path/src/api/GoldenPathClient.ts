import { ResponseError } from '@backstage/errors';
import type { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import type {
  CallOptions,
  DatabaseFilter,
  GoldenPathApi,
  NamesToCheck,
  PlannedRequest,
} from './GoldenPathApi';

const queryOf = (parameters: object) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
};

/** Asks the backend plugin as the signed-in user. */
export class GoldenPathClient implements GoldenPathApi {
  constructor(
    private readonly apis: { discoveryApi: DiscoveryApi; fetchApi: FetchApi },
  ) {}

  async listDatabases(filter: DatabaseFilter = {}, options?: CallOptions) {
    return this.read(await this.ask(`/databases${queryOf(filter)}`, options));
  }

  async getDatabase(
    environment: string,
    databaseName: string,
    options?: CallOptions,
  ) {
    const path = [environment, databaseName].map(encodeURIComponent).join('/');
    const response = await this.ask(`/databases/${path}`, options);
    return response.status === 404 ? undefined : this.read(response);
  }

  async checkNames(names: NamesToCheck, options?: CallOptions) {
    const response = await this.ask(`/names${queryOf(names)}`, options);
    return (await this.read(response)).names;
  }

  async plan(request: PlannedRequest, options?: CallOptions) {
    return this.read(
      await this.ask('/plans', {
        ...options,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      }),
    );
  }

  private async ask(path: string, init: RequestInit = {}) {
    const base = await this.apis.discoveryApi.getBaseUrl('golden-path');
    return this.apis.fetchApi.fetch(`${base}${path}`, init);
  }

  private async read(response: Response) {
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response.json();
  }
}
