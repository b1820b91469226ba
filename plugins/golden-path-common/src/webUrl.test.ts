import { webUrlSchema } from './webUrl';

describe('a link', () => {
  it.each([
    ['https://github.com/acme/infra/pull/1', true],
    ['http://github.example:8080/', true],
    ['javascript:alert(1)', false],
    ['javascript://github.com/%0aalert(1)', false],
    ['data:text/html,x', false],
    ['x\nhttps://github.com', false],
    ['github.com', false],
  ])('%j is taken: %s', (url, isTaken) => {
    expect(webUrlSchema.safeParse(url).success).toBe(isTaken);
  });
});
