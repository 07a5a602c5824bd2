/** Says how long something took: `0.8 s`. */
export function startWatch(): () => string {
  const begun = performance.now();
  return () => `${((performance.now() - begun) / 1_000).toFixed(1)} s`;
}
