/**
 * SHA-256 as lower-case hex (FIPS 180-4), over the UTF-8 bytes of the text. Implemented here because this package runs in
 * the browser and in Node alike and names must be computed synchronously; tests compare it with node:crypto.
 */
export const sha256Hex = (text: string): string => {
  const bytes = new TextEncoder().encode(text);
  const length = bytes.length;
  const words = new Uint32Array((((length + 8) >> 6) + 1) * 16);
  bytes.forEach((byte, i) => {
    words[i >> 2] |= byte << (24 - (i % 4) * 8);
  });
  words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
  words[words.length - 1] = length * 8;

  const state = INITIAL.slice();
  const w = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    for (let i = 0; i < 64; i++) {
      w[i] =
        i < 16
          ? words[block + i]
          : w[i - 16] +
            sigma(w[i - 15], 7, 18, 3) +
            w[i - 7] +
            sigma(w[i - 2], 17, 19, 10);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const t1 =
        (h +
          (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
          ((e & f) ^ (~e & g)) +
          ROUND[i] +
          w[i]) |
        0;
      const t2 =
        ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) +
          ((a & b) ^ (a & c) ^ (b & c))) |
        0;
      [h, g, f, e, d, c, b, a] = [
        g,
        f,
        e,
        (d + t1) | 0,
        c,
        b,
        a,
        (t1 + t2) | 0,
      ];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] += word;
    });
  }
  return Array.from(state, word => word.toString(16).padStart(8, '0')).join('');
};

const rotr = (x: number, n: number) => (x >>> n) | (x << (32 - n));
const sigma = (x: number, r1: number, r2: number, shift: number) =>
  rotr(x, r1) ^ rotr(x, r2) ^ (x >>> shift);

/** The first 32 bits of the fractional part of a root of the n-th prime. */
const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  n =>
    n > 1 &&
    !Array.from({ length: n }, (_u, d) => d).some(d => d > 1 && n % d === 0),
);
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), p =>
  fraction(Math.sqrt(p)),
);
const ROUND = Uint32Array.from(PRIMES.slice(0, 64), p =>
  fraction(Math.cbrt(p)),
);
