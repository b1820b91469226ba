/**
 * Asks for URLs in turn, and keeps asking: a process of its own, so that it doesn't slow the server down that it measures.
 *
 *   node statusLoad.js <seconds> <at once> <requests per second, 0 for as many as possible>    <urls and token as JSON on stdin>
 *
 * Prints JSON: answers, how many in all and a second, and their times in ms.
 */
const { Agent, get } = require('node:http');
const { readFileSync } = require('node:fs');

const [seconds, atOnce, rate] = process.argv.slice(2).map(Number);
const { urls, token } = JSON.parse(readFileSync(0, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
const headers = token ? { authorization: `Bearer ${token}` } : {};

const ask = url =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers }, answer => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200
          ? resolve()
          : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    }).once('error', reject);
  });

const main = async () => {
  const times = [];
  const end = performance.now() + seconds * 1000;
  let next = 0;
  /** From when a request is due, also if no connection is free then. */
  const measure = async due => {
    next += 1;
    await ask(urls[next % urls.length]);
    times.push(performance.now() - due);
  };
  const started = performance.now();
  if (rate > 0) {
    const asked = [];
    for (let at = 0; at < seconds * rate; at += 1) {
      const due = started + (at * 1000) / rate;
      const wait = due - performance.now();
      if (wait > 0) await new Promise(done => setTimeout(done, wait));
      asked.push(measure(due));
    }
    await Promise.all(asked);
  } else {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (performance.now() < end) await measure(performance.now());
      }),
    );
  }
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = part => times[Math.floor((times.length - 1) * part)];
  console.log(
    JSON.stringify({
      count: times.length,
      perSecond: times.length / took,
      median: at(0.5),
      p99: at(0.99),
    }),
  );
};

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
