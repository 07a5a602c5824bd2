/** What shapes the API of a schema beside its models. */
import type { SchemaDescription } from "@tributary/schema";

export interface ApiShape {
  readonly dialect: SchemaDescription["dialect"];
  /**
   * Whether records have versions and are synced: `_version`, `_deleted`, `_lastChangedAt` and all that goes with them. What is
   * served always has.
   */
  readonly conflictDetection: "on" | "off";
  /** Whether names are there too that are served and not printed. */
  readonly withSpareNames: boolean;
}
