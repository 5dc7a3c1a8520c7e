import { basename } from 'node:path';

/** The fleet that an argument means: a name, or the definition that is called like its fleet. */
export const fleetName = (argument: string): string =>
  /[\\/]|\.(ts|js|mjs|json)$/.test(argument)
    ? basename(argument).replace(/\.(rollout\.)?(ts|js|mjs|json)$/, '')
    : argument;
