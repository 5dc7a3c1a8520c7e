// Narrower networks from a network: the lightest channels gone, or a student of the same architecture.

import { UserError } from '../../errors.ts';
import { followChannels } from './channels.ts';
import { groupsOf, lightest, type Group, type Keeps } from './choose.ts';
import { initialize } from './initialize.ts';
import type { Network } from './network.ts';
import { removeChannels } from './remove.ts';

/** Channels left of `size` when a share of them goes; one always stays. */
const left = (size: number, share: number): number => Math.max(1, size - Math.round(size * share));

/** Layers keep their names when channels go, so that rounds of pruning know how many each began with. */
const name = ({ layers }: Group): string => layers.join('\0');

/**
 * Remove the lightest channels, a part of them in each of several rounds.
 * @param share of each layer's channels that is gone after the last round
 * @returns what one round takes from the network that the round before left, trained or not; rounds count from 1
 * @throws UserError `MODEL_UNSUPPORTED` where no layer has channels that may go
 */
export function pruning(
  start: Network,
  share: number,
  rounds: number,
): (network: Network, round: number) => Network {
  const sizes = new Map(
    groupsOf(start, followChannels(start)).map((group) => [name(group), group.channels.size]),
  );
  if (sizes.size === 0) throw nothingToRemove(start);
  return (network, round) => {
    // Every round takes the same share of what is left.
    const gone = 1 - (1 - share) ** (round / rounds);
    const keeps: Keeps = (group) => left(sizes.get(name(group))!, gone);
    const channels = followChannels(network);
    const going = lightest(network, channels, keeps);
    return removeChannels(network, channels, (channel) => going.has(channel));
  };
}

/**
 * The same architecture with fewer channels: the heaviest of the teacher's.
 * @param width share of each layer's channels that the student has
 * @param seed draws all weights anew; `undefined`: the student begins with the teacher's
 * @throws UserError `MODEL_UNSUPPORTED` where no layer has channels that may go
 */
export function studentOf(teacher: Network, width: number, seed: number | undefined): Network {
  const channels = followChannels(teacher);
  const going = lightest(teacher, channels, (group) => left(group.channels.size, 1 - width));
  if (going.size === 0) throw nothingToRemove(teacher);
  const student = removeChannels(teacher, channels, (channel) => going.has(channel));
  return seed === undefined ? student : initialize(student, seed);
}

const nothingToRemove = ({ name: network }: Network): UserError =>
  new UserError(
    'MODEL_UNSUPPORTED',
    `no layer of the network ${network} has channels that may go`,
    'declare a student of its own, or leave the network as it is',
  );
