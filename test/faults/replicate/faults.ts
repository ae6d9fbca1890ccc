import type { Fault } from "../../../sandbox/faults.ts";
import type { ReplicateStandIn, Script } from "../../../sandbox/replicate/index.ts";

/** Something that Replicate does wrong, and what a person must see of it. */
export interface ReplicateFault {
  name: string;
  /** Switches it on for the next command. */
  strike(replicate: ReplicateStandIn): void;
  /** `answer`: nothing of it reaches the person. Otherwise what the one sentence says. */
  shows: "answer" | RegExp | "either";
  /** Commands that it concerns; all, if left out. */
  only?: readonly string[];
  /** The least time between two creates, in milliseconds. */
  waitMs?: number;
}

const create = /\/predictions$/;
const look = /\/v1\/predictions\/\w{20,}$/;
const stream = /\/stream\//;
const file = /\/delivery\//;
const html = "<html><body><h1>502 Bad Gateway</h1></body></html>";

const once = (fault: Fault) => (replicate: ReplicateStandIn) => replicate.faults.add(fault);
const scripted = (script: Script) => (replicate: ReplicateStandIn) => replicate.script(script);

const pictures = ["imagine", "upscale"];
const texts = ["ask"];

/** How a run itself ends badly. */
const runs: ReplicateFault[] = [
  ...["E1001", "E6716", "E8765", "E9243"].map((code) => ({
    name: `fails with ${code}`,
    strike: scripted({ error: `Something broke (${code})` }),
    shows: new RegExp(`failed \\(${code}\\)`),
  })),
  {
    name: "flags the request",
    strike: scripted({ error: "NSFW content detected. Try running it again, or try a different prompt." }),
    shows: /safety filter/,
  },
  { name: "aborts before it begins", strike: scripted({ status: "aborted" }), shows: /took too long/ },
  { name: "is cancelled by somebody else", strike: scripted({ status: "canceled" }), shows: /Stopped/ },
  { name: "succeeds with null", strike: scripted({ output: null }), shows: /without making anything/ },
  { name: "succeeds with an empty text", strike: scripted({ output: "" }), shows: /without making anything/ },
  { name: "succeeds with an empty list", strike: scripted({ output: [] }), shows: /without making anything/ },
  {
    name: "changes the output's shape",
    strike: scripted({ output: { unexpected: [1, 2, 3] } }),
    shows: /without making anything/,
  },
];

/** What goes wrong on the way to Replicate and back. */
const wire: ReplicateFault[] = [
  {
    name: "throttles, and says how long in the body",
    strike: once({
      method: "POST",
      path: create,
      status: 429,
      body: { detail: "Request was throttled.", retry_after: 4 },
    }),
    shows: "answer",
    waitMs: 4_000,
  },
  {
    name: "throttles, and says how long in the header",
    strike: once({
      method: "POST",
      path: create,
      status: 429,
      headers: { "retry-after": "6" },
      body: { detail: "Throttled." },
    }),
    shows: "answer",
    waitMs: 6_000,
  },
  {
    name: "throttles, and says how long in words",
    strike: once({
      method: "POST",
      path: create,
      status: 429,
      body: { detail: "Request was throttled. Your rate limit resets in ~5s." },
    }),
    shows: "answer",
    waitMs: 5_000,
  },
  {
    name: "throttles again and again",
    strike: once({
      method: "POST",
      path: create,
      times: 4,
      status: 429,
      body: { detail: "Throttled.", retry_after: 2 },
    }),
    shows: "answer",
    waitMs: 2_000,
  },
  {
    name: "throttles the looks",
    strike: once({
      method: "GET",
      path: look,
      times: 3,
      status: 429,
      body: { detail: "Throttled.", retry_after: 1 },
    }),
    shows: "answer",
  },
  {
    name: "has no credit",
    strike: once({
      method: "POST",
      path: create,
      status: 402,
      body: { title: "Insufficient credit", detail: "You have insufficient credit to run this model." },
    }),
    shows: /operator/,
  },
  {
    name: "does not know the token any more",
    strike: once({
      method: "POST",
      path: create,
      status: 401,
      body: { title: "Unauthenticated", detail: "You did not pass a valid authentication token" },
    }),
    shows: /operator/,
  },
  {
    name: "does not know the model",
    strike: once({
      method: "POST",
      path: create,
      status: 404,
      body: { detail: "The requested resource could not be found.", status: 404 },
    }),
    shows: /not on Replicate any more/,
  },
  {
    name: "refuses a field",
    strike: once({
      method: "POST",
      path: create,
      status: 422,
      body: {
        title: "Input validation failed",
        detail: "- input.prompt: too long\n",
        invalid_fields: [{ field: "input.prompt", description: "too long" }],
      },
    }),
    shows: /did not accept `prompt`/,
  },
  ...[500, 502, 503, 504].map((status) => ({
    name: `answers looks with ${status} and a page`,
    strike: once({ method: "GET", path: look, times: 3, status, body: html }),
    shows: "answer" as const,
  })),
  {
    name: "fails while it creates",
    strike: once({ method: "POST", path: create, status: 502, body: html }),
    shows: /nobody knows whether it runs/,
  },
  {
    name: "answers a look with half a JSON",
    strike: once({ method: "GET", path: look, status: 200, body: '{"id": "abc", "sta' }),
    shows: "answer",
  },
  {
    name: "breaks a look",
    strike: once({ method: "GET", path: look, times: 2, reset: "before" }),
    shows: "answer",
  },
  {
    name: "breaks the create before it read it",
    strike: once({ method: "POST", path: create, reset: "before" }),
    shows: /nobody knows whether it runs/,
  },
  // It really runs, and is found.
  {
    name: "breaks the create after it took it",
    strike: once({ method: "POST", path: create, reset: "after" }),
    shows: "answer",
  },
  {
    name: "says 201 in half a JSON",
    strike: once({ method: "POST", path: create, status: 201, body: '{"id":' }),
    shows: /nobody knows whether it runs/,
  },
  { name: "answers slowly", strike: once({ method: "POST", path: create, delayMs: 4_000 }), shows: "answer" },
];

