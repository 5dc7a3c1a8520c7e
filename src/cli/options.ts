import { InvalidArgumentError, Option } from 'commander';

/** `--format`: its choices are the keys of an object of formats. */
export const formatOption = (formats: Readonly<Record<string, unknown>>): Option =>
  new Option('--format <format>', 'how to print the result').choices(Object.keys(formats)).default('pretty');

/** A result in the format asked for. */
export const formatAs = <T>(
  formats: Readonly<Record<string, (result: T) => string>>,
  format: string,
  result: T,
): string => formats[format]!(result);

/** A reason that is written down: it must say something. */
export function reason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('write why, for those who read it later.');
  return text.trim();
}
