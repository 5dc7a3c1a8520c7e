// What the API server takes for a name, by what is named.

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;

/** Why a text is refused: completes "is no valid …: it …". `undefined`: it is taken. */
export type Refusal = string | undefined;

const longerThan = (text: string, most: number): Refusal =>
  text.length > most ? `has ${text.length} characters, at most ${most} are allowed` : undefined;

/** A DNS label: names of namespaces, containers, volumes. */
export const refuseLabel = (text: string): Refusal =>
  longerThan(text, 63) ??
  (LABEL.test(text) ? undefined : 'must be lower case letters, digits and inner hyphens');

/** A DNS subdomain: names of most objects. */
export const refuseSubdomain = (text: string, most = 253): Refusal =>
  longerThan(text, most) ??
  (SUBDOMAIN.test(text) ? undefined : 'must be lower case letters, digits, inner hyphens and inner dots');

/** Names of Services: a DNS label that begins with a letter (RFC 1035). */
const refuseServiceName = (text: string): Refusal =>
  longerThan(text, 63) ??
  (SERVICE.test(text)
    ? undefined
    : 'must begin with a lower case letter and go on with those, digits and inner hyphens');

/** Names of roles and bindings, which only have to fit into a path. */
const refusePathSegment = (text: string): Refusal =>
  text === '' || text === '.' || text === '..' || /[/%]/.test(text)
    ? 'may not be ".", "..", or contain / or %'
    : undefined;

const BY_KIND: Readonly<Record<string, (text: string) => Refusal>> = {
  Namespace: refuseLabel,
  Service: refuseServiceName,
  // The Job's controller appends 11 characters to it, and 63 is what a pod's label may hold.
  CronJob: (text) => refuseSubdomain(text, 52),
  Role: refusePathSegment,
  ClusterRole: refusePathSegment,
  RoleBinding: refusePathSegment,
  ClusterRoleBinding: refusePathSegment,
};

/** The name of an object of a kind. */
export const refuseName = (kind: string, text: string): Refusal => (BY_KIND[kind] ?? refuseSubdomain)(text);

/** Names of container ports (IANA service names). */
export const refusePortName = (text: string): Refusal =>
  longerThan(text, 15) ??
  (LABEL.test(text) && /[a-z]/.test(text) && !text.includes('--')
    ? undefined
    : 'must be lower case letters, digits and single inner hyphens, with at least one letter');

/** Keys of labels and annotations: a name, with a DNS subdomain and a slash before it if wanted. */
export function refuseKey(text: string): Refusal {
  const parts = text.split('/');
  if (parts.length > 2) return 'has more than one slash';
  const name = parts.at(-1)!;
  const prefix = parts.length === 2 ? refuseSubdomain(parts[0]!) : undefined;
  if (prefix !== undefined) return `has a prefix that ${prefix}`;
  return (
    longerThan(name, 63) ??
    (QUALIFIED.test(name) ? undefined : 'must be letters, digits and inner hyphens, underscores and dots')
  );
}

/** Values of labels. */
export const refuseLabelValue = (text: string): Refusal =>
  longerThan(text, 63) ??
  (text === '' || QUALIFIED.test(text)
    ? undefined
    : 'must be letters, digits and inner hyphens, underscores and dots');

/** Keys of the data of ConfigMaps and Secrets. */
export const refuseConfigKey = (text: string): Refusal =>
  longerThan(text, 253) ??
  (CONFIG_KEY.test(text) && text !== '.' && text !== '..'
    ? undefined
    : 'must be letters, digits, hyphens, underscores and dots');
