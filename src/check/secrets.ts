// Texts that are secrets by their shape. What is found is named by kind, never shown.

/** What a token looks like where its issuer gives it a shape. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[0-9A-Za-z]{36}\b|\bgithub_pat_[0-9A-Za-z_]{60,}/],
  ['a GitLab token', /\bglpat-[0-9A-Za-z_-]{20}/],
  ['a Slack token', /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['an npm token', /\bnpm_[0-9A-Za-z]{36}\b/],
  ['a Hugging Face token', /\bhf_[0-9A-Za-z]{34}\b/],
  ['a Grafana token', /\bglsa_[0-9A-Za-z]{32}_[0-9a-f]{8}\b|\bglc_[0-9A-Za-z+/]{32,}/],
  ['an Azure storage key', /\bAccountKey=[0-9A-Za-z+/]{80,}/],
  ['a JSON web token', /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/],
  ['a URL with a password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:(?![$<{*])[^\s/@]{3,}@/i],
];

/** The kind of secret that a text holds by its shape, such as `a private key`. */
export const secretIn = (text: string): string | undefined =>
  SHAPES.find(([, shape]) => shape.test(text))?.[0];

const NAMED =
  /(?:^|[_.-])(?:pass(?:word|wd|phrase)?|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;

/** Whether a variable's name says that its value is secret. */
export const isSecretName = (name: string): boolean => NAMED.test(name);

/** Least bits a character of a text that nobody wrote by hand; English words have about 3. */
const BITS = 3.3;

/** Whether a text looks made by a machine: 16 characters or more without spaces, paths or placeholders, at random. */
export function isRandom(text: string): boolean {
  if (text.length < 16 || /[\s<>{}$]|^[./]|:\/\//.test(text)) return false;
  return bitsPerCharacter(text) >= BITS && /\d/.test(text);
}

/** Shannon entropy of the characters of a text. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
