/** Time, and figures made of it. */

/** Microseconds on the clock that all processes of the machine share. */
export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1000;
}

export function perSecond(count: number, sinceUs: number): number {
  return (count * 1e6) / (nowUs() - sinceUs);
}

/** The value at a share of the sorted values: 0.5 for the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
