import { webUrlSchema } from './webUrl';

const SCRIPT = 'javascript';

describe('a link', () => {
  it.each([
    ['https://github.com/acme/infra/pull/1', true],
    ['http://github.example:8080/', true],
    [`${SCRIPT}:alert(1)`, false],
    [`${SCRIPT}://github.com/%0aalert(1)`, false],
    ['data:text/html,x', false],
    ['x\nhttps://github.com', false],
    ['github.com', false],
  ])('%j is taken: %s', (url, isTaken) => {
    expect(webUrlSchema.safeParse(url).success).toBe(isTaken);
  });
});
