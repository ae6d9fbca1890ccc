import { cutAt, inPieces } from "../../../sandbox/bodies.ts";
import {
  create,
  foreign,
  half,
  html,
  look,
  once,
  type ReplicateFault,
  uploads,
  versions,
  whole,
} from "./fault.ts";

const cut = { sends: cutAt(half), declares: whole };
const slow = { sends: inPieces(40, 4) };
const upload = { method: "POST", path: "/v1/files" };
const version = { method: "GET", path: /\/v1\/models\/[^/]+\/[^/]+$/ };
const unknown = /nobody knows whether it runs/;
const unreachable = /could not be reached/;

/** What goes wrong on the way of a create, which must not be sent twice. */
const creates: ReplicateFault[] = [
  ...[500, 502, 503, 504].map((status) => ({
    name: `answers a create with ${status} and a page`,
    strike: once({ ...create, status, body: html }),
    shows: unknown,
  })),
  {
    name: "breaks the create before it read it",
    strike: once({ ...create, reset: "before" }),
    shows: unknown,
  },
  {
    name: "says 201 in half a JSON",
    strike: once({ ...create, status: 201, body: '{"id":' }),
    shows: unknown,
  },
  // These really run, and are found.
  {
    name: "breaks the create after it took it",
    strike: once({ ...create, reset: "after" }),
    shows: "answer",
  },
  { name: "cuts its answer to the create", strike: once({ ...create, ...cut }), shows: "answer" },
  {
    name: "sends the create on to another host",
    strike: (replicate) =>
      once({ ...create, status: 307, headers: { location: `${foreign(replicate)}/v1/predictions` } })(
        replicate,
      ),
    shows: unknown,
  },
  { name: "answers slowly", strike: once({ ...create, delayMs: 4_000 }), shows: "answer" },
  { name: "answers the create bit by bit", strike: once({ ...create, ...slow }), shows: "answer" },
];

/** What goes wrong on the way of a look, which may be repeated. */
const looks: ReplicateFault[] = [
  ...[500, 502, 503, 504].map((status) => ({
    name: `answers looks with ${status} and a page`,
    strike: once({ ...look, times: 3, status, body: html }),
    shows: "answer" as const,
  })),
  ...['{"id": "abc", "sta', "null", '{"hello":"world"}', html].map((body) => ({
    name: `answers a look with ${body.slice(0, 20)}`,
    strike: once({ ...look, status: 200, body }),
    shows: "answer" as const,
  })),
  { name: "breaks a look", strike: once({ ...look, times: 2, reset: "before" }), shows: "answer" },
  { name: "cuts its answer to a look", strike: once({ ...look, ...cut }), shows: "answer" },
  { name: "answers looks bit by bit", strike: once({ ...look, ...slow, times: 3 }), shows: "answer" },
  {
    name: "sends a look on to another host",
    strike: (replicate) =>
      once({ ...look, status: 302, headers: { location: `${foreign(replicate)}/v1/account` } })(replicate),
    shows: "answer",
  },
];

/** What goes wrong before there is a prediction: nothing runs then, and nothing has to be looked for. */
const before: ReplicateFault[] = [
  {
    name: "does not say at once which version is the latest",
    only: versions,
    strike: once({ ...version, times: 2, status: 502, body: html }),
    shows: "answer",
  },
  {
    name: "does not say which version is the latest",
    only: versions,
    strike: once({ ...version, times: 30, status: 502, body: html }),
    shows: unreachable,
  },
  {
    name: "says the latest version in half a JSON",
    only: versions,
    strike: once({ ...version, status: 200, body: '{"latest_version":' }),
    shows: unreachable,
  },
  {
    name: "does not know the model's versions",
    only: versions,
    strike: once({ ...version, status: 404, body: { detail: "Not found." } }),
    shows: /not on Replicate any more/,
  },
  ...[500, 503].map((status) => ({
    name: `answers an upload with ${status}`,
    only: uploads,
    strike: once({ ...upload, status, body: html }),
    shows: unreachable,
  })),
  ...(["before", "after"] as const).map((reset) => ({
    name: `breaks an upload (${reset})`,
    only: uploads,
    strike: once({ ...upload, reset }),
    shows: unreachable,
  })),
  {
    name: "cuts its answer to an upload",
    only: uploads,
    strike: once({ ...upload, ...cut }),
    shows: unreachable,
  },
  {
    name: "answers an upload with something else",
    only: uploads,
    strike: once({ ...upload, status: 201, body: { hello: "world" } }),
    shows: unreachable,
  },
  {
    name: "throttles an upload",
    only: uploads,
    strike: once({ ...upload, status: 429, body: { detail: "Throttled.", retry_after: 2 } }),
    shows: "answer",
  },
];

/** What goes wrong on the way to Replicate and back. */
export const wire: ReplicateFault[] = [...creates, ...looks, ...before];
