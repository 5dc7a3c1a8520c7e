import type { DocumentOptions, ParseOptions, SchemaOptions, Tags } from 'yaml';

/** Tags of YAML 1.1 that go-yaml reads as plain text where Kubernetes decodes with it, or not at all. */
const NOT_IN_GO = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp']);

/**
 * How the API server reads YAML: version 1.1 (`yes` is true, `0644` is 420, `<<` merges), without sexagesimal
 * numbers and dates, with `0o17` as Go writes octals, and twice the same key an error.
 *
 * @see https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
 */
export const GO_YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags: Tags): Tags => [
    ...tags.filter(
      (tag) =>
        typeof tag !== 'string' &&
        !NOT_IN_GO.has(tag.tag.slice('tag:yaml.org,2002:'.length)) &&
        !('format' in tag && tag.format === 'TIME'),
    ),
    {
      tag: 'tag:yaml.org,2002:int',
      default: true,
      test: /^[-+]?0o[0-7_]+$/,
      resolve: (text: string) => {
        const digits = Number.parseInt(text.replace(/^[-+]?0o/, '').replaceAll('_', ''), 8);
        return text.startsWith('-') ? -digits : digits;
      },
    },
  ],
};
