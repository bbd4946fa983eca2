// Checks of single switches.

/** A switch has a value that it cannot take. */
export class InvalidBehaviour extends Error {}

export function readChoice(name, value, choices) {
  if (!choices.includes(value)) throw new InvalidBehaviour(`${name} is '${value}', it must be one of: ${choices.join(', ')}`);
  return value;
}

export function readList(name, value) {
  if (!Array.isArray(value)) throw new InvalidBehaviour(`${name} is ${JSON.stringify(value)}, it must be a list`);
  return value;
}

export function readText(name, value) {
  if (typeof value !== 'string') throw new InvalidBehaviour(`${name} is ${JSON.stringify(value)}, it must be text`);
  return value;
}

function readNumber(name, value, { from, to }, isWanted, kind) {
  if (!isWanted(value) || value < from || value > to) {
    throw new InvalidBehaviour(`${name} is ${JSON.stringify(value)}, it must be ${kind} from ${from} to ${to}`);
  }
  return value;
}

export const readInteger = (name, value, range) => readNumber(name, value, range, Number.isInteger, 'a whole number');

export const readReal = (name, value, range) => readNumber(name, value, range, Number.isFinite, 'a number');
