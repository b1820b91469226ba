/**
 * The floor that forms at once are measured against: so many writes to GitHub's REST API, sent together, each again as
 * soon as the rate limits allow it.
 */
const { setTimeout: sleep } = require('node:timers/promises');

const REPO = 'acme/platform-infra';
const FLOOR_TOKEN = 'floor-token';
exports.FLOOR_TOKEN = FLOOR_TOKEN;

/** @param writes - how many calls that create something */
exports.sendFloor = async (apiUrl, writes) => {
  const send = async index => {
    for (;;) {
      const answer = await fetch(`${apiUrl}/repos/${REPO}/issues`, {
        method: 'POST',
        headers: {
          authorization: `token ${FLOOR_TOKEN}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ title: `Issue ${index}` }),
      });
      const text = await answer.text();
      const after = answer.headers.get('retry-after');
      if (answer.ok) return;
      if (answer.status !== 403 || after === null)
        throw new Error(`${answer.status} ${text}`);
      await sleep(Number(after) * 1000);
    }
  };
  await Promise.all(Array.from({ length: writes }, (_, index) => send(index)));
};
