import type { BreakwaterServerSpec, ServerSpec } from './spec.ts';
import { parseBytes } from './units.ts';

const MIB = 2 ** 20;

/** Defaults of Breakwater's own server, as the types say. */
export const BREAKWATER_SERVER_DEFAULTS = { maxBody: '4Mi', maxRequests: 32 } as const;

/**
 * Breakwater's own server without model and requests, under load: Node's heap, its binary's pages and LiteRT.
 * Measured: 106 MiB with a model that takes less than one; see .github/ARCHITECTURE.md for the command.
 */
const OWN_BYTES = 112 * MIB;

/**
 * Largest bodies that are in memory at once: three that wait, arrive and are read, the values of one, its answer, and
 * what was let go but is not collected yet. Measured: 67 MiB for bodies of up to 8Mi from 32 clients at once.
 */
const BODIES = 8;

/** Bytes that a server takes without its model, or undefined where nobody declared or measured it. */
export function serverBytes(server: ServerSpec): number | undefined {
  if (server.baseMemory !== undefined) return parseBytes(server.baseMemory);
  return server.kind === 'breakwater' ? ownBytes(server) : undefined;
}

const ownBytes = ({ maxBody = BREAKWATER_SERVER_DEFAULTS.maxBody }: BreakwaterServerSpec): number =>
  OWN_BYTES + BODIES * parseBytes(maxBody);
