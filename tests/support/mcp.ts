import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** An MCP client of Backstage's actions, with the protocol's own SDK. */
export const connectMcp = async (url: string, token: string) => {
  const client = new Client({ name: 'golden-path-test', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/api/mcp-actions/v1`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  return {
    /** Hints by name of the tool. */
    hints: async () =>
      Object.fromEntries(
        (await client.listTools()).tools.map(({ name, annotations }) => [
          name,
          annotations,
        ]),
      ),
    /** @throws Error with the text of a refusal */
    call: async <Output>(
      name: string,
      input: Record<string, unknown>,
    ): Promise<Output> => {
      const { content, isError, structuredContent } = await client.callTool({
        name,
        arguments: input,
      });
      if (isError)
        throw new Error((content as Array<{ text: string }>)[0].text);
      return structuredContent as Output;
    },
    close: () => client.close(),
  };
};
