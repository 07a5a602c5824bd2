/**
 * What a row of the benchmark is: one kind of work, done by Tributary and by something to hold it against.
 *
 * The two sides run in processes of their own and take turns, so that whatever the machine does meanwhile hits both. Only the
 * ratio of their figures means something.
 */

export interface Row {
  /** Kebab-case; what `--only` takes. */
  readonly name: string;
  readonly title: string;
  /** Of a sample's value, such as `saves/s` or `us`. */
  readonly unit: string;
  /** Whether more or less of the unit is better. */
  readonly better: "more" | "less";
  /** The ratio of ours to the baseline that is to be reached. */
  readonly goal: number;
  /** What the baseline is, in a few words. */
  readonly against: string;
  /** What a finished operation survives, on both sides. */
  readonly durability: string;
  readonly ours: Side;
  readonly baseline: Side;
  /** Others at comparable work, by name, with the ratio of ours to theirs that is to be reached. */
  readonly peers?: Readonly<Record<string, Peer>>;
  /** Long samples are taken without one to warm up before them. */
  readonly isLong?: boolean;
}

export interface Peer {
  readonly side: Side;
  /** Null where there is no goal. */
  readonly goal: number | null;
  /** What it does less or otherwise than ours. */
  readonly remark: string;
}

/** Gets ready for samples. What it made, `close` ends; its folder is removed by whoever gave it. */
export type Side = (context: SideContext) => Promise<Sampler>;

export interface SideContext {
  /** Empty, on a real disk, for this side alone. */
  readonly folder: string;
  /** The size of something: the full one, or the one for a quick look. */
  size(full: number, quick: number): number;
}

export interface Sampler {
  sample(): Promise<Sample>;
  close(): Promise<void>;
}

export interface Sample {
  readonly value: number;
  /** Figures beside the value, by name with its unit. */
  readonly notes?: Readonly<Record<string, number>>;
}
