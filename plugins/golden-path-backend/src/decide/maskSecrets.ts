/** What text that others wrote may have by mistake: a URL's login, a password in SQL or a setting, a stored verifier. */
const SECRETS: Array<[pattern: RegExp, masked: string]> = [
  [/(\w:\/\/)[^\s/@]*:\S*@/g, '$1***@'],
  [/SCRAM-SHA-256\$[^\s'"]+/g, '***'],
  [/\b(password\b["']?\s*[=:]?\s*)'(?:[^']|'')*'/gi, '$1***'],
  [/\b(password["']?\s*[=:]\s*)(?!\*\*\*)\S+/gi, '$1***'],
];

/** Masks what looks like a secret. The provisioner writes none; but not only it can write to the audit. */
export const maskSecrets = (text: string): string =>
  SECRETS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
