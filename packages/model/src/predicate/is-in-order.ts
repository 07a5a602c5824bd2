export type OrderOperator = "lt" | "le" | "gt" | "ge";

/** Whether a comparison's result, negative for less and positive for greater, is what `op` asks for. NaN never is. */
export function isInOrder(op: OrderOperator, compared: number): boolean {
  switch (op) {
    case "lt":
      return compared < 0;
    case "le":
      return compared <= 0;
    case "gt":
      return compared > 0;
    case "ge":
      return compared >= 0;
  }
}
