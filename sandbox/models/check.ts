import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { words } from "../../src/locales/index.ts";
import { checkInput } from "../../src/services/models/live-input.ts";
import { type LiveResult, normalise } from "../../src/services/models/live-output.ts";
import { type LiveSchema, readLiveSchema } from "../../src/services/models/live-schema.ts";
import { type InputRule, Problem } from "../../src/services/problem.ts";
import { type ReplicateStandIn, startReplicate } from "../replicate/index.ts";
import type { Example, Model } from "../replicate/model.ts";
import { recordedModels } from "../replicate/recorded.ts";

/** Why a model is not among those that can be run as recorded. */
export type Cause =
  | InputRule["kind"]
  | "no-schema"
  | "no-example"
  | "refused"
  | "failed"
  | "unfinished"
  | "other-output"
  | "nothing";

export interface Finding {
  ref: string;
  /** What came out of the run. */
  made?: LiveResult;
  exception?: { cause: Cause; reason: string };
}

class Exception extends Error {
  override readonly cause: Cause;
  constructor(cause: Cause, reason: string) {
    super(reason);
    this.cause = cause;
  }
}

/** Models at once. */
const WIDTH = 8;
/** The stand-in remembers every request and prediction: a new one after so many models. */
const BATCH = 200;

/** Runs the recorded example of every recorded model, as it would be run from its live schema. */
export async function checkAll(progress: (line: string) => void): Promise<Finding[]> {
  const models = recordedModels();
  const refs = (await models.refs()).sort();
  const findings: Finding[] = [];
  for (let from = 0; from < refs.length; from += BATCH) {
    const batch = refs.slice(from, from + BATCH);
    findings.push(...(await checkBatch(batch, async (ref) => (await models.find(ref))!)));
    progress(`${findings.length} of ${refs.length} looked at`);
  }
  return findings;
}

async function checkBatch(refs: string[], read: (ref: string) => Promise<Model>): Promise<Finding[]> {
  const replicate = await startReplicate({ pace: 0 });
  const findings: Finding[] = [];
  const waiting = refs.values();
  async function work() {
    for (const ref of waiting) findings.push(await check(await read(ref), replicate));
  }
  try {
    await Promise.all(Array.from({ length: WIDTH }, work));
    return findings;
  } finally {
    await replicate.close();
  }
}

async function check(model: Model, replicate: ReplicateStandIn): Promise<Finding> {
  const { ref } = model;
  try {
    const { example } = model;
    if (!example) throw new Exception("no-example", "There is no recorded run.");
    const schema = readLiveSchema(ref, { components: { schemas: model.schemas } });
    const output = await run(model, example, allowed(schema, example.input), replicate);
    const made = normalise(output, schema.output);
    const something = made.texts.length + made.files.length > 0 || made.json !== undefined;
    if (!something && example.output !== null)
      throw new Exception("nothing", `Nothing comes out of ${shown(example.output)}.`);
    return { ref, made };
  } catch (error) {
    if (error instanceof Exception) return { ref, exception: { cause: error.cause, reason: error.message } };
    if (error instanceof Problem && error.reason.kind === "no-schema")
      return { ref, exception: { cause: "no-schema", reason: words("en-US").problem(error.reason) } };
    throw error;
  }
}

function allowed({ fields }: LiveSchema, input: Record<string, unknown>): Record<string, unknown> {
  try {
    return checkInput(fields, input);
  } catch (error) {
    if (!(error instanceof Problem) || error.reason.kind !== "bad-input") throw error;
    const { field, rule } = error.reason;
    const value = rule.kind === "missing" || rule.kind === "unknown" ? "" : ` It is ${shown(input[field])}.`;
    throw new Exception(rule.kind, words("en-US").problem(error.reason) + value);
  }
}

/** A value on one line, and not all of it where it is long. */
function shown(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("`", "'");
  return `\`${json.length > 60 ? `${json.slice(0, 59)}…` : json}\``;
}

const liveModel = z.object({ is_official: z.boolean(), latest_version: z.object({ id: z.string() }) });
const answered = z.object({ status: z.string(), output: z.unknown() });
const refusal = z.object({ detail: z.string() });

/**
 * The run's output. The stand-in checks the input by the model's schema, runs it, and answers what was recorded: the
 * files that most examples were made from are not there any more.
 */
async function run(
  { ref }: Model,
  example: Example,
  input: Record<string, unknown>,
  replicate: ReplicateStandIn,
): Promise<unknown> {
  const status = example.status === "failed" ? { status: "failed" as const } : {};
  replicate.script({ model: ref, output: example.output, ...status });
  const prediction = await create(ref, input, replicate);
  if (prediction.status === "failed") throw new Exception("failed", "It says so, and has no output.");
  if (prediction.status !== "succeeded") throw new Exception("unfinished", `It is ${prediction.status}.`);
  if (!isDeepStrictEqual(prediction.output, example.output))
    throw new Exception("other-output", `The run gave ${shown(prediction.output)}.`);
  return prediction.output;
}

/** Without the bot's own client, which keeps to the account's limit of 600 a minute. */
async function create(ref: string, input: Record<string, unknown>, { baseUrl, token }: ReplicateStandIn) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", prefer: "wait" };
  const shownModel = await fetch(`${baseUrl}/models/${ref}`, { headers });
  const model = liveModel.parse(await shownModel.json());
  const [path, body] = model.is_official
    ? [`/models/${ref}/predictions`, { input }]
    : ["/predictions", { version: model.latest_version.id, input }];
  const answer = await fetch(baseUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
  const said: unknown = await answer.json();
  if (answer.ok) return answered.parse(said);
  const detail = refusal.parse(said).detail.replaceAll(/\s*\n\s*/g, " ");
  throw new Exception("refused", `${answer.status} ${detail.trim()}`);
}
