/** A log record for a person: `12:03:44.120 info  listening port=4000`. One line, whatever the record holds. */

/** `line` is the JSON of one record, with the newline. */
export function textLine(line: string): string {
  const { time, level, msg, err, error, ...fields } = parse(line);
  const clock = String(time).slice(11, 23);
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${clock} ${String(level).padEnd(5)} ${oneLine(String(msg ?? ""))}${details.join("")}${failure(err ?? error)}\n`;
}

function parse(line: string): Record<string, unknown> {
  const record: unknown = JSON.parse(line);
  return typeof record === "object" && record !== null ? { ...record } : {};
}

/** The message and, indented below it, the stack. */
function failure(err: unknown): string {
  if (err === undefined) return "";
  if (typeof err !== "object" || err === null) return ` error=${shown(err)}`;
  const { message, stack } = { message: "", stack: "", ...err };
  const trace = String(stack).split("\n").slice(1);
  return [` error=${shown(String(message))}`, ...trace].join("\n");
}

function shown(value: unknown): string {
  return typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
