import { changed } from "../../../sandbox/bodies.ts";
import type { ReplicateStandIn } from "../../../sandbox/replicate/index.ts";
import { create, foreign, html, list, once, type ReplicateFault } from "./fault.ts";

/** The prediction exists, and nobody was told of it. */
const lost = { ...create, reset: "after" } as const;

const cursorOf = ({ id }: { id: string }) => Buffer.from(id).toString("base64url");

/** A page without anything that names a page on another host as the next. */
const abroad = (address: string) =>
  changed(({ results }) => {
    const [first] = results as { id: string }[];
    return { previous: null, results: [], next: `${address}${first ? cursorOf(first) : ""}` };
  });

const pages = (replicate: ReplicateStandIn, query: string, times: number) =>
  once(lost, { ...list, times, sends: abroad(`${foreign(replicate)}/v1/predictions?${query}`) })(replicate);

const skewMs = { ahead: 600_000, behind: -600_000 };

/** What goes wrong with looking for a prediction whose create was not answered. */
export const lists: ReplicateFault[] = [
  {
    name: "loses the create, and lists it on a page of another host",
    strike: (replicate) => pages(replicate, "cursor=", 1),
    shows: "answer",
  },
  {
    name: "loses the create, and lists only pages of another host",
    strike: (replicate) => pages(replicate, "page=2&after=", 3),
    shows: /nobody knows whether it runs/,
  },
  {
    name: "loses the create, and can't list it at once",
    strike: once(lost, { ...list, times: 3, status: 503, body: html }),
    shows: "answer",
  },
  {
    name: "loses the create, and lists it in half a JSON",
    strike: once(lost, { ...list, status: 200, body: '{"results":[{' }),
    shows: "answer",
  },
  ...(["ahead", "behind"] as const).flatMap((where) => [
    {
      name: `has a clock that is ten minutes ${where}`,
      strike: (replicate: ReplicateStandIn) => replicate.skew(skewMs[where]),
      shows: "answer" as const,
    },
    {
      name: `loses the create, and has a clock that is ten minutes ${where}`,
      strike(replicate: ReplicateStandIn) {
        replicate.skew(skewMs[where]);
        once(lost)(replicate);
      },
      shows: "answer" as const,
    },
  ]),
];
