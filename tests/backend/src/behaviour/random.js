/** The same numbers in [0, 1) for the same seed, on every machine: a 32-bit linear congruential generator, high bits. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const step = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  // Neighbouring seeds differ little at first.
  step();
  return () => ((step() >>> 16) * 65536 + (step() >>> 16)) / 2 ** 32;
}
