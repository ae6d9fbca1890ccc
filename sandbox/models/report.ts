import type { Cause, Finding } from "./check.ts";

/** The causes, in the order in which they are listed, and what each means. */
const causes: Record<Cause, string> = {
  unknown: "The recorded input has a key that the schema does not have",
  missing: "The recorded input lacks a required field, or has null in its place",
  type: "The recorded input has a value of another type",
  choice: "The recorded input has a value that is not among the choices",
  range: "The recorded input has a number out of range",
  length: "The recorded input has a text that is too short or too long",
  count: "The recorded input has a list that is too short or too long",
  file: "The recorded input has something else where a file's address belongs",
  "no-schema": "There is no schema",
  "no-example": "There is no recorded run",
  refused: "Our check passes the recorded input, but the stand-in refuses it",
  failed: "The recorded run failed itself",
  unfinished: "The run did not end",
  "other-output": "The stand-in gave another output than the recorded one",
  nothing: "Nothing comes out of the recorded output",
};

interface Excepted {
  ref: string;
  cause: Cause;
  reason: string;
}

/** The page of everything that is not in N, and the summary that ends with N. */
export function report(findings: readonly Finding[]): { page: string; summary: string } {
  const excepted = findings
    .flatMap(({ ref, exception }) => (exception ? [{ ref, ...exception }] : []))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  const groups = (Object.keys(causes) as Cause[])
    .map((cause) => ({ cause, models: excepted.filter((each) => each.cause === cause) }))
    .filter(({ models }) => models.length > 0);
  const total = `${findings.length - excepted.length} of ${findings.length}`;
  const counts = groups.map(({ cause, models }) => `${String(models.length).padStart(5)}  ${causes[cause]}`);
  return {
    page: `${[head(total), ...groups.map(section)].join("\n\n")}\n`,
    summary: [...made(findings), "", "Not among them, by cause:", ...counts, "", total].join("\n"),
  };
}

const head = (total: string) =>
  `# Recorded models that do not pass

Written by \`npm run models -- check --write\`; do not edit. Of the public models of January 2025, ${total} pass: the recorded example input passes the check of the model's own schema, the run completes on the stand-in, and its output becomes texts, files or JSON. An output of another shape than its schema says is sorted by what it is. A model that is listed here can be run all the same, with an input that its schema allows; where several things are wrong with the recorded one, the first is named.`;

const section = ({ cause, models }: { cause: Cause; models: readonly Excepted[] }) =>
  [
    `## ${causes[cause]} (${models.length})`,
    "",
    ...models.map(({ ref, reason }) => `- ${ref}: ${reason}`),
  ].join("\n");

/** What the runs gave; one may give several kinds of things, or (as recorded) nothing. */
function made(findings: readonly Finding[]): string[] {
  const results = findings.flatMap(({ made }) => (made ? [made] : []));
  const count = (name: string, has: (result: (typeof results)[number]) => boolean) =>
    `${String(results.filter(has).length).padStart(5)}  ${name}`;
  return [
    "Models that made:",
    count("texts", ({ texts }) => texts.length > 0),
    count("files", ({ files }) => files.length > 0),
    count("JSON", ({ json }) => json !== undefined),
    count(
      "nothing, and nothing was recorded",
      ({ texts, files, json }) => texts.length + files.length === 0 && json === undefined,
    ),
  ];
}

/** The lines that are only in one of both, the first twenty of them. */
export function changes(committed: string, now: string): string[] {
  const [before, after] = [committed, now].map((page) => page.replaceAll("\r\n", "\n").split("\n"));
  const only = (lines: string[], others: string[], mark: string) => {
    const known = new Set(others);
    return lines.filter((line) => !known.has(line)).map((line) => `${mark} ${line}`);
  };
  const all = [...only(before!, after!, "-"), ...only(after!, before!, "+")];
  if (all.length === 0 && before!.join() !== after!.join()) return ["The lines are in another order."];
  const more = all.length > 20 ? [`… and ${all.length - 20} lines more`] : [];
  return [...all.slice(0, 20), ...more];
}
