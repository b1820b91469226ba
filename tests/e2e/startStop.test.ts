import { createServer } from 'node:net';
import {
  newPlace,
  Place,
  removePlace,
  spawnPlatform,
} from '../support/platform';

describe('make start', () => {
  let place: Place;
  beforeAll(async () => {
    place = await newPlace();
  });
  afterAll(() => removePlace(place));

  it('names a taken port in one line and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>(done => {
      server.listen(place.ports.github, '127.0.0.1', done);
    });
    try {
      const { ended, output } = spawnPlatform(place);
      expect(await ended).toBe(1);
      expect(output()).toBe(
        `Already in use: port ${place.ports.github} (GitHub, GITHUB_PORT). Stop what listens there, or choose another with that variable.\n`,
      );
    } finally {
      server.close();
    }
  });
});