/** What goes wrong with a text's stream; what was shown must end as exactly the output. */
const streams: ReplicateFault[] = [
  ...(["eof", "reset", "timeout"] as const).map((how) => ({
    name: `ends its stream early (${how})`,
    only: texts,
    strike: scripted({ tokens: ["The ", "sky ", "is ", "blue."], cut: { afterEvents: 2, how } }),
    shows: "answer" as const,
  })),
  ...[404, 410, 500].map((status) => ({
    name: `has no stream (${status})`,
    only: texts,
    strike: once({ path: stream, status, times: status === 500 ? 6 : 1, body: {} }),
    shows: "answer" as const,
  })),
  {
    name: "writes what looks like an address",
    only: texts,
    strike: scripted({ tokens: ["https://evil.internal/metadata", " is where it is."] }),
    shows: "answer",
  },
  {
    name: "writes @everyone",
    only: texts,
    strike: scripted({ tokens: ["@everyone ", "<@&123456789012345678> look!"] }),
    shows: "answer",
  },
  {
    name: "writes one line of 10,000 letters",
    only: texts,
    strike: scripted({ tokens: ["x".repeat(10_000)] }),
    shows: "answer",
  },
];

/** What goes wrong with a file that a model made. */
const files: ReplicateFault[] = [
  ...[
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example/out.png",
    "http://localhost:1/out.png",
    "https://replicate.delivery.evil.example/out.png",
    "file:///etc/passwd",
  ].map((url) => ({
    name: `names ${url} as its file`,
    only: pictures,
    strike: scripted({ output: [url] }),
    shows: /not trusted/,
  })),
  {
    name: "redirects to a private address",
    only: pictures,
    strike: once({
      path: file,
      times: 3,
      status: 302,
      headers: { location: "http://169.254.169.254/x.png" },
      body: "",
    }),
    shows: /not trusted/,
  },
  {
    name: "has lost the file",
    only: pictures,
    strike: once({ path: file, status: 404, times: 3, body: "Not Found" }),
    shows: /not there any more/,
  },
  {
    name: "refuses the file",
    only: pictures,
    strike: once({ path: file, status: 403, times: 3, body: "Forbidden" }),
    shows: /not there any more/,
  },
  {
    name: "is slow to send the file",
    only: pictures,
    strike: once({ path: file, delayMs: 3_000 }),
    shows: "answer",
  },
];

export const replicateFaults: readonly ReplicateFault[] = [...runs, ...wire, ...streams, ...files];
