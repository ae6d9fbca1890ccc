import { gzipSync } from "node:zlib";
import { cutAt, endless, inPieces } from "../../../sandbox/bodies.ts";
import type { Fault } from "../../../sandbox/faults.ts";
import { file, foreign, half, html, once, pictures, type ReplicateFault, scripted, whole } from "./fault.ts";

/** Whenever the file is asked for: once when it is made, and again where that failed. */
const always = (fault: Omit<Fault, "path">) => once({ ...file, times: Infinity, ...fault });

const made = (name: string, fault: Omit<Fault, "path">, shows: ReplicateFault["shows"]): ReplicateFault => ({
  name,
  only: pictures,
  strike: always(fault),
  shows,
});

const gone = /not there any more/;
const untrusted = /not trusted/;
const unreachable = /could not be reached/;

/** Where a model's file is. */
const addresses: ReplicateFault[] = [
  ...[
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example/out.png",
    "http://localhost:1/out.png",
    "http://replicate.delivery/out.png",
    "https://replicate.delivery.evil.example/out.png",
    "file:///etc/passwd",
  ].map((url) => ({
    name: `names ${url} as its file`,
    only: pictures,
    strike: scripted({ output: [url] }),
    shows: untrusted,
  })),
  made(
    "redirects to a private address",
    { status: 302, headers: { location: "http://169.254.169.254/x.png" }, body: "" },
    untrusted,
  ),
  {
    name: "redirects to another host",
    only: pictures,
    strike: (replicate) =>
      always({ status: 302, headers: { location: `${foreign(replicate)}/x.png` }, body: "" })(replicate),
    shows: untrusted,
  },
  made("redirects in a circle", { status: 302, headers: { location: "?again" }, body: "" }, untrusted),
  made("has lost the file", { status: 404, body: "Not Found" }, gone),
  made("refuses the file", { status: 403, body: "Forbidden" }, gone),
  made("fails to give the file", { status: 503, body: html }, unreachable),
];

/** How a model's file arrives. */
const bodies: ReplicateFault[] = [
  made("is slow to send the file", { delayMs: 3_000 }, "answer"),
  made("sends the file bit by bit", { sends: inPieces(4_000, 5) }, "answer"),
  made("sends a file without an end", { sends: endless() }, /more than can be posted/),
  made("cuts the file", { sends: cutAt(half), declares: whole }, unreachable),
  made("cuts the file, once", { sends: cutAt(half), declares: whole, times: 1 }, "answer"),
  made("says that the file is longer than it is", { declares: (bytes) => bytes + 1_000 }, unreachable),
  // What is declared is what arrives: nothing tells that there was more.
  made("says that the file is shorter than it is", { declares: (bytes) => bytes - 1_000 }, "either"),
  made("says that the file is far too long", { declares: () => 2 ** 40 }, /can't be made to fit/),
  made(
    "packs the file, which nobody asked for",
    { sends: (body) => [gzipSync(body)], headers: { "content-encoding": "gzip" } },
    unreachable,
  ),
  {
    ...made("trickles the file", { sends: inPieces(1, 50), declares: whole }, unreachable),
    downloads: { wholeMs: 1_000 },
  },
  {
    ...made("trickles a file without an end", { sends: endless(1, 50) }, unreachable),
    downloads: { wholeMs: 1_000 },
  },
  {
    ...made("never answers for the file", { delayMs: 60_000 }, unreachable),
    downloads: { headersMs: 300 },
  },
];

/** What a model's file is said to be, and what it is. */
const types: ReplicateFault[] = [
  made("says that the picture is a page", { headers: { "content-type": "text/html" } }, "answer"),
  made("does not say what the file is", { headers: { "content-type": undefined } }, "answer"),
  made(
    "says that a page is a picture",
    { status: 200, headers: { "content-type": "image/png" }, body: html },
    /is no picture/,
  ),
];

/** What goes wrong with a file that a model made. */
export const files: ReplicateFault[] = [...addresses, ...bodies, ...types];
