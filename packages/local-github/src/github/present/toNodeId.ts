/** The opaque id of the GraphQL API, which clients only pass on. */
export const toNodeId = (kind: string, id: number | string): string =>
  Buffer.from(`${kind}:${id}`).toString('base64url');
