// Texts that are secrets by their shape. What is found is named by kind, never shown.

interface Shape {
  readonly what: string;
  /** A part that every such text has: searching it first makes the others cost nothing. */
  readonly part: string;
  readonly shape: RegExp;
}

/** What a token looks like where its issuer gives it a shape. */
const SHAPES: readonly Shape[] = [
  { what: 'a private key', part: 'PRIVATE KEY', shape: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { what: 'an AWS access key', part: 'AKIA', shape: /\bAKIA[0-9A-Z]{16}\b/ },
  { what: 'an AWS session key', part: 'ASIA', shape: /\bASIA[0-9A-Z]{16}\b/ },
  { what: 'a GitHub token', part: 'gh', shape: /\bgh[pousr]_[0-9A-Za-z]{36}\b/ },
  { what: 'a GitHub token', part: 'github_pat_', shape: /\bgithub_pat_[0-9A-Za-z_]{60,}/ },
  { what: 'a GitLab token', part: 'glpat-', shape: /\bglpat-[0-9A-Za-z_-]{20}/ },
  { what: 'a Slack token', part: 'xox', shape: /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/ },
  { what: 'a Google API key', part: 'AIza', shape: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { what: 'an npm token', part: 'npm_', shape: /\bnpm_[0-9A-Za-z]{36}\b/ },
  { what: 'a Hugging Face token', part: 'hf_', shape: /\bhf_[0-9A-Za-z]{34}\b/ },
  { what: 'a Grafana token', part: 'glsa_', shape: /\bglsa_[0-9A-Za-z]{32}_[0-9a-f]{8}\b/ },
  { what: 'a Grafana token', part: 'glc_', shape: /\bglc_[0-9A-Za-z+/]{32,}/ },
  { what: 'an Azure storage key', part: 'AccountKey=', shape: /\bAccountKey=[0-9A-Za-z+/]{80,}/ },
  {
    what: 'a JSON web token',
    part: 'eyJ',
    shape: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/,
  },
  { what: 'a URL with a password', part: '://', shape: /:\/\/[^\s/:@"']+:(?![$<{*])[^\s/@"']{3,}@/ },
];

/** The kind of secret that a text holds by its shape, such as `a private key`. */
export const secretIn = (text: string): string | undefined =>
  SHAPES.find(({ part, shape }) => text.includes(part) && shape.test(text))?.what;

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
